"""A cold start of `portico serve`, the database running and the static files collected."""

from __future__ import annotations

from statistics import median
from typing import Final

from bench.figures import Figure
from bench.place import Place
from bench.web import serving

_SECONDS: Final = 3.0


def cold_start(place: Place, *, runs: int) -> list[Figure]:
    """Seconds from the command to the first answer, the sign-in page."""
    taken = []
    for _ in range(runs + 1):
        with serving(place, settings="portico.config.settings") as web:
            taken.append(web.seconds)
    found = tuple(taken[1:])  # the first one may have collected the static files
    return [Figure("start", "portico serve, to the first answer", median(found), "s", _SECONDS, runs=found)]
