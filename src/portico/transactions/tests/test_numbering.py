"""Numbers follow one another without gaps, also when many ask at once or some change their mind."""

from __future__ import annotations

import pytest
from django.db import transaction

from portico.access.scope import scope
from portico.organisations.models import NumberSeries
from portico.testing.books import Books
from portico.testing.people import World
from portico.testing.together import together
from portico.transactions.numbering import PREFIXES, next_number


def test_each_series_begins_by_itself(world: World) -> None:
    with scope(world.olive):
        for kind, prefix in PREFIXES.items():
            assert next_number(world.organisation.pk, kind) == f"{prefix}0001"
            assert next_number(world.organisation.pk, kind) == f"{prefix}0002"


def test_olive_chooses_how_a_series_looks(world: World) -> None:
    with scope(world.olive):
        NumberSeries.objects.create(
            organisation=world.organisation, kind="invoice", prefix="2026/", next_number=99, digits=3
        )
        assert next_number(world.organisation.pk, "invoice") == "2026/099"
        assert next_number(world.organisation.pk, "invoice") == "2026/100"


def test_what_is_rolled_back_leaves_no_gap(world: World) -> None:
    with scope(world.olive):
        assert next_number(world.organisation.pk, "invoice") == "INV-0001"
        transaction.set_rollback(True)
    with scope(world.olive):
        assert next_number(world.organisation.pk, "invoice") == "INV-0001"


def test_a_number_that_came_with_a_document_is_passed_over(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    brought = books.drafted("5")
    with scope(world.olive):
        type(brought).objects.filter(pk=brought.pk).update(number="INV-0002")
    assert [books.invoice("1").number for _ in range(2)] == ["INV-0001", "INV-0003"]


def test_there_is_no_series_of_anything_else(world: World) -> None:
    with scope(world.olive), pytest.raises(KeyError):
        next_number(world.organisation.pk, "promise")


def test_twenty_invoices_issued_at_once_get_twenty_numbers_in_a_row(world: World) -> None:
    """Ten for Greenleaf and ten for Harbourview, from as many connections."""
    greenleaf = Books(world.olive, world.greenleaf)
    harbourview = Books(world.olive, world.harbourview)
    done = together(*[lambda: greenleaf.invoice("1"), lambda: harbourview.invoice("1")] * 10)
    numbers = {getattr(invoice, "number", invoice) for invoice in done}
    assert numbers == {f"INV-{count:04d}" for count in range(1, 21)}
    greenleaf.assert_clean()
