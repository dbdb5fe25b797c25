"""Pages: against a bare one, for a long history against a short one, and many at once."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from html import unescape
from itertools import cycle
from statistics import median
from typing import Final, TypeAlias

from bench import books
from bench.bare import BARE
from bench.figures import Figure
from bench.load import load
from bench.people import cookie_of, documents, signed_in_at
from bench.place import Place
from bench.web import Web
from bench.wire import Wire

Asked: TypeAlias = tuple[str, str]
"""A cookie and a path."""

LIST: Final = "/invoices/?tab=all"
OUTSTANDING: Final = "/invoices/"
_TWICE: Final = 2.0
_ALIKE: Final = 1.3
_STATEMENTS: Final = 12
_WARM: Final = 6
_CLIENTS: Final = 8
_GZIP: Final = b"\x1f\x8b"


def against_bare(place: Place, web: Web, *, runs: int, rounds: int) -> list[Figure]:
    """Home, list and document page of the customer with 1,000 invoices, in multiples of the bare page."""
    cookie = cookie_of(books.SMALL)
    pages = {
        "bare page": [(cookie, BARE)],
        "Home": [(cookie, "/")],
        "list of 25": [(cookie, OUTSTANDING)],
        "list of 25, all": [(cookie, LIST)],
        "document page": [(cookie, f"/invoices/{each}/") for each in documents(books.SMALL, 20)],
    }
    measured = [_medians(web, pages, rounds) for _ in range(runs)]
    figures = [_milliseconds("pages", "bare page", measured, "bare page")]
    for name in list(pages)[1:]:
        ratios = tuple(run[name] / run["bare page"] for run in measured)
        note = f"{_median_of(measured, name) * 1000:.1f} ms"
        figures.append(
            Figure("pages", f"{name}, of a bare page", median(ratios), "×", _TWICE, note=note, runs=ratios)
        )
    return figures + _statements()


def _statements() -> list[Figure]:
    """How many statements each page sends to the database, and whether more rows send more."""
    from portico.testing.counting import statements

    browser = signed_in_at(books.SMALL)
    paths = {
        "Home": "/",
        "list of 25": LIST,
        "list of 100": f"{LIST}&size=100",
        "document page": f"/invoices/{documents(books.SMALL, 1)[0]}/",
    }
    counted: dict[str, float] = {}
    for name, path in paths.items():
        browser.get(path)
        with statements() as sent:
            answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        counted[name] = len(sent)
    figures = [
        Figure("pages", f"{name}: SQL statements", number, "", _STATEMENTS)
        for name, number in counted.items()
    ]
    more = counted["list of 100"] - counted["list of 25"]
    return [*figures, Figure("pages", "100 rows against 25: more statements", more, "", 0)]


def long_against_short(place: Place, web: Web, *, runs: int, rounds: int) -> list[Figure]:
    """Each page of the customer with 100,000 invoices, in multiples of that of the customer with 1,000."""
    filtered = f"{LIST}&status=paid&total_from=100&total_to=2000"
    names = {
        "Home": "/",
        "list, first page": LIST,
        "list, last page": "",
        "outstanding, first page": OUTSTANDING,
        "list, filtered": filtered,
        "list, by balance": f"{LIST}&sort=-balance",
        "search: an item": f"{LIST}&q=terracotta",
        "search: an item, oldest first, paid": f"{LIST}&q=terracotta&sort=date&status=paid",
        "search: beginning of numbers": f"{LIST}&q={{prefix}}-00",
        "search: one number": f"{LIST}&q={{prefix}}-000777",
        "search: nothing found": f"{LIST}&q=hovercraft",
        "document page": "",
    }
    pages: dict[str, Sequence[Asked]] = {}
    for company in (books.SMALL, books.LARGE):
        cookie = cookie_of(company)
        for name, path in names.items():
            pages[f"{company} {name}"] = [(cookie, path.format(prefix=books.prefix(company)))]
        pages[f"{company} list, last page"] = [(cookie, _last(web, cookie))]
        some = [(cookie, f"/invoices/{each}/") for each in documents(company, 20)]
        pages[f"{company} document page"] = some
    measured = [_medians(web, pages, rounds) for _ in range(runs)]
    figures = []
    for name in names:
        short, long = f"{books.SMALL} {name}", f"{books.LARGE} {name}"
        ratios = tuple(run[long] / run[short] for run in measured)
        note = (
            f"{_median_of(measured, long) * 1000:.1f} ms against {_median_of(measured, short) * 1000:.1f} ms"
        )
        what = f"{name}: 100,000 documents against 1,000"
        figures.append(Figure("history", what, median(ratios), "×", _ALIKE, note=note, runs=ratios))
    return figures


def many_at_once(place: Place, web: Web, *, runs: int, seconds: float) -> list[Figure]:
    """Requests a second with eight clients."""
    figures = []
    cookie = cookie_of(books.SMALL)
    for rows, least in ((25, 300.0), (80, 190.0)):
        path = f"{LIST}&size={rows}"
        found = tuple(
            load(
                port=web.port,
                cookie=cookie,
                paths=[path],
                clients=_CLIENTS,
                seconds=seconds,
                folder=place.data,
            ).per_second
            for _ in range(runs)
        )
        what = f"list of {rows} rows, {_CLIENTS} clients"
        figures.append(Figure("load", what, median(found), "requests/s", least, "least", runs=found))
    return figures


def _medians(web: Web, pages: Mapping[str, Sequence[Asked]], rounds: int) -> dict[str, float]:
    """Seconds of each page, asked for in turn on one connection, so that all meet the same weather."""
    taken: dict[str, list[float]] = {name: [] for name in pages}
    turns = {name: cycle(asked) for name, asked in pages.items()}
    with Wire(web.port) as wire:
        for asked in pages.values():
            for index in range(max(_WARM, len(asked))):
                cookie, path = asked[index % len(asked)]
                wire.get(path, cookie=cookie)
        for _ in range(rounds):
            for name, turn in turns.items():
                cookie, path = next(turn)
                taken[name].append(wire.get(path, cookie=cookie).seconds)
    return {name: median(each) for name, each in taken.items()}


def _last(web: Web, cookie: str) -> str:
    """Where the list's link to its last page leads."""
    with Wire(web.port, cookie) as wire:
        body = wire.get(LIST).body
        page = (gzip.decompress(body) if body.startswith(_GZIP) else body).decode()
    found = re.search(r'href="([^"]*[?&;]page=[^"]*)"[^>]*>\s*Last<', page)
    if found is None:
        raise RuntimeError("the list has no link to its last page")
    return "/invoices/" + unescape(found[1])


def _median_of(measured: Sequence[Mapping[str, float]], name: str) -> float:
    return median(run[name] for run in measured)


def _milliseconds(part: str, what: str, measured: Sequence[Mapping[str, float]], name: str) -> Figure:
    found = tuple(run[name] * 1000 for run in measured)
    return Figure(part, f"{what}, p50", median(found), "ms", runs=found)
