"""What was measured, beside what is to be held: as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        part: the part of the run that measured it.
        what: in words.
        value: the median of the runs.
        unit: “ms”, “s”, “×” and so on.
        target: what is to be held; None where nothing is promised.
        at: whether the target is the most or the least the value may be.
        note: how it came about, or why there is none.
        runs: the single values.
    """

    part: str
    what: str
    value: float | None
    unit: str = ""
    target: float | None = None
    at: Literal["most", "least"] = "most"
    note: str = ""
    runs: tuple[float, ...] = ()

    @property
    def verdict(self) -> str:
        """“held”, “missed”, or nothing where nothing is promised or measured."""
        if self.target is None or self.value is None:
            return ""
        held = self.value <= self.target if self.at == "most" else self.value >= self.target
        return "held" if held else "missed"


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns."""
    rows = [("part", "what", "measured", "target", "", "")]
    for each in figures:
        measured = "—" if each.value is None else f"{_plain(each.value)} {each.unit}".strip()
        sign = "≤" if each.at == "most" else "≥"
        target = "" if each.target is None else f"{sign} {_plain(each.target)} {each.unit}".strip()
        rows.append((each.part, each.what, measured, target, each.verdict, each.note))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in {2, 3} else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, [*widths, 0], strict=True))
        ).rstrip()
        for row in rows
    )


def write(figures: Sequence[Figure], file: Path) -> None:
    """The figures as JSON, with the machine they were measured on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "figures": [{**asdict(each), "verdict": each.verdict} for each in figures],
    }
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
