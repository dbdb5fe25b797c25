"""Whatever stands in a list's address, it is read or named; it never breaks the page."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from portico.invoices.listing import INVOICES
from portico.kit.errors import InvalidError
from portico.transactions import lists
from portico.transactions.lists.paging import Order, read_cursor

TODAY = date(2026, 11, 24)
NAMES = (
    "tab",
    "q",
    "status",
    "date_from",
    "date_to",
    "due_from",
    "total_from",
    "total_to",
    "currency",
    "sort",
)


def _read(address: str, language: str = "en") -> lists.Asked:
    return lists.read(INVOICES, QueryDict(address), today=TODAY, language=language)


@given(st.dictionaries(st.sampled_from([*NAMES, "size", "page", "other"]), st.text(max_size=60)))
def test_any_address_is_read(values: dict[str, str]) -> None:
    given_values = QueryDict(mutable=True)
    given_values.update(values)
    asked = lists.read(INVOICES, given_values, today=TODAY, language="de")
    assert asked.size in lists.PAGE_SIZES
    assert asked.sections
    if not asked.search:  # which asks the database, in a scope
        assert asked.rows is not None
    lists.show(asked, lists.NOTHING, currencies=("USD", "JPY"))


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_any_link_to_a_page_is_read_or_refused(text: str) -> None:
    order = Order(INVOICES.sorts["date"], falling=True)
    with suppress(InvalidError):
        read_cursor(text, order, 1)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(), st.lists, max_leaves=9
    )
)
def test_a_forged_link_is_read_or_refused(forged: object) -> None:
    token = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    for sort in INVOICES.sorts.values():
        with suppress(InvalidError):
            read_cursor(token, Order(sort, falling=False), 2)


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("1200.50", "en", "1200.50"),
        ("1,200.50", "en", "1200.50"),
        ("1.200,50", "de", "1200.50"),
        ("1200,50", "de", "1200.50"),
        ("1200.50", "de", "1200.50"),
        ("1'200.50", "de-ch", "1200.50"),
    ],
)
def test_an_amount_is_read_as_its_language_writes_it(typed: str, language: str, meant: str) -> None:
    asked = lists.read(INVOICES, QueryDict(f"total_from={typed}"), today=TODAY, language=language)
    assert asked.bounds["total_from"] == Decimal(meant)


@pytest.mark.parametrize("typed", ["1,2", "1 2 x", "1.2.3", "--1", "0x10", "1e3", "NaN", "Infinity", "१२"])
def test_what_is_no_amount_is_named(typed: str) -> None:
    assert "total_from" in _read(f"total_from={typed}").problems


def test_an_address_keeps_what_was_asked_and_begins_at_the_first_page() -> None:
    asked = _read("tab=all&status=paid&status=void&q=rose&sort=number&size=50&page=last&spam=1")
    assert asked.url() == "?tab=all&q=rose&status=paid&status=void&sort=number&size=50"
    assert asked.without("status", "paid") == "?tab=all&q=rose&status=void&sort=number&size=50"
    assert asked.cleared() == "?tab=all&sort=number&size=50"
    assert asked.page_url("xyz").endswith("&page=xyz")
    assert asked.tab_url("outstanding") == "?q=rose&size=50"


_SOME = (
    "all outstanding paid void overdue 2026-01-31 12.50 USD -total number 50 none number,balance total"
    " 01a2053b-7c92-7000-8000-000000000000"
)
_WORDS = st.text(max_size=20) | st.sampled_from(_SOME.split())


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "size", "columns", "view", "page", "other"]), st.lists(_WORDS, max_size=3)
    )
)
def test_what_is_read_from_an_address_is_what_is_read_from_its_own_link(values: dict[str, list[str]]) -> None:
    given_values = QueryDict(mutable=True)
    for name, several in values.items():
        given_values.setlist(name, several)
    asked = lists.read(INVOICES, given_values, today=TODAY, language="en")
    again = _read(asked.url().removeprefix("?"))
    assert again.url() == asked.url()
    for each in (
        "tab",
        "order",
        "size",
        "choices",
        "bounds",
        "currency",
        "search",
        "columns",
        "problems",
        "view",
    ):
        assert getattr(again, each) == getattr(asked, each), each
    saved = _read(asked.to_save)
    assert (saved.tab, saved.order, saved.columns, saved.bounds) == (
        asked.tab,
        asked.order,
        asked.columns,
        asked.bounds,
    )


def test_a_link_of_one_order_does_not_serve_another() -> None:
    by_date = Order(INVOICES.sorts["date"], falling=True)
    token = base64.urlsafe_b64encode(
        json.dumps(["a", "-date", 0, "2026-01-01", "01a2053b-7c92-7000-8000-000000000000", 25]).encode()
    ).decode()
    assert read_cursor(token, by_date, 1) is not None
    for order, sections in ((Order(by_date.sort, falling=False), 1), (by_date, 0)):
        with pytest.raises(InvalidError):
            read_cursor(token, order, sections)
