"""Keyset paging: a page starts after, or ends before, a row; so the last is as quick as the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from portico.kit.errors import InvalidError
from portico.transactions.lists.counting import Count
from portico.transactions.lists.spec import Key, Sort

Values: TypeAlias = Mapping[str, Any]
LAST: Final = "last"
LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by one column and then by id, both rising or both falling."""

    sort: Sort
    falling: bool

    def columns(self, *, backwards: bool) -> tuple[str, str]:
        """For order_by()."""
        sign = "-" if self.falling != backwards else ""
        return f"{sign}{self.sort.column}", f"{sign}id"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins (after a row) or ends (before one); without a row, at the list's end.

    Attributes:
        backwards: the page ends before the row.
        section: which section the row is in.
        value: the row's value in the sort's column; None at the list's end.
        id: the row's id.
        offset: how many rows precede the row, as far as it is known; only shown, never used to find rows.
    """

    backwards: bool
    section: int
    value: Key | None
    id: UUID | None
    offset: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page with their sections, and the links' parameters; None where there is nothing to go to."""

    rows: tuple[tuple[int, Values], ...]
    offset: int | None
    previous: str | None
    next: str | None

    @property
    def whole(self) -> Count | None:
        """How many rows the list has, where this page gives it away because it is the only one."""
        only = self.previous is None and self.next is None
        return Count(len(self.rows)) if only else None


def read_cursor(text: str, order: Order, sections: int) -> Cursor | None:
    """The cursor of a link's `page` parameter; None for the first page.

    Raises:
        InvalidError: not a link we made, or one for another order of the list.
    """
    if not text:
        return None
    if text == LAST:
        return _end(sections)
    if len(text) > LONGEST:
        raise InvalidError("bad page", field="page")
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        way, sort, section, plain, row_id, offset = json.loads(base64.urlsafe_b64decode(padded))
        if (
            way not in {"a", "b"}
            or sort != _name(order)
            or type(section) is not int
            or section not in range(sections)
        ):
            raise ValueError("of another list")  # noqa: TRY301 (one message for all that is wrong with a link)
        value = order.sort.kind.read(plain)
        return Cursor(way == "b", section, value, UUID(row_id), offset if isinstance(offset, int) else None)
    except (ValueError, TypeError, AttributeError, ArithmeticError, binascii.Error):
        raise InvalidError("bad page", field="page") from None


def read_page(
    rows: QuerySet[Any, Any], sections: Sequence[Q], order: Order, at: Cursor | None, size: int
) -> Page:
    """Read one page; at most one statement for each section, and twice that at the list's beginning.

    Args:
        rows: a `.values(…)` query with the sort's column and `id`.
        sections: what each section holds; one empty Q for a list without sections.
        order: the same within each section.
        at: from read_cursor().
        size: rows a page.
    """
    backwards = at is not None and at.backwards
    found = _fetch(rows, sections, order, at, size + 1)
    more = len(found) > size
    found = found[:size]
    if at is not None and not backwards and not found:
        return read_page(rows, sections, order, _end(len(sections)), size)  # they have gone since
    if backwards:
        if not more and at is not None and at.value is not None and len(found) < size:
            return read_page(rows, sections, order, None, size)  # fewer rows than a page are left before it
        found.reverse()
    offset = _offset(at, len(found))
    has_previous = more if backwards else at is not None
    has_next = (at is not None and at.value is not None) if backwards else more
    page = Page(tuple(found), offset, None, None)
    if not found:
        return page
    after = None if offset is None else offset + len(found)
    return replace(
        page,
        previous=_write("b", order, found[0], offset) if has_previous else None,
        next=_write("a", order, found[-1], after) if has_next else None,
    )


def _end(sections: int) -> Cursor:
    return Cursor(backwards=True, section=sections - 1, value=None, id=None, offset=None)


def _fetch(
    rows: QuerySet[Any, Any], sections: Sequence[Q], order: Order, at: Cursor | None, limit: int
) -> list[tuple[int, Values]]:
    backwards = at is not None and at.backwards
    found: list[tuple[int, Values]] = []
    for index in _section_order(len(sections), at, backwards=backwards):
        part = rows.filter(sections[index]).order_by(*order.columns(backwards=backwards))
        if at is not None and at.value is not None and index == at.section:
            part = part.filter(_beyond(order, at))
        found += [(index, row) for row in part[: limit - len(found)]]
        if len(found) >= limit:
            break
    return found


def _section_order(count: int, at: Cursor | None, *, backwards: bool) -> Iterable[int]:
    if backwards:
        return range(at.section if at else count - 1, -1, -1)
    return range(at.section if at else 0, count)


def _beyond(order: Order, at: Cursor) -> TupleGreaterThan | TupleLessThan:
    """The rows on the far side of the cursor's, as one row comparison, which an index answers."""
    compare = TupleLessThan if order.falling != at.backwards else TupleGreaterThan
    return compare(Tuple(F(order.sort.column), F("id")), (at.value, at.id))


def _offset(at: Cursor | None, count: int) -> int | None:
    """How many rows precede the page's first."""
    if at is None:
        return 0
    if at.offset is None:
        return None
    return max(at.offset - count, 0) if at.backwards else at.offset


def _write(way: str, order: Order, row: tuple[int, Values], offset: int | None) -> str:
    section, values = row
    plain = order.sort.kind.write(values[order.sort.column])
    text = json.dumps([way, _name(order), section, plain, str(values["id"]), offset], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _name(order: Order) -> str:
    return ("-" if order.falling else "") + order.sort.name
