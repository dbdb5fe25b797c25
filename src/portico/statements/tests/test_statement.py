"""The statement of account as Maya sees it: page, print view, PDF, CSV (S8.1, S8.3)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html import unescape

import pytest
from django.test import Client

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.invoices.actions import void_invoice, write_off_invoice
from portico.invoices.actions.opening import set_opening_balance
from portico.kit import clock
from portico.kit.errors import ForbiddenError
from portico.payments.actions.void import void_payment
from portico.retainers.actions import draw_retainer
from portico.statements.queries import standings
from portico.statements.tests.counting import own
from portico.statements.views import pages
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World, make_world
from portico.transactions.lists.exporting import harmless

MARCH = "?from=2026-03-01&to=2026-03-31"


@contextmanager
def on(day: str) -> Iterator[None]:
    """It is this day, at noon."""
    with clock.held_at(datetime.combine(date.fromisoformat(day), time(12), UTC)):
        yield


def books_on(world: World, day: str, currency: str = "USD") -> Books:
    """Greenleaf's books on a day."""
    return Books(world.olive, world.greenleaf, currency, day=date.fromisoformat(day))


def rows(client: Client, query: str) -> list[list[str]]:
    """The CSV's rows, without its head."""
    answer = client.get(f"/statements/csv{query}")
    assert answer.status_code == 200
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def text_of(page: str) -> str:
    """What a page says in its main part, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_maya_reads_what_happened_in_march(world: World) -> None:
    february, march = books_on(world, "2026-02-10"), books_on(world, "2026-03-05")
    first = february.invoice("1200.00")
    second = march.invoice("300.00")
    replace(march, day=date(2026, 3, 9)).pay("1350.00", (first, "1200.00"), (second, "100.00"))
    replace(march, day=date(2026, 3, 20)).credit_note("25.00")
    assert rows(signed_in(world.maya), MARCH) == [
        ["2026-03-01", "Opening balance", "", "USD", "", "", "1200.00"],
        ["2026-03-05", f"Invoice {second.number}", "Due 5 Mar 2026", "USD", "300.00", "", "1500.00"],
        [
            "2026-03-09",
            "Payment PAY-0001",
            "; ".join(
                [
                    f"$1,200.00 for payment of {first.number}",
                    f"$100.00 for payment of {second.number}",
                    "$50.00 more than was due, kept as credit",
                ]
            ),
            "USD",
            "",
            "-1350.00",
            "150.00",
        ],
        ["2026-03-20", "Credit note CN-0001", "", "USD", "", "-25.00", "125.00"],
    ]


def test_applying_a_credit_moves_nothing_and_drawing_a_retainer_is_a_payment(world: World) -> None:
    books = books_on(world, "2026-03-05")
    invoice = books.invoice("100.00")
    note = books.credit_note("30.00")
    retainer = books.retainer("50.00")
    books.pay("50.00", retainer=retainer)
    with on("2026-03-06"):
        apply_credit(actor=world.olive, source=note, invoice=invoice, amount=books.money("30.00"))
        draw_retainer(actor=world.olive, retainer=retainer, invoice=invoice, amount=books.money("40.00"))
    seen = [(row[1], row[2], row[5], row[6]) for row in rows(signed_in(world.maya), MARCH)[2:]]
    assert seen == [
        (f"Credit note {note.number}", "", "-30.00", "70.00"),
        (f"Retainer {retainer.number} used", f"$40.00 for payment of {invoice.number}", "-40.00", "30.00"),
    ]


def test_what_was_undone_has_a_line_of_its_own(world: World) -> None:
    books = books_on(world, "2026-03-05")
    void, paid, lost = books.invoice("10.00"), books.invoice("20.00"), books.invoice("40.00")
    payment = books.pay("20.00", (paid, "20.00"))
    with on("2026-03-08"):
        void_invoice(actor=world.olive, invoice=void, reason="Twice")
        void_payment(actor=world.olive, payment=payment, reason="Returned")
        write_off_invoice(actor=world.olive, invoice=lost, reason="Lost")
    seen = [(row[0], row[1], row[4] or row[5], row[6]) for row in rows(signed_in(world.maya), MARCH)[5:]]
    assert seen == [
        ("2026-03-08", f"Invoice {void.number} voided", "-10.00", "40.00"),
        ("2026-03-08", f"Payment {payment.number} reversed", "20.00", "60.00"),
        ("2026-03-08", "Written off", "-40.00", "20.00"),
    ]


def test_a_balance_brought_from_elsewhere_is_a_line(world: World) -> None:
    books = books_on(world, "2026-03-02")
    set_opening_balance(
        actor=world.olive, customer=world.greenleaf, amount=books.money("75.00"), date=date(2026, 3, 2)
    )
    assert rows(signed_in(world.maya), MARCH)[1] == [
        "2026-03-02", "Balance brought forward", "As INV-0001", "USD", "75.00", "", "75.00",
    ]  # fmt: skip
    assert "Brought forward $75 .00" in text_of(
        signed_in(world.maya).get(f"/statements/{MARCH}").content.decode()
    )


def test_the_page_has_a_summary_that_adds_up_and_the_same_lines(world: World) -> None:
    books_on(world, "2026-02-10").invoice("1200.00")
    march = books_on(world, "2026-03-05")
    invoice = march.invoice("300.00")
    march.pay("100.00", (invoice, "100.00"))
    page = signed_in(world.maya).get(f"/statements/{MARCH}").content.decode()
    said = text_of(page)
    assert "1 March 2026 to 31 March 2026, in US dollars." in said
    assert (
        "Opening balance $1,200 .00 Invoiced $300 .00 Payments received −$100 .00 Balance due $1,400 .00"
        in said
    )
    assert "Credit notes" not in said
    assert f'href="/invoices/{invoice.pk}/"' in page
    assert "−$100.00 Balance $1,400.00" in said


def test_the_closing_balance_is_what_home_says(world: World) -> None:
    books = books_on(world, clock.today("UTC").isoformat())
    invoice = books.invoice("500.00")
    books.pay("120.00", (invoice, "100.00"))
    books.credit_note("30.00")
    with scope(world.maya, read_only=True):
        (standing,) = standings(world.maya, "USD")
    assert standing.balance_due == books.money("350.00")  # 400 outstanding − 50 available credits
    maya = signed_in(world.maya)
    assert rows(maya, "")[-1][-1] == rows(maya, "?preset=all")[-1][-1] == "350.00"
    assert "$350 .00" in text_of(maya.get("/").content.decode())


def test_money_set_aside_is_said_to_be_no_part_of_the_balance(world: World) -> None:
    books = books_on(world, "2026-03-02")
    books.pay("60.00", retainer=books.retainer("60.00"))
    page = text_of(signed_in(world.maya).get("/statements/").content.decode())
    assert "Retainers are not part of this balance. You have $60.00 of retainer payments left to use." in page


def test_dates_in_the_wrong_order_are_told_next_to_the_field(world: World) -> None:
    answer = signed_in(world.maya).get("/statements/?preset=custom&from=2026-03-31&to=2026-03-01")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This date lies before the first one." in page[page.index('id="id_to_error"') :]
    assert "Opening balance" not in page


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("?preset=custom", "from", "Choose a date."),
        ("?from=2026-03-01", "to", "Choose a date."),
        ("?from=31.3.2026&to=2026-04-01", "from", "Write the date as year-month-day"),
        ("?from=2026-02-30&to=2026-04-01", "from", "Write the date as year-month-day"),
        ("?from=0001-01-01&to=2026-04-01", "from", "outside the years"),
    ],
)
def test_what_is_no_date_is_told_next_to_the_field(world: World, query: str, field: str, says: str) -> None:
    maya = signed_in(world.maya)
    answer = maya.get(f"/statements/{query}")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page[page.index(f'id="id_{field}_error"') :][:400]
    for part in ("pdf", "csv", "print"):
        assert maya.get(f"/statements/{part}{query}")["Location"] == f"/statements/{query}"


def test_who_chooses_another_period_gets_it_whatever_the_dates_say(world: World) -> None:
    with on("2026-03-15"):
        page = signed_in(world.maya).get(
            "/statements/?preset=last_month&was=this_month&from=2026-03-01&to=2026-03-31"
        )
    assert "1 February 2026 to 28 February 2026" in page.content.decode()


def test_who_types_other_dates_gets_those_whatever_the_period_says(world: World) -> None:
    with on("2026-03-15"):
        maya = signed_in(world.maya)
        page = maya.get("/statements/?preset=this_month&was=this_month&from=2026-03-05&to=2026-03-31")
        assert "5 March 2026 to 31 March 2026" in page.content.decode()
        assert '<option value="custom" selected>' in page.content.decode()
        page = maya.get("/statements/?preset=this_month&was=this_month&from=2026-03-05&to=2026-03-01")
        assert page.status_code == 422
        page = maya.get("/statements/?preset=this_month&was=this_month&from=2026-03-01&to=2026-03-31")
        assert '<option value="this_month" selected>' in page.content.decode()


def test_all_begins_with_the_first_transaction_and_ends_today_or_later(world: World) -> None:
    books_on(world, "2024-07-04").invoice("5.00")
    books_on(world, "2026-09-09").invoice("5.00")
    with on("2026-03-15"):
        page = signed_in(world.maya).get("/statements/?preset=all").content.decode()
    assert "4 July 2024 to 9 September 2026" in page


def test_each_currency_has_a_statement_of_its_own(world: World) -> None:
    books_on(world, "2026-03-05").invoice("10.00")
    books_on(world, "2026-03-06", "JPY").invoice("5000")
    maya = signed_in(world.maya)
    assert [row[4] for row in rows(maya, MARCH)] == ["", "10.00"]
    assert [row[4] for row in rows(maya, f"{MARCH}&currency=JPY")] == ["", "5000"]
    assert maya.get(f"/statements/{MARCH}&currency=XXX").status_code == 422
    page = maya.get(f"/statements/{MARCH}&currency=JPY").content.decode()
    assert 'name="currency"' in page
    assert "in Japanese yen" in page
    assert 'name="currency"' not in signed_in(world.ines).get("/statements/").content.decode()


def test_a_long_period_is_cut_on_the_page_and_whole_in_print_and_csv(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ON_A_PAGE", 3)
    books = books_on(world, "2026-03-05")
    for amount in ("1.00", "2.00", "3.00", "4.00", "5.00"):
        invoice = books.invoice(amount)
    books.pay("5.00", (invoice, "5.00"))
    maya = signed_in(world.maya)
    page = text_of(maya.get(f"/statements/{MARCH}").content.decode())
    assert "3 more transactions The PDF, the print view and the spreadsheets have them all." in page
    assert "$9.00 −$5.00 Balance $10.00 Balance due $10.00" in page
    assert "more transactions" not in maya.get(f"/statements/print{MARCH}").content.decode()
    assert len(rows(maya, MARCH)) == 7


def test_too_long_a_period_is_not_printed_but_streamed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 1)
    books = books_on(world, "2026-03-05")
    books.invoice("1.00")
    books.invoice("2.00")
    maya = signed_in(world.maya)
    for part in ("pdf", "print"):
        answer = maya.get(f"/statements/{part}{MARCH}")
        assert answer.status_code == 409
        assert "download the CSV" in answer.content.decode()
    assert len(rows(maya, MARCH)) == 3


def test_the_pdf_is_a_file_named_after_customer_and_days(world: World) -> None:
    books_on(world, "2026-03-05").invoice("1.00")
    answer = signed_in(world.maya).get(f"/statements/pdf{MARCH}&download=1")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == (
        'attachment; filename="Statement Greenleaf Gardens Ltd 2026-03-01 to 2026-03-31 USD.pdf"'
    )
    assert signed_in(world.maya).head(f"/statements/pdf{MARCH}").status_code == 200


def test_the_print_view_says_from_whom_and_to_whom(world: World) -> None:
    page = text_of(signed_in(world.maya).get(f"/statements/print{MARCH}").content.decode())
    assert "From Northwind Traders 1200 Harbor Avenue SW Seattle, WA 98126 To Greenleaf Gardens Ltd" in page


def test_no_text_in_the_csv_is_a_formula(world: World) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"):
        assert harmless(text) == f"'{text}"
    assert harmless("Invoice INV-0001") == "Invoice INV-0001"


def test_the_csv_begins_with_a_mark_for_spreadsheets_and_is_a_file(world: World) -> None:
    answer = signed_in(world.maya).get(f"/statements/csv{MARCH}")
    assert answer.getvalue().startswith(b"\xef\xbb\xbfDate,")
    assert answer["Content-Disposition"].startswith("attachment;")


def test_leo_gets_no_statement(world: World) -> None:
    leo = signed_in(world.leo)
    for part in ("", "print", "pdf", "csv"):
        assert leo.get(f"/statements/{part}").status_code == 403
    with scope(world.leo, read_only=True), pytest.raises(ForbiddenError):
        standings(world.leo, "USD")


def test_ines_statement_has_nothing_of_greenleafs(world: World) -> None:
    books_on(world, "2026-03-05").invoice("4321.00")
    assert rows(signed_in(world.ines), MARCH) == [
        ["2026-03-01", "Opening balance", "", "USD", "", "", "0.00"]
    ]
    assert rows(signed_in(make_world().maya), "?preset=all")[0][-1] == "0.00"


def test_a_statement_costs_the_same_statements_however_long_it_is(world: World) -> None:
    books, maya = books_on(world, "2026-03-05"), signed_in(world.maya)
    asked = []
    for lines in (1, 3, 40):  # the first warms what is remembered from one request to the next
        for _ in range(lines):
            books.pay("2.00", (books.invoice("1.00"), "1.00"))
        with statements() as said:
            assert maya.get(f"/statements/{MARCH}").status_code == 200
        asked.append(said)
    assert own(asked[1]) == own(asked[2]) <= 14, "\n".join(asked[2])
