"""`python -m bench`: measure everything of the speed table, or a part of it (`--only`), or roughly (`--quick`)."""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from bench.figures import Figure, table, write
from bench.place import PAGES, ROOT, Place, a_place, become, fingerprint

if TYPE_CHECKING:
    from bench.web import Web

Measures: TypeAlias = "Callable[[Place, Web, bool], list[Figure]]"


def _pages(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.pages import against_bare

    return against_bare(place, web, runs=1 if quick else 5, rounds=30 if quick else 60)


def _history(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.pages import long_against_short

    return long_against_short(place, web, runs=1 if quick else 3, rounds=15 if quick else 40)


def _load(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.pages import many_at_once

    return many_at_once(place, web, runs=1 if quick else 3, seconds=3 if quick else 8)


def _pdf(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.papers import invoices

    return invoices(place, web, runs=1 if quick else 3, rounds=60, seconds=2 if quick else 4)


def _statement(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.papers import statements

    return statements(place, web, runs=1 if quick else 3)


def _weight(place: Place, web: Web, quick: bool) -> list[Figure]:
    from bench.weight import first_visit

    return first_visit(place, web)


def _export(place: Place, quick: bool) -> list[Figure]:
    from bench.exporting import exports

    return exports(place, runs=1 if quick else 3)


def _start(place: Place, quick: bool) -> list[Figure]:
    from bench.starting import cold_start

    return cold_start(place, runs=1 if quick else 5)


def _import(place: Place, quick: bool) -> list[Figure]:
    from bench.wholesale import wholesale

    return wholesale(place, runs=1 if quick else 3)


def _simulation(place: Place, quick: bool) -> list[Figure]:
    from bench.simulating import simulated

    payments, buyers, kills = (300, 30, 3) if quick else (10_000, 200, 10)
    return simulated(place, payments=payments, buyers=buyers, kills=kills)


_ON_A_WEB: Final[Mapping[str, Measures]] = {
    "pages": _pages,
    "history": _history,
    "load": _load,
    "pdf": _pdf,
    "statement": _statement,
    "weight": _weight,
}
_ALONE: Final[Mapping[str, Callable[[Place, bool], list[Figure]]]] = {
    "export": _export,
    "start": _start,
    "import": _import,
    "simulation": _simulation,
}


_OWN_BOOKS: Final = frozenset({"import", "simulation"})
"""Parts that make what they need by themselves."""


def main() -> None:
    """Measure, print the table, write results.json."""
    options = _options()
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")  # of no use to who runs this
    wanted = options.only or [*_ON_A_WEB, *_ALONE]
    data = Path(os.environ.get("PORTICO_BENCH_DATA", str(ROOT / "var" / "bench"))).resolve()
    figures: list[Figure] = []
    with a_place(data) as place:
        if set(wanted) - _OWN_BOOKS:
            _build(place)
        become(place.environment(PAGES))
        try:
            for found in _measured(place, wanted, quick=options.quick):
                figures += found
            _close()
        finally:  # where one part fails, what the others took minutes for is told all the same
            print(table(figures))
            write(figures, data / "results.json")
            _say(f"written to {data / 'results.json'}")


def _measured(place: Place, wanted: Sequence[str], *, quick: bool) -> Iterator[list[Figure]]:
    """The figures of each part: first those of a running web server, then those that start their own processes."""
    on_a_web = [name for name in wanted if name in _ON_A_WEB]
    if on_a_web:
        from bench.web import serving

        with serving(place) as web:
            for name in on_a_web:
                _say(f"measuring: {name}")
                yield _ON_A_WEB[name](place, web, quick)
    for name in wanted:
        if name in _ALONE:
            _say(f"measuring: {name}")
            yield _ALONE[name](place, quick)


def _build(place: Place) -> None:
    """Have the books of the pages at hand; they are built once a day."""
    stamp = f"{datetime.now(UTC).date()} {fingerprint(ROOT / 'bench' / 'books.py')}"
    if place.is_current(PAGES, stamp):
        place.portico("migrate", "--database", "owner", "-v0", "--skip-checks", database=PAGES)
        return
    _say("building the books: 107,600 invoices")
    begun = time.perf_counter()
    place.make(PAGES)
    import subprocess

    subprocess.run(
        [sys.executable, "-m", "bench.building"], env=place.environment(PAGES), cwd=ROOT, check=True
    )
    _say(place.portico("selfcheck", database=PAGES).strip())
    place.stamp(PAGES, stamp)
    _say(f"built in {time.perf_counter() - begun:.0f} s")


def _close() -> None:
    """The server may only stop when nobody is connected any more."""
    from django.db import connections

    connections.close_all()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = [*_ON_A_WEB, *_ALONE]
    parser.add_argument(
        "--only", action="append", choices=names, help="measure only this part; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="fewer runs: to see that it works")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
