"""Olive imports a file: what comes out of it, and that a second time changes nothing."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from portico.access.actors import Role
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.customers.models import Address, ContactPerson, Customer, PortalState
from portico.importing.models import ImportedDocument, ImportRun
from portico.importing.tests.reading import (
    HEADER,
    LINES,
    MAPPING,
    everything,
    mapping_from,
    numbers,
    positions,
    run,
    totals_by_customer,
    write_csv,
)
from portico.invoices.models import Invoice
from portico.items.models import Item
from portico.kit.errors import ForbiddenError
from portico.kit.money import Money
from portico.ledger.selfcheck import selfcheck
from portico.notifications.models import Mail
from portico.organisations.models import PaymentTerms
from portico.testing.people import World, make_staff


def test_lines_become_issued_documents_of_customers_with_items(world: World, tmp_path: Path) -> None:
    report = run(world, write_csv(tmp_path / "sales.csv"), actor=world.olive)
    assert (report.invoices.new, report.credit_notes.new) == (2, 1)
    assert (report.customers_new, report.items_new, report.lines) == (2, 2, 4)
    with scope(world.olive):
        invoice = Invoice.objects.get(number="1001")
        assert invoice.status == "sent"
        assert invoice.date == date(2010, 1, 5)
        assert invoice.total == invoice.balance == Money.of("50.59", "GBP")
        assert invoice.customer.customer_number == "17850"
        assert [(line.position, line.name, line.sku) for line in invoice.lines.all()] == [
            (1, "Lantern", "A1"),
            (2, "Jug, blue", "B2"),
        ]
        assert invoice.lines.all()[0].item == Item.objects.get(sku="A1")
        note = CreditNote.objects.get(number="C1003")
        assert (note.status, str(note.total)) == ("open", "5.10 GBP")
        assert note.lines.get().quantity == 2
    assert (
        totals_by_customer(world) == positions(world) == {"17850": Decimal("45.49"), "13047": Decimal("8.85")}
    )
    assert selfcheck(world.organisation.pk) == []


def test_a_contact_person_is_made_and_neither_invited_nor_mailed(world: World, tmp_path: Path) -> None:
    run(world, write_csv(tmp_path / "sales.csv"))
    with scope(world.job):
        person = ContactPerson.objects.get(email="c17850@retail.example")
        assert (person.portal_state, person.is_primary, person.user) == (PortalState.NOT_INVITED, True, None)
        assert len(person.permissions) == 4
        assert not Mail.objects.exists()


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "sales.csv")
    run(world, file)
    before = everything(world)
    report = run(world, file)
    assert (report.invoices.new, report.invoices.unchanged, report.credit_notes.unchanged) == (0, 2, 1)
    assert (report.rejected_documents, report.customers_new, report.items_new) == (0, 0, 0)
    assert everything(world) == before
    with scope(world.job):
        assert ImportRun.objects.count() == 1


def test_the_same_content_written_otherwise_is_the_same(world: World, tmp_path: Path) -> None:
    run(world, write_csv(tmp_path / "sales.csv"))
    again = [[*row[:3], f"{row[3]}.0", row[4], f"{row[5]}0", f" {row[6]} "] for row in LINES]
    report = run(world, write_csv(tmp_path / "again.csv", again))
    assert (report.invoices.unchanged, report.rejected_documents) == (2, 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [("Item", "A2"), ("Text", "Lamp"), ("Quantity", "13"), ("Price", "2.5501"), ("Date", "2010-01-06"),
     ("Customer", "13047")],
)  # fmt: skip
def test_other_content_under_a_number_that_is_there_is_refused(
    world: World, tmp_path: Path, column: str, value: str
) -> None:
    run(world, write_csv(tmp_path / "sales.csv", [LINES[0], LINES[2]]))
    before = everything(world)
    other = [value if name == column else cell for name, cell in zip(HEADER, LINES[0], strict=True)]
    report = run(world, write_csv(tmp_path / "other.csv", [other, LINES[2]]))
    assert [str(problem) for problem in report.problems] == [
        "line 2, number 1001: is in the books already, with other content; it is not overwritten"
    ]
    assert (report.invoices.unchanged, report.rejected_lines) == (1, 1)
    assert everything(world) == before


def test_a_number_that_the_office_gave_is_not_overwritten(world: World, tmp_path: Path) -> None:
    with scope(world.job):
        Invoice.objects.create(
            organisation=world.organisation, customer=world.greenleaf, number="1001", currency="USD",
            date=date(2010, 1, 1), due_date=date(2010, 1, 1),
        )  # fmt: skip
    report = run(world, write_csv(tmp_path / "sales.csv"))
    assert report.rejected_documents == 1
    assert report.invoices.new == 1


def test_a_dry_run_writes_nothing_and_says_the_same(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "sales.csv", [*LINES, ["1004", "A1", "x", "many", "2010-01-05", "1", "1"]])
    mapping = mapping_from(tmp_path, more='payment_terms = { name = "Net 14", days = 14 }\n')
    before = everything(world)
    dry = run(world, file, mapping=mapping, dry_run=True)
    assert everything(world) == before
    with scope(world.job):
        assert not ImportRun.objects.exists()
        assert not PaymentTerms.objects.filter(name="Net 14").exists()
    wet = run(world, file, mapping=mapping)
    dry.dry_run = False
    assert dry == wet


def test_what_is_there_already_counts_in_a_dry_run_too(world: World, tmp_path: Path) -> None:
    run(world, write_csv(tmp_path / "first.csv", LINES[:3]))
    file = write_csv(tmp_path / "sales.csv")
    dry, wet = run(world, file, dry_run=True), run(world, file)
    dry.dry_run = False
    assert dry == wet
    assert (wet.invoices.unchanged, wet.credit_notes.new, wet.customers_known) == (2, 1, 1)


def test_a_customer_that_is_there_stays_as_it_is(world: World, tmp_path: Path) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(customer_number="17850", currency="GBP")
        address = Address.objects.create(
            organisation=world.organisation, customer=world.greenleaf, kind="billing", street="1 Garden Row"
        )
    report = run(world, write_csv(tmp_path / "sales.csv"))
    assert (report.customers_known, report.customers_new) == (1, 1)
    with scope(world.maya):
        assert Customer.objects.get().display_name == "Greenleaf Gardens Ltd"
        assert [each.number for each in Invoice.objects.visible_to(world.maya)] == ["1001"]
        assert Invoice.objects.get().billing_address == address.lines == ["1 Garden Row"]


def test_lines_in_any_order_make_the_same_documents(world: World, tmp_path: Path) -> None:
    rows = [
        [str(2000 + count % 7), f"S{count}", f"Thing {count}", str(count), "2010-02-03", "1.25", "17850"]
        for count in range(1, 60)
    ]
    random.Random(7).shuffle(rows)
    report = run(world, write_csv(tmp_path / "mixed.csv", rows))
    assert (report.invoices.new, report.rejected_documents) == (7, 0)
    assert totals_by_customer(world) == {"17850": Decimal("1.25") * sum(range(1, 60))}


def test_gzip_and_workbook_give_what_csv_gives(world: World, tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "sales.csv")
    packed = tmp_path / "sales.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert run(world, packed).invoices.new == 2
    assert run(world, write_workbook(tmp_path / "sales.xlsx")).invoices.unchanged == 2
    assert run(world, plain).credit_notes.unchanged == 1


def write_workbook(path: Path) -> Path:
    """The same lines with real numbers and dates in the cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_row(0, 0, HEADER)
        for index, (number, sku, text, quantity, day, price, customer) in enumerate(LINES, start=1):
            sheet.write(index, 0, int(number) if number.isdigit() else number)
            sheet.write_row(index, 1, [sku, text])
            sheet.write_number(index, 3, float(quantity))
            sheet.write_datetime(index, 4, datetime.fromisoformat(day))
            sheet.write_number(index, 5, float(price))
            sheet.write_number(index, 6, float(customer))
    return path


