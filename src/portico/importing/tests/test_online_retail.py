"""The wholesaler's real file: what is imported equals an independent sum over it, to the penny."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.importing.mapping import load_mapping
from portico.importing.report import Report
from portico.importing.tests.comparison import differences
from portico.importing.tests.independent_sum import Sums, independent_sum
from portico.importing.tests.reading import EXAMPLE, everything, read_csv, run, shared_file
from portico.invoices.models import Invoice, InvoiceLine
from portico.items.models import Item
from portico.kit.ids import new_id
from portico.statements.queries import statement
from portico.statements.spans import Span
from portico.testing.people import World, make_world

LINES = 40_000
"""The first so many of the 525,461, up to the middle of December 2009; `make bench` takes them all."""
BUSIEST = "14911"


@dataclass(frozen=True)
class Imported:
    """The beginning of the file, in the books of a world of its own."""

    world: World
    file: Path
    rejects: Path
    report: Report
    sums: Sums


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Import the beginning of the file once for all tests here."""
    whole, folder = shared_file(), tmp_path_factory.mktemp("retail")
    file, rejects = folder / "beginning.csv.gz", folder / "rejects.csv"
    with gzip.open(whole, "rt", encoding="utf-8", newline="") as source, gzip.open(file, "wt", 1) as copy:
        copy.writelines(islice(source, LINES + 1))
    world = make_world("GBP")
    report = run(world, file, mapping=load_mapping(EXAMPLE), rejects=rejects)
    return Imported(world, file, rejects, report, independent_sum(file))


def test_documents_customers_and_totals_equal_the_independent_sum(imported: Imported) -> None:
    assert imported.report.lines == LINES
    assert imported.sums.invoices > 1_500
    assert imported.sums.credit_notes > 300
    assert differences(imported.world.job, imported.sums, imported.report) == []


def test_no_penny_of_the_file_is_lost(imported: Imported) -> None:
    sums, report = imported.sums, imported.report
    taken = report.invoices.totals["GBP"] - report.credit_notes.totals["GBP"]
    assert taken + sums.rejected_amount == sums.every_line
    with scope(imported.world.job):
        assert InvoiceLine.objects.count() > 39_000


def test_what_is_rejected_stands_in_the_file_of_rejects(imported: Imported) -> None:
    assert [row[0] for row in read_csv(imported.rejects)[1:]] == imported.sums.rejected


def test_the_file_a_second_time_changes_nothing(imported: Imported) -> None:
    before = everything(imported.world)
    report = run(imported.world, imported.file, mapping=load_mapping(EXAMPLE))
    assert (report.invoices.new, report.invoices.unchanged) == (0, imported.sums.invoices)
    assert report.credit_notes.unchanged == imported.sums.credit_notes
    assert everything(imported.world) == before


def test_the_busiest_customer_sees_the_invoices_and_a_statement_that_adds_up(imported: Imported) -> None:
    person = _contact(imported.world, BUSIEST)
    expected = imported.sums
    with scope(person, read_only=True):
        invoices = Invoice.objects.visible_to(person)
        assert invoices.count() == expected.invoices_of[BUSIEST] > 5
        whole = statement(person, "GBP", Span(date(2009, 12, 1), date(2010, 12, 31)))
    assert whole.closing.amount == expected.totals[BUSIEST]
    assert whole.summary.invoiced.amount == expected.invoiced[BUSIEST]
    assert whole.summary.credited.amount == -expected.credited[BUSIEST]


def test_dates_terms_and_addresses_come_from_the_file_and_the_mapping(imported: Imported) -> None:
    with scope(imported.world.job):
        first = Invoice.objects.get(number="489434")
        assert (first.date, first.due_date) == (date(2009, 12, 1), date(2009, 12, 31))
        assert first.issued_at == datetime(2009, 12, 1, 7, 45, tzinfo=UTC)
        assert (first.payment_terms, first.billing_address) == ("Net 30", ["GB"])
        assert str(first.total) == "505.30 GBP"
        assert Customer.objects.get(customer_number="13085").email == "c13085@retail.example"
        assert Item.objects.get(sku="85123A").name == "WHITE HANGING HEART T-LIGHT HOLDER"
        assert Item.objects.get(sku="85123A").rate == Decimal("2.95")


def _contact(world: World, number: str) -> ContactActor:
    """The imported contact person, as if invited and signed in."""
    with scope(world.job):
        person = Customer.objects.get(customer_number=number).contact_persons.get()
        return ContactActor(
            world.organisation.pk, person.customer_id, person.pk, new_id(), "Busy", frozenset(Permission)
        )
