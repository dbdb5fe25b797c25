"""What a list's page says and links to beside its rows: tabs, sorts, filters in use, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from portico.kit.money import Money, MoneyError, parse_locale
from portico.transactions.lists.asked import Asked
from portico.transactions.lists.counting import Count
from portico.transactions.lists.paging import LAST
from portico.transactions.lists.spec import PAGE_SIZES
from portico.ui.dates import date_short
from portico.ui.money import language, money_text


@dataclass(frozen=True, slots=True)
class SortLink:
    """Where a column's head leads, and how the list is sorted by it now: ascending, descending or empty."""

    href: str
    direction: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The line below a list: which rows these are, and links to other pages (empty where there is none)."""

    range: str
    first: str
    previous: str
    next: str
    last: str
    sizes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """A list's page in plain values; texts are in the active language.

    Attributes:
        asked: what was asked for.
        tabs: (title, address, how many or None, whether it is this one).
        sorts: (words, address, icon, whether it is this one), for a menu.
        heads: by sort name, for the heads of columns.
        chips: (words, address without it), one for each filter in use.
        currencies: what to choose from; empty when there is only one.
        pages: the line below.
        sorted_by: the words for the sort in use.
    """

    asked: Asked
    tabs: tuple[tuple[str, str, int | None, bool], ...]
    sorts: tuple[tuple[str, str, str, bool], ...]
    heads: Mapping[str, SortLink]
    chips: tuple[tuple[str, str], ...]
    currencies: tuple[str, ...]
    pages: Pages
    sorted_by: str


@dataclass(frozen=True, slots=True)
class Position:
    """Which rows of how many a page holds, and what leads to the pages beside it."""

    offset: int | None
    rows: int
    count: Count
    previous: str | None
    next: str | None


NOTHING = Position(0, 0, Count(0), None, None)


def in_words(asked: Asked) -> tuple[str, ...]:
    """What was asked for, for who reads no addresses: the tab, the filters, the order, the columns."""
    shown = show(asked, NOTHING)
    words = [str(asked.tab.title), *(chip for chip, _href in shown.chips), shown.sorted_by]
    if asked.first("columns"):
        titles = [str(each.title) for each in asked.spec.columns if asked.shows(each.name)]
        words.append(_("Columns: %(names)s") % {"names": ", ".join(titles)})
    if asked.first("size"):
        words.append(_("%(count)s rows a page") % {"count": asked.size})
    return tuple(words)


def show(
    asked: Asked,
    position: Position,
    *,
    counts: Mapping[str, int | None] | None = None,
    currencies: Sequence[str] = (),
) -> Showing:
    """All that a list's page says beside its rows.

    Args:
        asked: from read().
        position: of the rows that are shown.
        counts: by tab, how many rows it holds; left out where that is not known cheaply.
        currencies: in which the customer has any of these documents.
    """
    return Showing(
        asked=asked,
        tabs=tuple(
            (str(tab.title), asked.tab_url(tab.name), (counts or {}).get(tab.name), tab == asked.tab)
            for tab in asked.spec.tabs
        ),
        sorts=_sorts(asked),
        heads={name: _head(asked, name) for name in asked.spec.sorts},
        chips=tuple(_chips(asked, currencies)),
        currencies=tuple(currencies) if len(currencies) > 1 else (),
        pages=_pages(asked, position),
        sorted_by=str(asked.order.sort.falling if asked.order.falling else asked.order.sort.rising),
    )


def _sorts(asked: Asked) -> tuple[tuple[str, str, str, bool], ...]:
    order = asked.order
    return tuple(
        (
            str(words),
            asked.sort_url(sort, falling=falling),
            "",
            (sort, falling) == (order.sort, order.falling),
        )
        for sort in asked.spec.sorts.values()
        for words, falling in ((sort.rising, False), (sort.falling, True))
    )


def _head(asked: Asked, name: str) -> SortLink:
    """A head sorts rising first, save by dates and amounts in lists that begin with the latest."""
    sort, order = asked.spec.sorts[name], asked.order
    if sort == order.sort:
        direction = "descending" if order.falling else "ascending"
        return SortLink(asked.sort_url(sort, falling=not order.falling), direction)
    return SortLink(asked.sort_url(sort, falling=False), "")


def _chips(asked: Asked, currencies: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if asked.search:
        found.append((_("“%(text)s”") % {"text": asked.search}, asked.url(q="")))
    found += [(str(choice.label), asked.without("status", choice.name)) for choice in asked.choices]
    currency = asked.currency or (currencies[0] if len(currencies) == 1 else "")
    for bounds in asked.spec.ranges:
        for name, words in zip(bounds.names, (bounds.chip_from, bounds.chip_to), strict=True):
            if name in asked.bounds:
                value = _value(asked.bounds[name], currency)
                found.append((str(words) % {"value": value}, asked.url(**{name: ""})))
    if asked.reader:
        found += [
            (each.called_by(asked.reader, other), asked.url(**{each.name: ""}))
            for each, other in asked.linked
        ]
    if asked.currency:
        found.append((asked.currency, asked.url(currency="")))
    return found


def _value(bound: date | Decimal, currency: str) -> str:
    if isinstance(bound, date):
        return date_short(bound)
    if currency:
        try:
            return money_text(Money(bound, currency))
        except MoneyError:  # finer than the currency, which is no fault in a filter
            pass
    return format_decimal(bound, locale=parse_locale(language()), decimal_quantization=False)


def _pages(asked: Asked, position: Position) -> Pages:
    return Pages(
        range=_range(position),
        first=asked.url() if position.previous else "",
        previous=asked.page_url(position.previous) if position.previous else "",
        next=asked.page_url(position.next) if position.next else "",
        last=asked.page_url(LAST) if position.next else "",
        sizes=tuple((size, asked.url(size=str(size))) for size in PAGE_SIZES) if _is_long(position) else (),
    )


def _is_long(position: Position) -> bool:
    """Whether the list does not fit the shortest page, so that it matters how long a page is."""
    return position.count.number > PAGE_SIZES[0]


def _range(position: Position) -> str:
    """“26 to 50 of 48”, as far as that is known."""
    if not position.rows:
        return ""
    count = position.count
    whole = _number(count.number)
    offset = position.offset
    if offset is None and count.is_exact and position.next is None:
        offset = count.number - position.rows
    if offset is None:
        words = (
            _("The last %(rows)s of %(whole)s") if count.is_exact else _("%(rows)s of more than %(whole)s")
        )
        return words % {"rows": _number(position.rows), "whole": whole}
    values = {"first": _number(offset + 1), "last": _number(offset + position.rows), "whole": whole}
    if count.is_exact:
        return _("%(first)s to %(last)s of %(whole)s") % values
    return _("%(first)s to %(last)s of more than %(whole)s") % values


def _number(number: int) -> str:
    return format_decimal(number, locale=parse_locale(language()))
