"""Lists as files: a CSV and an XLSX say what the list says, to the cent; a ZIP has the chosen PDFs (S4.4)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.invoices.tests.making import draft, invoice, today
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.record import record_payment
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.transactions.lists import exporting
from portico.transactions.models import DocumentView


def _body(world: World, address: str) -> bytes:
    response: Any = signed_in(world.maya).get(address)
    assert response.status_code == 200, response.status_code
    return b"".join(cast("Iterable[bytes]", response.streaming_content))


def _csv(world: World, address: str) -> list[dict[str, str]]:
    text = _body(world, f"/lists/invoice/export.csv?{address}").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _sheet(world: World, address: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_body(world, f"/lists/invoice/export.xlsx?{address}")))
    return book.get_sheet_by_index(0).to_python()


def test_all_that_is_filtered_is_in_the_file_and_not_only_the_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 4)
    made = [invoice(world, f"{100 + each}.10", issued=-each) for each in range(11)]
    paid = made[3]
    money = Money.of("103.10", "USD")
    record_payment(
        actor=world.olive, customer=world.greenleaf, amount=money, date=today(), mode="cash",
        allocations={paid.pk: money},
    )  # fmt: skip
    draft(world)
    invoice(world, customer=world.harbourview)
    rows = _csv(world, "tab=all&sort=-total&size=25")
    assert [row["Invoice"] for row in rows] == [each.number for each in reversed(made)]
    assert sum(Decimal(row["Total"]) for row in rows) == sum(each.total.amount for each in made)
    assert {row["Currency"] for row in rows} == {"USD"}
    assert [row["Invoice"] for row in _csv(world, "tab=all&status=paid")] == [paid.number]
    assert len(_csv(world, "")) == 10  # what is outstanding, past due and due later
    head, *lines = _sheet(world, "tab=all&sort=-total")
    assert head == ["Invoice", "Issued", "Due", "Status", "Total", "Balance", "Currency"]
    assert [line[0] for line in lines] == [row["Invoice"] for row in rows]
    assert [Decimal(str(line[4])) for line in lines] == [Decimal(row["Total"]) for row in rows]
    assert [line[1] for line in lines] == [date.fromisoformat(row["Issued"]) for row in rows]
    assert [line[3] for line in lines] == [row["Status"] for row in rows]


def test_the_file_has_the_columns_that_are_shown_or_all(world: World) -> None:
    invoice(world, reference="PO 1")
    (row,) = _csv(world, "columns=reference")
    assert list(row) == ["Invoice", "Your reference"]
    (row,) = _csv(world, "columns=reference&all=1")
    assert {
        "Invoice",
        "Your reference",
        "Issued",
        "Due",
        "Status",
        "Total",
        "Settled",
        "Balance",
        "Currency",
    } == set(row)


def test_only_what_is_ticked_is_exported_whatever_the_filters(world: World) -> None:
    one, _two, three = (invoice(world, str(100 + each)) for each in range(3))
    theirs = invoice(world, customer=world.harbourview)
    rows = _csv(world, f"sort=number&pick={one.pk}&pick={three.pk}&pick={theirs.pk}")
    assert [row["Invoice"] for row in rows] == [one.number, three.number]


def test_no_cell_is_a_formula(world: World) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\N{FULLWIDTH EQUALS SIGN}1"):
        invoice(world, reference=text)
    said = [row["Your reference"] for row in _csv(world, "tab=all&all=1")]
    assert all(text.startswith("'") for text in said)
    sheet = _sheet(world, "tab=all&all=1")
    assert {line[1] for line in sheet[1:]} == {"=1+1", "+1", "-1", "@SUM(A1)", "\N{FULLWIDTH EQUALS SIGN}1"}


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1200"), ("BHD", "1200.125"), ("EUR", "0.10")])
def test_amounts_have_their_currencys_decimals(world: World, currency: str, amount: str) -> None:
    invoice(world, amount, currency=currency)
    (row,) = _csv(world, "tab=all")
    assert (row["Total"], row["Currency"]) == (amount, currency)
    assert Decimal(str(_sheet(world, "tab=all")[1][4])) == Decimal(amount)


def test_a_filter_that_cannot_be_read_exports_nothing(world: World) -> None:
    maya = signed_in(world.maya)
    assert maya.get("/lists/invoice/export.csv?total_from=x").status_code == 422
    assert maya.get("/lists/invoice/export.csv?pick=x").status_code == 422
    assert maya.get("/lists/invoice/export.exe").status_code == 404
    assert signed_in(world.leo).get("/lists/invoice/export.csv").status_code == 403


def test_leo_exports_orders_without_what_was_invoiced(world: World) -> None:
    response: Any = signed_in(world.leo).get("/lists/sales_order/export.csv?tab=all&all=1")
    head = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "Invoiced" not in head
    assert "Paid" not in head
    assert "Sales order" in head


def test_chosen_pdfs_come_in_one_zip_and_carry_their_numbers(world: World) -> None:
    made = [invoice(world, str(100 + each)) for each in range(12)]
    picks = "&".join(f"pick={each.pk}" for each in made)
    with ZipFile(io.BytesIO(_body(world, f"/lists/invoice/pdfs?{picks}"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{each.number}.pdf" for each in made]
        for each in made:
            text = PdfReader(io.BytesIO(archive.read(f"{each.number}.pdf"))).pages[0].extract_text()
            assert each.number in text
    with scope(world.job):
        views = DocumentView.objects.filter(contact_person=world.maya.person_id)
        assert sorted(views.values_list("document_id", flat=True)) == sorted(each.pk for each in made)
        assert set(views.values_list("how", flat=True)) == {"pdf"}
        assert not Invoice.objects.filter(pk__in=[each.pk for each in made], first_viewed_at=None).exists()


def test_head_makes_no_file_and_is_no_view(world: World) -> None:
    mine = invoice(world)
    maya = signed_in(world.maya)
    assert maya.head(f"/lists/invoice/pdfs?pick={mine.pk}").headers["Content-Type"] == "application/zip"
    assert maya.head("/lists/invoice/export.xlsx").status_code == 200
    with scope(world.job):
        assert not DocumentView.objects.filter(document_id=mine.pk).exists()


def test_none_too_many_and_other_peoples_are_refused(world: World) -> None:
    mine, theirs, unsent = invoice(world), invoice(world, customer=world.harbourview), draft(world)
    maya = signed_in(world.maya)
    none = maya.get("/lists/invoice/pdfs")
    assert none.status_code == 422
    assert "at most 200 documents" in none.content.decode()
    many = "&".join(f"pick={new_id()}" for _each in range(201))
    assert maya.get(f"/lists/invoice/pdfs?{many}").status_code == 422
    for other in (theirs, unsent):
        assert maya.get(f"/lists/invoice/pdfs?pick={mine.pk}&pick={other.pk}").status_code == 404
    assert signed_in(world.leo).get(f"/lists/invoice/pdfs?pick={mine.pk}").status_code == 403
