"""What a reader asks of a list: read from the page's address, with a message for each value that cannot be."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

from babel.numbers import NumberFormatError, parse_decimal
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.kit.errors import InvalidError
from portico.kit.money import LARGEST, MoneyError, minor_digits, parse_locale
from portico.organisations.models import Preferences
from portico.transactions.lists.linked import Linked, read_id
from portico.transactions.lists.paging import Cursor, Order, read_cursor
from portico.transactions.lists.spec import PAGE_SIZES, Choice, ListSpec, Range, Sort, Tab

Bound: TypeAlias = date | Decimal
Values: TypeAlias = Mapping[str, tuple[str, ...]]

LONGEST_SEARCH: Final = 100
PLAIN: Final = "none"
"""In place of a view's id: the list without any, for those who have a default one."""
_PASSING: Final = ("page", "view")
"""Parameters that say where somebody is, and not what the list is to be."""
_IN_NUMBERS: Final = frozenset("0123456789.,'- \xa0\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}")
"""Digits, and the signs that some language writes between them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One reader's wishes for a list. `typed` is what the address says, for the form and for links.

    Attributes:
        columns: names of the columns that are shown, in the list's order.
        reader: who asks; filters by another document find nothing without one.
        problems: by parameter, what is wrong with it, for the place next to the field.
        notice: what is wrong with the page's link, sort or size, of which no field tells.
    """

    spec: ListSpec
    today: date
    typed: Values
    tab: Tab
    order: Order
    size: int
    cursor: Cursor | None
    choices: tuple[Choice, ...]
    bounds: Mapping[str, Bound]
    currency: str
    search: str
    columns: tuple[str, ...] = ()
    reader: Actor | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""

    def shows(self, column: str) -> bool:
        """Whether a column is to be seen."""
        return column in self.columns

    @property
    def view(self) -> str:
        """The id of the saved view that was opened; PLAIN for the list as it is without any; empty for neither."""
        return self.first("view")

    @property
    def to_save(self) -> str:
        """What a view saves of the address: all but the page and the view itself."""
        return _address({key: value for key, value in self.typed.items() if key not in _PASSING})[1:]

    @property
    def is_filtered(self) -> bool:
        """Whether any filter or search narrows the tab."""
        return bool(self.choices or self.bounds or self.currency or self.search or self.linked)

    @property
    def linked(self) -> tuple[tuple[Linked, UUID], ...]:
        """The other documents by which the list is filtered, with their ids."""
        return tuple(
            (each, read_id(self.first(each.name))) for each in self.spec.linked if each.name in self.typed
        )

    @property
    def sections(self) -> tuple[Q, ...]:
        """What each section of the tab holds; one that holds everything where there are none."""
        return tuple(section.rows(self.today) for section in self.tab.sections) or (Q(),)

    @property
    def rows(self) -> Q:
        """All filters together."""
        if self.choices:
            ticked = functools.reduce(operator.or_, (choice.rows(self.today) for choice in self.choices))
        else:
            ticked = self.tab.otherwise(self.today)
        parts = [ticked]
        for bounds in self.spec.ranges:
            for name, lookup in zip(bounds.names, ("gte", "lte"), strict=True):
                if name in self.bounds:
                    parts.append(
                        Q(**{f"{bounds.column}__{lookup}": _stored(bounds, self.bounds[name], lookup)})
                    )
        if self.currency:
            parts.append(Q(currency=self.currency))
        parts += [
            each.rows(self.reader, other) if self.reader else Q(pk__in=()) for each, other in self.linked
        ]
        if self.search:
            parts.append(self.spec.search(self.search))
        return functools.reduce(operator.and_, parts)

    def first(self, name: str) -> str:
        """What was typed for a parameter; empty when nothing was."""
        return self.typed.get(name, ("",))[0]

    def has(self, name: str, value: str) -> bool:
        """Whether a value is ticked."""
        return value in self.typed.get(name, ())

    def url(self, **changes: str | tuple[str, ...]) -> str:
        """The address with some parameters changed (an empty value drops one), from the first page on."""
        return _address(
            {**self.typed, "page": (), **{key: _several(value) for key, value in changes.items()}}
        )

    def page_url(self, page: str) -> str:
        """The address of another page of the same list."""
        return _address({**self.typed, "page": _several(page)})

    def tab_url(self, name: str) -> str:
        """The address of another tab, where the search and the ranges stay and ticked statuses go."""
        first = name == self.spec.tabs[0].name
        return self.url(tab="" if first else name, status=(), sort="")

    def without(self, name: str, value: str) -> str:
        """The address without one value of a parameter."""
        return self.url(**{name: tuple(each for each in self.typed.get(name, ()) if each != value)})

    def cleared(self) -> str:
        """The address of the same tab with no filter and no search."""
        kept = ("tab", "sort", "size", "columns", "view")
        return _address({key: value for key, value in self.typed.items() if key in kept})

    def kept(self, *names: str) -> Iterator[tuple[str, str]]:
        """Parameters that a form carries along, save those it has fields for, and the page."""
        for key, values in self.typed.items():
            if key not in names and key != "page":
                yield from ((key, value) for value in values)

    def carried(self) -> Iterator[tuple[str, str]]:
        """Parameters that the form of the filters carries along: those it has no fields for."""
        ranges = (name for each in self.spec.ranges for name in each.names)
        return self.kept("status", "currency", *ranges)

    def sort_url(self, sort: Sort, *, falling: bool) -> str:
        """The address ordered by another column."""
        return self.url(sort=("-" if falling else "") + sort.name)


