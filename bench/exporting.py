"""A list of 100,000 invoices as a file, and 100 PDFs as a ZIP: seconds, and memory at the peak of the process.

`python -m bench.exporting PATH COOKIE` asks for one in a process of its own and prints what it found.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from statistics import median
from typing import Any, Final

from bench.figures import Figure
from bench.place import PAGES, ROOT, Place

_MEGABYTES: Final = 150.0
_PDFS: Final = 100
_NAMES: Final = {
    "xlsx": "100,000 invoices as XLSX",
    "csv": "100,000 invoices as CSV",
    "zip": "100 PDFs as ZIP",
}


def exports(place: Place, *, runs: int) -> list[Figure]:
    """Each kind of file, through the view that a browser asks, read to its end and thrown away."""
    figures: list[Figure] = []
    for ending, name in _NAMES.items():
        found = [_one(place, *_asked(ending)) for _ in range(runs)]
        seconds = tuple(each["seconds"] for each in found)
        note = f"{found[0]['bytes'] / 1e6:.1f} MB, first byte after {median(each['first'] for each in found):.1f} s"
        figures.append(Figure("export", name, median(seconds), "s", note=note, runs=seconds))
        memory = tuple(each["megabytes"] - each["idle"] for each in found)
        whole = max(each["megabytes"] for each in found)
        figures.append(
            Figure(
                "export",
                f"{name}: memory it takes at its peak",
                max(memory),
                "MB",
                _MEGABYTES,
                note=f"the process in all: {whole:.0f} MB",
                runs=memory,
            )
        )
    return figures


def _asked(ending: str) -> tuple[str, str]:
    """The path, and the cookie of who asks for it."""
    from bench import books
    from bench.people import cookie_of, documents

    if ending == "zip":
        picks = "&".join(f"pick={each}" for each in documents(books.LARGE, _PDFS))
        return f"/lists/invoice/pdfs?{picks}", cookie_of(books.LARGE)
    return f"/lists/invoice/export.{ending}?tab=all&all=1", cookie_of(books.LARGE)


def _one(place: Place, path: str, cookie: str) -> dict[str, float]:
    """In a process that has loaded the portal and nothing of the bench's."""
    command = [sys.executable, "-m", "bench.exporting", path, cookie]
    done = subprocess.run(
        command, env=place.environment(PAGES), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the export failed:\n{done.stdout}{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _main(path: str, cookie: str) -> None:
    from bench.place import become

    become(os.environ)
    from django.test import Client

    browser = Client(headers={"cookie": cookie})
    browser.get("/invoices/?tab=all")
    idle = _peak()
    begun = time.perf_counter()
    answer: Any = browser.get(path)
    assert answer.status_code == 200, answer.content[:500]
    length, first = _read(answer.streaming_content, begun)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begun,
                "first": first,
                "bytes": length,
                "idle": idle,
                "megabytes": _peak(),
            }
        )
    )


def _read(pieces: Iterable[bytes], begun: float) -> tuple[int, float]:
    length, first = 0, 0.0
    for piece in pieces:
        first = first or time.perf_counter() - begun
        length += len(piece)
    return length, first


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform == "linux" else 1024 * 1024
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
