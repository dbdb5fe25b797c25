"""What is outstanding, its ageing, and their files: the same to the cent everywhere (S8.2, S5.6)."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.home.ageing import ageing
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.invoices.tests.making import invoice, today
from portico.kit.money import Money, format_money
from portico.organisations.models import Preferences
from portico.payments.models import Payment
from portico.statements.models import StatementKind
from portico.statements.outstanding import Age, each_open, outstanding
from portico.statements.queries import each_line, span_of, statement
from portico.statements.spans import Preset, Span
from portico.statements.spreadsheets import write_xlsx
from portico.statements.tables import Table, table
from portico.statements.tests.happenings import History
from portico.statements.tests.test_adds_up import position
from portico.statements.tests.test_statement import text_of
from portico.statements.views import pages
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_world
from portico.transactions.drafts import LineDraft

MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf, day=today())


def sheets(client: Client, query: str) -> dict[str, list[list[Any]]]:
    """The workbook's sheets by name, each with its head."""
    answer = client.get(f"/statements/xlsx?{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def csv_of(client: Client, query: str) -> list[list[str]]:
    """The CSV's rows, without its head."""
    answer = client.get(f"/statements/csv?{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))[1:]


def pdf_of(client: Client, query: str) -> str:
    """What the PDF says, in one line."""
    content = client.get(f"/statements/pdf?{query}").content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def _plain(page: str) -> str:
    """What a page says, the cents at their units."""
    return re.sub(r" (?=[.,]\d)", "", text_of(page))


def test_outstanding_lists_open_invoices_and_unused_credit_and_adds_up(world: World, books: Books) -> None:
    late, later = invoice(world, "300.00", issued=-60, due=-40), invoice(world, "100.00", due=5)
    paid = invoice(world, "50.00")
    books.pay("50.00", (paid, "50.00"))
    note, excess = books.credit_note("30.00"), books.pay("120.00", (late, "100.00"))
    apply_credit(actor=world.olive, source=note, invoice=later, amount=books.money("10.00"))
    client = signed_in(world.maya)
    page = client.get("/statements/?kind=outstanding").content.decode()
    said = _plain(page)
    assert "Outstanding invoices $290.00 Credit not used yet −$40.00 Balance due $250.00" in said
    assert paid.number not in said
    for address in (f"/invoices/{late.pk}/", f"/credit-notes/{note.pk}/", f"/payments/{excess.pk}/"):
        assert f'href="{address}"' in page
    rows = csv_of(client, "kind=outstanding")
    assert [(row[1], row[4], row[5], *row[7:]) for row in rows] == [
        (f"Invoice {late.number}", "40", "31 to 60 days late", "300.00", "-100.00", "200.00"),
        (f"Invoice {later.number}", "0", "Not due yet", "100.00", "-10.00", "90.00"),
        (f"Credit note {note.number}", "", "Credit not used yet", "-30.00", "10.00", "-20.00"),
        (f"Payment {excess.number}", "", "Credit not used yet", "-120.00", "100.00", "-20.00"),
    ]
    pdf = pdf_of(client, "kind=outstanding")
    for text in ("$290.00", "−$40.00", "$250.00", late.number, "40 days late", note.number, "$200.00"):
        assert text in pdf, text
    assert "$250.00" in _plain(client.get("/statements/print?kind=outstanding").content.decode())
    assert csv_of(client, "preset=all")[-1][-1] == "250.00"  # the activity says the same


def test_ageing_counts_each_document_in_its_bucket_as_home_does(world: World, books: Books) -> None:
    for days, amount in ((0, "1.00"), (-1, "2.00"), (-30, "4.00"), (-31, "8.00"), (-60, "16.00"),
                         (-61, "32.00"), (-90, "64.00"), (-91, "128.00"), (9, "256.00")):  # fmt: skip
        invoice(world, amount, issued=-100, due=days)
    books.credit_note("5.00")
    client = signed_in(world.maya)
    said = _plain(client.get("/statements/?kind=ageing").content.decode())
    summary = (
        "Not due yet $257.00 1 to 30 days late $6.00 31 to 60 days late $24.00 61 to 90 days late $96.00"
        " Over 90 days late $128.00 Credit not used yet −$5.00 Balance due $506.00"
    )
    assert summary in said
    with scope(world.maya, read_only=True):
        (home,) = ageing(world.maya, today())
        mine = outstanding(world.maya, "USD", today(), limit=100)
    for age in (each for each in Age if each is not Age.CREDIT):
        assert mine.ages[age] == getattr(home, age)
        counted = sum((each.left.amount for each in mine.documents if each.age is age), Decimal(0))
        assert counted == mine.ages[age].amount, age
    pdf = pdf_of(client, "kind=ageing")
    for text in ("Over 90 days late", "$128.00", "$96.00", "$506.00"):
        assert text in pdf, text


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_files(
    world: World, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ON_A_PAGE", 3)
    for _each in range(4):
        books.invoice("10.00")
    books.credit_note("5.00")
    client = signed_in(world.maya)
    said = _plain(client.get("/statements/?kind=outstanding").content.decode())
    assert "2 more documents" in said
    assert "$5.00 Balance due" in said  # 10 − 5 on those that are left out
    assert len(csv_of(client, "kind=outstanding")) == 5
    monkeypatch.setattr(pages, "MOST", 3)
    assert client.get("/statements/pdf?kind=outstanding").status_code == 409


def test_several_currencies_are_a_link_each_and_one_workbook(world: World, books: Books) -> None:
    books.invoice("10.50")
    Books(world.olive, world.greenleaf, "JPY", day=today()).invoice("5000")
    client = signed_in(world.maya)
    page = client.get("/statements/?kind=ageing").content.decode()
    assert 'href="?kind=ageing&amp;currency=JPY"' in page
    assert "¥5,000" in _plain(client.get("/statements/?kind=ageing&currency=JPY").content.decode())
    found = sheets(client, "kind=ageing&all=1")
    assert [(name, rows[1][-1]) for name, rows in found.items()] == [("USD", 10.5), ("JPY", 5000)]
    assert [row[-1] for row in csv_of(client, "kind=ageing&all=1")] == ["10.50", "5000"]
    assert list(sheets(client, "preset=all")) == ["USD"]


def test_a_text_that_looks_like_a_formula_stays_a_text(world: World) -> None:
    for number, text in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)")):
        draft = InvoiceDraft(
            date=date(2026, 3, 2 + number), reference=text, lines=[LineDraft(name="Rose", rate=Decimal(5))]
        )
        issue_invoice(
            actor=world.olive,
            invoice=draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft),
        )
    client = signed_in(world.maya)
    (rows,) = sheets(client, "kind=outstanding").values()
    assert [row[2] for row in rows[1:]] == ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)"]
    answer = client.get("/statements/xlsx?kind=outstanding")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert [row[2][:2] for row in csv_of(client, "kind=outstanding")] == ["'=", "'+", "'-", "'@", "'="]