def read(
    spec: ListSpec,
    given: QueryDict,
    *,
    today: date,
    language: str,
    reader: Actor | None = None,
    preferences: Preferences | None = None,
) -> Asked:
    """Read the address of a list. Never raises: what cannot be read is named in `problems` or `notice`.

    Args:
        spec: the kind of list.
        given: the request's parameters.
        today: the organisation's calendar day, against which “overdue” is judged.
        language: whose decimal sign the amounts are typed with; a plain “1200.50” is always read.
        reader: who asks, for a list that can be filtered by another document.
        preferences: the organisation's; without them every such filter is known.
    """
    problems: dict[str, str] = {}
    notices: list[str] = []
    typed = _typed(spec, given, preferences)
    columns = _columns(spec, typed)
    tab = _tab(spec, typed, notices)
    order = _order(spec, tab, typed, notices)
    asked = Asked(
        spec=spec,
        today=today,
        typed=typed,
        tab=tab,
        order=order,
        size=_size(typed, notices),
        cursor=None,
        choices=_choices(spec, tab, typed, problems),
        bounds=_bounds(spec, typed, language, problems),
        currency=_currency(typed, problems),
        search=_search(typed, problems),
        columns=columns,
        reader=reader,
        problems=problems,
    )
    try:
        cursor = read_cursor(asked.first("page"), order, len(asked.sections))
    except InvalidError:
        cursor = None
        notices.append(_("This link to a page is no longer good, so here is the first page."))
    return replace(asked, cursor=cursor, notice=" ".join(notices))


def _typed(spec: ListSpec, given: QueryDict, preferences: Preferences | None) -> dict[str, tuple[str, ...]]:
    """The parameters a list knows, in a fixed order, empty ones left out."""
    ranges = [name for each in spec.ranges for name in each.names]
    linked = [
        each.name for each in spec.linked if not each.preference or _is_on(preferences, each.preference)
    ]
    names = ["tab", "q", "status", *ranges, "currency", *linked, "sort", "size", "columns", "view", "page"]
    found = {name: tuple(value for value in given.getlist(name) if value.strip()) for name in names}
    if not all(_is_view(view) for view in found["view"]):
        found["view"] = ()
    return {name: values for name, values in found.items() if values}


def _is_on(preferences: Preferences | None, name: str) -> bool:
    return preferences is None or bool(getattr(preferences, name))


def _is_view(text: str) -> bool:
    try:
        return text == PLAIN or text == str(UUID(text))
    except ValueError:
        return False


