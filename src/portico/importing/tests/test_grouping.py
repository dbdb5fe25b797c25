"""Rows become documents wherever their lines stand, in little memory; reading ahead gives up nothing."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portico.importing.ahead import ahead
from portico.importing.building.grouping import groups, survey
from portico.importing.readers import open_source
from portico.importing.tests.reading import LINES, mapping_from, write_csv


def test_a_file_in_no_order_is_packed_and_comes_out_whole(tmp_path: Path) -> None:
    mapping = mapping_from(tmp_path)
    rows = [[str(count % 9_000), *LINES[0][1:2], f"text {count}", *LINES[0][3:]] for count in range(45_000)]
    random.Random(3).shuffle(rows)
    source = open_source(write_csv(tmp_path / "s.csv", rows), mapping.file)
    surveyed = survey(source, mapping)
    assert (surveyed.lines, len(surveyed.sizes)) == (45_000, 9_000)
    found = list(groups(source, mapping, surveyed.sizes))
    assert len(found) == 9_000
    assert all(len({row.fields[0] for row in group}) == 1 for group in found)
    lines = [row.line for group in found for row in group]
    assert sorted(lines) == list(range(2, 45_002))
    assert all(row.fields == rows[row.line - 2] for group in found for row in group)
    assert all([row.line for row in group] == sorted(row.line for row in group) for group in found)


def test_a_document_is_handed_over_as_soon_as_its_last_line_is_read(tmp_path: Path) -> None:
    mapping = mapping_from(tmp_path)
    rows = [LINES[0], LINES[2], LINES[1], LINES[3]]
    source = open_source(write_csv(tmp_path / "s.csv", rows), mapping.file)
    found = groups(source, mapping, survey(source, mapping).sizes)
    assert [[row.line for row in group] for group in found] == [[3], [2, 4], [5]]


def test_reading_ahead_keeps_order_and_passes_errors_on() -> None:
    def items() -> Iterator[int]:
        yield from range(100)
        raise ValueError("broken off")

    taken = ahead(items())
    assert [next(taken) for _ in range(100)] == list(range(100))
    with pytest.raises(ValueError, match="broken off"):
        next(taken)
    assert list(ahead(iter(range(100)))) == list(range(100))


def test_reading_ahead_stops_when_nobody_takes_any_more() -> None:
    made = 0

    def items() -> Iterator[int]:
        nonlocal made
        while True:
            made += 1
            yield made

    taken = ahead(items(), depth=2)
    assert [next(taken) for _ in range(3)] == [1, 2, 3]
    taken.close()  # type: ignore[attr-defined]
    assert made <= 3 + 2 + 2
    assert not [each for each in threading.enumerate() if each.name == "portico-import-reader"]