def test_days_stay_days_and_moments_are_reckoned_from_the_files_zone(world: World, tmp_path: Path) -> None:
    rows = [[*LINES[0][:4], "05/07/2010 23:30", *LINES[0][5:]]]
    zone = '[file]\ndate_formats = ["%d/%m/%Y %H:%M"]\ntime_zone = "Europe/London"\n'
    run(world, write_csv(tmp_path / "s.csv", rows), mapping=mapping_from(tmp_path, more=zone))
    with scope(world.job):
        invoice = Invoice.objects.get(number="1001")
    assert invoice.date == date(2010, 7, 5)
    assert invoice.issued_at == datetime(2010, 7, 5, 22, 30, tzinfo=UTC)


def test_numbers_may_be_written_the_german_way(world: World, tmp_path: Path) -> None:
    rows = [["1001", "A1", "Laterne", "1.000", "2010-01-05", "1.234,50", "17850"]]
    notation = '[file]\ndelimiter = ";"\ndecimal_point = ","\nthousands = "."\n'
    file = tmp_path / "umsatz.csv"
    file.write_text("\n".join(";".join(row) for row in [HEADER, *rows]))
    run(world, file, mapping=mapping_from(tmp_path, more=notation))
    assert totals_by_customer(world) == {"17850": Decimal("1234500.00")}