def test_the_workbook_says_what_the_csv_says_and_is_a_file(world: World, books: Books) -> None:
    march = replace(books, day=date(2026, 3, 5))
    paid = march.invoice("1234.56")
    march.pay("1300.00", (paid, "1234.56"))
    client = signed_in(world.maya)
    (head, *rows) = sheets(client, MARCH)["USD"]
    assert head == ["Date", "Transaction", "Details", "Currency", "Amount", "Payments", "Balance"]
    plain = [[str(cell) if not isinstance(cell, float) else f"{cell:.2f}" for cell in row] for row in rows]
    assert plain == csv_of(client, MARCH)
    answer = client.get(f"/statements/xlsx?{MARCH}")
    assert answer["Content-Disposition"] == (
        'attachment; filename="Statement Greenleaf Gardens Ltd 2026-03-01 to 2026-03-31 USD.xlsx"'
    )
    assert client.head(f"/statements/xlsx?{MARCH}").status_code == 200


def test_where_credit_notes_are_not_shown_the_statement_leads_to_none(world: World, books: Books) -> None:
    note = books.credit_note("5.00")
    with scope(world.olive):
        Preferences.objects.update(show_credit_notes=False)
    client = signed_in(world.maya)
    for query in ("kind=outstanding", "preset=all"):
        page = client.get(f"/statements/?{query}").content.decode()
        assert note.number in page
        assert f"/credit-notes/{note.pk}/" not in page


