"""From rows to documents: two passes over the file, so that lines of one document need not stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from portico.importing.mapping import Mapping
from portico.importing.mapping.template import Fields, column_index
from portico.importing.readers import Row, Source

_AT_ONCE: Final = 10_000
_PACK_FROM: Final = 20_000
_SEPARATOR: Final = "\x00"
"""Readers let no NUL through."""


@dataclass(slots=True)
class Survey:
    """What the first pass finds: it reads everything once, so a damaged file is known before anything is written."""

    lines: int = 0
    sizes: Counter[str] = field(default_factory=Counter)
    """Rows by document key."""
    item_names: dict[str, str] = field(default_factory=dict)
    """The name that an item's lines give most often, by SKU."""
    item_rates: dict[str, str] = field(default_factory=dict)
    """The price that an item's lines give most often, by SKU, as the file writes it; zero does not count."""


def key_reader(mapping: Mapping, header: Fields) -> Callable[[Fields], str]:
    """A function from a row to the key of its document; empty when a part of the key is."""
    indexes = [column_index("document.group_by", name, header) for name in mapping.document.group_by]
    if len(indexes) == 1:
        only = indexes[0]
        return lambda fields: fields[only].strip() if len(fields) > only else ""

    def read(fields: Fields) -> str:
        parts = [fields[index].strip() if len(fields) > index else "" for index in indexes]
        return _SEPARATOR.join(parts) if all(parts) else ""

    return read


def survey(source: Source, mapping: Mapping) -> Survey:
    """The first pass.

    Raises:
        SourceError: the file is damaged or of another encoding.
    """
    found = Survey()
    read_key = key_reader(mapping, source.header)
    line = mapping.line
    with_items = line.make_items and bool(line.sku)
    read_sku, read_name, read_rate = (each.bind(source.header) for each in (line.sku, line.name, line.rate))
    names: Counter[tuple[str, str]] = Counter()
    rates: Counter[tuple[str, str]] = Counter()
    width = len(source.header)
    keys: list[str] = []
    for row in source.rows():
        keys.append(read_key(row.fields))
        if with_items and len(row.fields) == width:
            sku = read_sku(row.fields)
            names[sku, read_name(row.fields)] += 1
            rates[sku, read_rate(row.fields)] += 1
        if len(keys) == _AT_ONCE:
            found.sizes.update(keys)
            found.lines += len(keys)
            keys.clear()
    found.sizes.update(keys)
    found.lines += len(keys)
    found.item_names = _most_often(names, lambda sku, name: bool(name) and name != sku)
    found.item_rates = _most_often(rates, lambda _, rate: bool(rate.strip("0.,-")))
    return found


def groups(source: Source, mapping: Mapping, sizes: Counter[str]) -> Iterator[list[Row]]:
    """The second pass: the rows of one document after the other, each as soon as its last row has been read.

    A row without a key is a group by itself. In a file in order, little more than one document is in memory; in
    one in no order at all, what waits is kept as plain text, so that it takes about as much as the file.
    """
    read_key = key_reader(mapping, source.header)
    waiting: dict[str, list[Row] | _Packed] = {}
    held = 0
    packing = False
    for row in source.rows():
        key = read_key(row.fields)
        size = sizes[key]
        if size == 1 or not key:
            yield [row]
            continue
        mine = waiting.get(key)
        if mine is None:
            waiting[key] = mine = _Packed() if packing else []
        mine.append(row)
        held += 1
        if len(mine) == size:
            del waiting[key]
            held -= size
            yield mine if isinstance(mine, list) else mine.unpack()
        elif held == _PACK_FROM and not packing:
            packing = True
            waiting = {
                each: _Packed(rows) if isinstance(rows, list) else rows for each, rows in waiting.items()
            }


class _Packed:
    """Rows kept as one text each: a tenth of what lists of texts take."""

    __slots__ = ("_lines", "_texts")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._lines: list[int] = []
        self._texts: list[str] = []
        for row in rows:
            self.append(row)

    def __len__(self) -> int:
        return len(self._lines)

    def append(self, row: Row) -> None:
        self._lines.append(row.line)
        self._texts.append(_SEPARATOR.join(row.fields))

    def unpack(self) -> list[Row]:
        return [
            Row(line, text.split(_SEPARATOR)) for line, text in zip(self._lines, self._texts, strict=True)
        ]


def _most_often(counts: Counter[tuple[str, str]], counts_for: Callable[[str, str], bool]) -> dict[str, str]:
    """For each first part the second that comes most often, the earlier one where two are level."""
    best: dict[str, tuple[int, str]] = {}
    for (sku, value), count in counts.items():
        if sku and counts_for(sku, value) and count > best.get(sku, (0, ""))[0]:
            best[sku] = (count, value)
    return {sku: value for sku, (_, value) in best.items()}