def test_terms_give_the_due_date_and_are_made_when_missing(world: World, tmp_path: Path) -> None:
    terms = '[payment_terms]\nname = "End of month"\nrule = "end_of_month"\ndays = 10\n'
    run(world, write_csv(tmp_path / "sales.csv"), mapping=mapping_from(tmp_path, more=terms))
    with scope(world.job):
        invoice = Invoice.objects.get(number="1001")
        assert (invoice.due_date, invoice.payment_terms) == (date(2010, 2, 10), "End of month")
        assert invoice.customer.payment_terms == PaymentTerms.objects.get(name="End of month")


def test_an_item_gets_the_name_and_price_that_come_most_often(tmp_path: Path, world: World) -> None:
    rows = [
        ["1", "A1", "damaged", "1", "2010-01-05", "0", "17850"],
        ["2", "A1", "", "1", "2010-01-05", "3", "17850"],
        ["3", "A1", "Lantern", "1", "2010-01-05", "2.55", "17850"],
        ["4", "A1", "Lantern", "1", "2010-01-05", "2.55", "17850"],
    ]
    with scope(world.job):
        type(world.organisation).objects.filter(pk=world.organisation.pk).update(base_currency="GBP")
    run(world, write_csv(tmp_path / "s.csv", rows))
    with scope(world.job):
        item = Item.objects.get(sku="A1")
        assert (item.name, item.rate) == ("Lantern", Decimal("2.55"))
        assert Invoice.objects.get(number="2").lines.get().name == "A1"


def test_rules_send_sales_without_a_customer_to_the_counter(world: World, tmp_path: Path) -> None:
    rule = """
[[rule]]
when = { column = "Customer", empty = true }
then = { customer = { number = "COUNTER", display_name = "Counter sales" } }
"""
    rows = [LINES[0], ["1009", "A1", "Lantern", "1", "2010-01-05", "2", ""]]
    mapping = mapping_from(tmp_path, MAPPING + rule)
    run(world, write_csv(tmp_path / "s.csv", rows), mapping=mapping)
    with scope(world.job):
        counter = Invoice.objects.get(number="1009").customer
        assert (counter.display_name, counter.email) == ("Counter sales", "")
        assert not ContactPerson.objects.filter(customer=counter).exists()


def test_an_invoice_over_nothing_is_paid_at_once_or_left_out_as_the_mapping_says(
    world: World, tmp_path: Path
) -> None:
    rows = [["1", "A1", "Sample", "1", "2010-01-05", "0", "17850"], LINES[0]]
    file = write_csv(tmp_path / "s.csv", rows)
    skipping = mapping_from(tmp_path, MAPPING.replace("[document]", '[document]\nzero_total = "skip"'))
    report = run(world, file, mapping=skipping)
    assert (report.invoices.new, dict(report.skipped_documents)) == (1, {"comes to nothing": 1})
    refusing = mapping_from(tmp_path, MAPPING.replace("[document]", '[document]\nzero_total = "reject"'))
    assert run(world, file, mapping=refusing).rejected_documents == 1
    assert run(world, file).invoices.new == 1
    with scope(world.job):
        assert Invoice.objects.get(number="1").status == "paid"
    assert selfcheck(world.organisation.pk) == []


def test_neither_maya_nor_sales_staff_may_import(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "sales.csv")
    with scope(world.job):
        sally = make_staff(world.organisation, "Sally", Role.SALES, world.tag)
    for actor in (world.maya, sally):
        with pytest.raises(ForbiddenError):
            run(world, file, actor=actor)
    assert numbers(world) == set()


def test_maya_sees_nothing_of_runs_and_imported_documents(world: World, tmp_path: Path) -> None:
    run(world, write_csv(tmp_path / "sales.csv"))
    with scope(world.maya):
        assert not ImportRun.objects.exists()
        assert not ImportedDocument.objects.exists()
