"""PDFs: of invoices, each another one, and of long statements."""

from __future__ import annotations

from statistics import median
from typing import Final

from bench import books
from bench.figures import Figure
from bench.load import load
from bench.people import cookie_of, documents
from bench.place import Place
from bench.web import Web
from bench.wire import Wire

_INVOICE: Final = 15.0
_EACH_SECOND: Final = 100.0
_STATEMENT: Final = {1_000: 0.6, 10_000: 8.0}
_CLIENTS: Final = 4


def invoices(place: Place, web: Web, *, runs: int, rounds: int, seconds: float) -> list[Figure]:
    """PDFs of invoices that have been looked at before; none is asked for twice while it is timed."""
    cookie = cookie_of(books.LARGE)
    paths = [f"/invoices/{each}/pdf" for each in documents(books.LARGE, 1_200)]
    timed, many = paths[: runs * rounds], paths[runs * rounds :]
    with Wire(web.port, cookie) as wire:
        for path in many[:20]:
            _is_pdf(wire.get(path).body)
        for path in timed:
            wire.get(path.removesuffix("pdf") + "print")  # seen before, so that its fingerprint is kept
        taken = [wire.get(path).seconds * 1000 for path in timed]
    each = tuple(median(taken[run * rounds : (run + 1) * rounds]) for run in range(runs))
    rates = tuple(
        load(
            port=web.port,
            cookie=cookie,
            paths=many[run::runs],
            clients=_CLIENTS,
            seconds=seconds,
            folder=place.data,
        ).per_second
        for run in range(runs)
    )
    return [
        Figure("pdf", "invoice PDF, distinct, p50", median(each), "ms", _INVOICE, runs=each),
        Figure(
            "pdf",
            f"invoice PDFs, {_CLIENTS} clients",
            median(rates),
            "PDFs/s",
            _EACH_SECOND,
            "least",
            runs=rates,
        ),
    ]


def statements(place: Place, web: Web, *, runs: int) -> list[Figure]:
    """PDFs of statements of 1,000 and 10,000 lines."""
    figures = []
    for lines, most in _STATEMENT.items():
        with Wire(web.port, cookie_of(books.STATEMENTS[lines])) as wire:
            _is_pdf(wire.get("/statements/pdf?preset=this_month").body)
            answers = [wire.get("/statements/pdf?preset=all") for _ in range(runs)]
        for answer in answers:
            _is_pdf(answer.body)
        taken = tuple(answer.seconds for answer in answers)
        note = f"{len(answers[0].body) / 1024:,.0f} KB"
        what = f"statement PDF, {lines:,} lines"
        figures.append(Figure("statement", what, median(taken), "s", most, note=note, runs=taken))
    return figures


def _is_pdf(body: bytes) -> None:
    if not body.startswith(b"%PDF-"):
        raise RuntimeError(f"no PDF: {body[:200]!r}")
