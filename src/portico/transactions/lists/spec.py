"""What a list can do, said once for each kind of document: tabs, sections, filters, sorts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

from django.db.models import Q
from django.utils.functional import Promise

from portico.kit.money import LARGEST, Money
from portico.transactions.lists.linked import Linked

PAGE_SIZES: Final = (25, 50, 80, 100)

Words: TypeAlias = str | Promise
"""A text for people; lazy, so that it follows the reader's language."""
Rows: TypeAlias = Callable[[date], Q]
"""Which rows, given the organisation's calendar day."""
KeyValue: TypeAlias = str | int
"""As it stands in a link."""
Key: TypeAlias = date | Decimal | str | int
"""As the database compares it."""


Cell: TypeAlias = str | int | date | Money | None
"""What a column says of one document, for an exported file."""
Reads: TypeAlias = Callable[[Mapping[str, Any], date], Cell]
"""A cell, given a row's values and the organisation's calendar day; amounts are of the row's `currency`."""


class KeyKind(Enum):
    """How a sort's column travels in the link to the next page."""

    DATE = "date"
    NUMBER = "number"
    AMOUNT = "amount"
    """A decimal column: PostgreSQL orders by its index, but finds a deep page by walking there (see sortable)."""
    TEXT = "text"

    def write(self, value: object) -> KeyValue:
        """A plain value for the link."""
        if self is KeyKind.NUMBER and isinstance(value, int):
            return value
        return str(value)

    def read(self, plain: object) -> Key:
        """The column's value again; ValueError, TypeError or ArithmeticError for one that cannot be."""
        if self is KeyKind.DATE:
            return date.fromisoformat(_text(plain))
        if self is KeyKind.NUMBER:
            return _number(plain)
        if self is KeyKind.AMOUNT:
            return _amount(plain)
        return _text(plain)


@dataclass(frozen=True, slots=True)
class Sort:
    """A column to order by, with what to call each direction. Equal values follow their id."""

    name: str
    column: str
    kind: KeyKind
    rising: Words
    falling: Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One status to tick."""

    name: str
    label: Words
    rows: Rows


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a list under a heading of its own; sections follow one another whatever the sort."""

    name: str
    title: Words
    rows: Rows


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of several; `otherwise` is what it holds while no status is ticked."""

    name: str
    title: Words
    choices: tuple[str, ...]
    sort: str
    otherwise: Rows = lambda _today: Q()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """From … to …, on a date or on an amount. In the address: `<name>_from` and `<name>_to`."""

    name: str
    column: str
    amount: bool
    label_from: Words
    label_to: Words
    chip_from: Words
    chip_to: Words
    thousandths: bool = False
    """The column holds the amount in thousandths, as a whole number."""

    @property
    def names(self) -> tuple[str, str]:
        """The two parameters' names."""
        return f"{self.name}_from", f"{self.name}_to"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list can show, and what an exported file says in it.

    Attributes:
        name: in the address and for the list's template.
        title: its head.
        needs: names of what `.values()` is to read for the cell.
        cell: what the file says.
        shown: whether it is shown while nobody has chosen columns.
        fixed: whether it is always shown.
        is_amount: whether its cells are Money; then the file has a column with the currency.
        computed: what `.values()` is to read that is no field: expressions by name.
    """

    name: str
    title: Words
    needs: tuple[str, ...]
    cell: Reads
    shown: bool = True
    fixed: bool = False
    is_amount: bool = False
    computed: Mapping[str, Any] = field(default_factory=dict)


def plain(name: str, title: Words, source: str = "", *, shown: bool = True, fixed: bool = False) -> Column:
    """A column with a text or a date as it is stored."""
    key = source or name
    return Column(name, title, (key,), lambda values, _today: values[key], shown=shown, fixed=fixed)


def amount(name: str, title: Words, source: str = "", *, shown: bool = True) -> Column:
    """A column with an amount in the document's currency."""
    key = source or name
    return Column(
        name,
        title,
        (key, "currency"),
        lambda values, _today: Money(values[key], values["currency"]),
        shown=shown,
        is_amount=True,
    )


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A kind of list. The first tab is the one shown when none is named.

    A list with `columns` lets people choose among them, and can be exported.
    """

    tabs: tuple[Tab, ...]
    choices: Mapping[str, Choice]
    ranges: tuple[Range, ...]
    sorts: Mapping[str, Sort]
    search: Callable[[str], Q]
    has_currency: bool = True
    columns: tuple[Column, ...] = ()
    linked: tuple[Linked, ...] = ()


def by_name(*items: Sort) -> dict[str, Sort]:
    """Sorts by their names."""
    return {item.name: item for item in items}


def choices_by_name(*items: Choice) -> dict[str, Choice]:
    """Choices by their names."""
    return {item.name: item for item in items}


def _text(plain: object) -> str:
    if not isinstance(plain, str) or "\x00" in plain:
        raise TypeError("not a text")
    return plain


def _number(plain: object) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 2**63:
        raise TypeError("not a number")
    return plain


def _amount(plain: object) -> Decimal:
    amount = Decimal(_text(plain))
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise TypeError("not an amount")
    return amount