def test_leo_gets_none_of_them_and_ines_her_own(world: World, books: Books) -> None:
    books.invoice("4321.00")
    for part in ("", "pdf", "csv", "xlsx", "print"):
        for kind in ("outstanding", "ageing"):
            assert signed_in(world.leo).get(f"/statements/{part}?kind={kind}").status_code == 403
    assert csv_of(signed_in(world.ines), "kind=outstanding") == []
    assert "Nothing is outstanding" in _plain(
        signed_in(world.ines).get("/statements/?kind=ageing").content.decode()
    )


@given(seed=st.integers(0, 2**32), currency=st.sampled_from(("USD", "JPY", "KWD")))
@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_whatever_happened_every_kind_says_what_the_ledger_says(seed: int, currency: str) -> None:
    world = make_world(currency)
    history = History(Books(world.olive, world.greenleaf, currency), world.olive, Random(seed))
    history.happen(35)
    day = history.day
    owed = Money(position(world, currency), currency)
    with scope(world.maya, read_only=True):
        whole = outstanding(world.maya, currency, day, limit=1000)
        cut = outstanding(world.maya, currency, day, limit=3)
        span = span_of(world.maya, currency, Preset.ALL, day)
        moved = statement(world.maya, currency, span)
        open_invoices = Invoice.objects.visible_to(world.maya).filter(balance__gt=0).count()
        with_rest = Payment.objects.visible_to(world.maya).filter(unused__gt=0).count()
    assert whole.balance == cut.balance == moved.closing == owed
    assert sum((each.left for each in whole.documents), Money.zero(currency)) == owed
    assert cut.count == whole.count == len(whole.documents) >= open_invoices + with_rest
    assert sum((each.left for each in cut.documents), cut.rest) == owed
    for each in whole.documents:
        assert each.total + each.settled == each.left
    assert tuple(each_open(world.maya, currency, day, at_once=2)) == whole.documents
    client = signed_in(world.maya)
    for kind, wanted in (
        (StatementKind.ACTIVITY, span),
        (StatementKind.OUTSTANDING, Span(day, day)),
    ):
        made = table(world.maya, kind, currency, wanted)
        with write_xlsx([made]) as file:
            rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name(currency).to_python()[1:]
        cells = [Decimal(str(row[-1])) for row in made.rows()]
        assert [Decimal(str(row[-1])) for row in rows] == cells
        total = cells[-1] if kind is StatementKind.ACTIVITY else sum(cells, Decimal(0))
        assert total == owed.amount
    said = pdf_of(client, f"preset=custom&from={span.first}&to={span.last}&currency={currency}")
    assert " ".join(format_money(owed, "en").split()) in said
    assert len(list(each_line(world.maya, currency, span))) == len(moved.lines) + 1


def test_a_workbook_of_many_lines_needs_no_more_memory_than_one_of_few() -> None:
    def peak(lines: int) -> int:
        row = (date(2026, 3, 2), "Invoice INV-0001", None, "USD", Decimal("12.50"), None, Decimal("12.50"))
        many = Table("USD", ("Date",) * 7, lambda: iter([row] * lines), (10,) * 7)
        tracemalloc.start()
        write_xlsx([many]).close()
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8_000) < peak(400) + 500_000


def test_a_day_begins_to_count_when_the_due_date_has_passed(world: World) -> None:
    mine = invoice(world, "10.00", due=0)
    with scope(world.maya, read_only=True):
        for later, age in ((0, Age.NOT_DUE), (1, Age.DAYS_1_TO_30), (31, Age.DAYS_31_TO_60)):
            (found,) = outstanding(world.maya, "USD", mine.due_date + timedelta(later), limit=9).documents
            assert (found.age, found.days_late) == (age, later)