def _columns(spec: ListSpec, typed: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The columns to show. `typed` then names them once, in order, and not at all where they are the usual ones."""
    usual = tuple(each.name for each in spec.columns if each.shown or each.fixed)
    wanted = {name for text in typed.pop("columns", ()) for name in text.split(",")}
    known = wanted & {each.name for each in spec.columns}
    if not known:
        return usual
    chosen = tuple(each.name for each in spec.columns if each.fixed or each.name in known)
    if chosen != usual:
        typed["columns"] = (",".join(chosen),)
    return chosen


def _tab(spec: ListSpec, typed: Values, notices: list[str]) -> Tab:
    name = typed.get("tab", (spec.tabs[0].name,))[0]
    for tab in spec.tabs:
        if tab.name == name:
            return tab
    notices.append(_("There is no list “%(name)s” here.") % {"name": name[:40]})
    return spec.tabs[0]


def _order(spec: ListSpec, tab: Tab, typed: Values, notices: list[str]) -> Order:
    text = typed.get("sort", (tab.sort,))[0]
    sort = spec.sorts.get(text.removeprefix("-"))
    if sort is None:
        notices.append(_("The list cannot be sorted by “%(name)s”.") % {"name": text[:40]})
        text = tab.sort
        sort = spec.sorts[text.removeprefix("-")]
    return Order(sort, text.startswith("-"))


def _size(typed: Values, notices: list[str]) -> int:
    text = typed.get("size", (str(PAGE_SIZES[0]),))[0]
    if text in {str(size) for size in PAGE_SIZES}:
        return int(text)
    notices.append(_("A page has 25, 50, 80 or 100 rows."))
    return PAGE_SIZES[0]


def _choices(spec: ListSpec, tab: Tab, typed: Values, problems: dict[str, str]) -> tuple[Choice, ...]:
    names = typed.get("status", ())
    unknown = [name for name in names if name not in tab.choices]
    if unknown:
        problems["status"] = _("“%(name)s” cannot be chosen in this list.") % {"name": unknown[0][:40]}
    return tuple(spec.choices[name] for name in tab.choices if name in names)


def _bounds(spec: ListSpec, typed: Values, language: str, problems: dict[str, str]) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    for bounds in spec.ranges:
        for name in bounds.names:
            if name not in typed:
                continue
            try:
                found[name] = _bound(bounds, typed[name][0], language)
            except InvalidError as error:
                problems[name] = error.message
        low, high = (found.get(name) for name in bounds.names)
        if low is not None and high is not None and high < low:  # type: ignore[operator] # both of one kind
            problems[bounds.names[1]] = _wrong_order(bounds)
            del found[bounds.names[0]], found[bounds.names[1]]
    return found


def _wrong_order(bounds: Range) -> str:
    values = {"low": bounds.label_from, "high": bounds.label_to}
    if bounds.amount:
        return _("“%(high)s” is less than “%(low)s”.") % values
    return _("“%(high)s” lies before “%(low)s”.") % values


def _bound(bounds: Range, text: str, language: str) -> Bound:
    shown = text.strip()[:40]
    if not bounds.amount:
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            raise InvalidError(
                _("“%(text)s” is not a date. Write it like 2026-11-24.") % {"text": shown}
            ) from None
    amount = _decimal(text.strip(), language)
    if amount is None:
        raise InvalidError(_("“%(text)s” is not an amount. Write it like 1200.50.") % {"text": shown})
    if amount < 0:
        raise InvalidError(_("An amount here is not below zero."))
    if amount > LARGEST:
        raise InvalidError(_("“%(text)s” is more than any amount here.") % {"text": shown})
    return amount


def _stored(bounds: Range, bound: Bound, lookup: str) -> Bound | int:
    """A bound as its column holds it; what is finer than a thousandth is rounded into the range."""
    if not (bounds.thousandths and isinstance(bound, Decimal)):
        return bound
    return int((bound * 1000).to_integral_value(ROUND_CEILING if lookup == "gte" else ROUND_FLOOR))


def _decimal(text: str, language: str) -> Decimal | None:
    """A number as the reader's language writes it, or plain; None for anything else."""
    if not text or len(text) > LONGEST_SEARCH or not set(text) <= _IN_NUMBERS:
        return None
    text = text.replace(
        "'", "\N{RIGHT SINGLE QUOTATION MARK}"
    )  # what a Swiss keyboard has for a Swiss number
    try:
        return parse_decimal(text, locale=parse_locale(language), strict=True)
    except NumberFormatError:
        pass
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _currency(typed: Values, problems: dict[str, str]) -> str:
    code = typed.get("currency", ("",))[0].strip().upper()
    if not code:
        return ""
    try:
        minor_digits(code)
    except MoneyError:
        problems["currency"] = _("“%(code)s” is not a currency.") % {"code": code[:40]}
        return ""
    return code


def _search(typed: Values, problems: dict[str, str]) -> str:
    text = typed.get("q", ("",))[0].strip()
    if "\x00" in text or len(text) > LONGEST_SEARCH:
        problems["q"] = _("Search for at most %(count)d characters.") % {"count": LONGEST_SEARCH}
        return ""
    return text


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return ((value,) if value else ()) if isinstance(value, str) else value


def _address(values: Values) -> str:
    return "?" + urlencode([(key, each) for key, several in values.items() for each in several])
