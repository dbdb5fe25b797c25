"""Payments made, and their receipts, as Maya, Leo and Ines get them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from django.core import mail
from pypdf import PdfReader

from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.notifications.actions import send_mail
from portico.payments.actions.record import record_payment
from portico.payments.actions.refunds import refund_excess
from portico.payments.actions.void import void_payment
from portico.payments.models import Payment
from portico.retainers.models import RetainerInvoice
from portico.statements.tests.counting import own
from portico.testing.books import A_DAY, Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.jobs import run_jobs
from portico.testing.people import World
from portico.transactions.models import DocumentView


def _books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def _pay(
    world: World,
    amount: str,
    *on: tuple[Invoice, str],
    days: int = 0,
    reference: str = "",
    retainer: RetainerInvoice | None = None,
    customer: Customer | None = None,
) -> Payment:
    return record_payment(
        actor=world.olive,
        customer=customer or world.greenleaf,
        amount=Money.of(amount, "USD"),
        date=A_DAY + timedelta(days=days),
        mode="card",
        method_label="Visa ending 4242",
        payer_name="Maya Chen",
        reference=reference,
        allocations={invoice.pk: Money.of(part, "USD") for invoice, part in on},
        retainer=retainer,
    )


def _list(world: World, address: str = "", status: int = 200) -> str:
    response = signed_in(world.maya).get(f"/payments/{address}")
    assert response.status_code == status
    return response.content.decode()


def _numbers(page: str) -> list[str]:
    return re.findall(r'class="c-main"><a href="[0-9a-f-]+/">([^<]+)<', page)


def test_maya_sorts_her_payments_by_date_or_amount(world: World) -> None:
    large, old, small = _pay(world, "900.00"), _pay(world, "50.00", days=-9), _pay(world, "9.99", days=5)
    newest = [small.number, large.number, old.number]
    assert _numbers(_list(world)) == newest
    assert _numbers(_list(world, "?sort=date")) == newest[::-1]
    assert _numbers(_list(world, "?sort=amount")) == [small.number, old.number, large.number]
    assert _numbers(_list(world, "?sort=-amount")) == [large.number, old.number, small.number]


def test_invoice_payments_and_retainer_payments_are_apart(world: World) -> None:
    books = _books(world)
    on_invoice = _pay(world, "50.00", (books.invoice("80.00"), "50.00"))
    retainer = books.retainer("200.00")
    on_retainer = _pay(world, "200.00", retainer=retainer)
    assert set(_numbers(_list(world))) == {on_invoice.number, on_retainer.number}
    assert _numbers(_list(world, "?tab=invoices")) == [on_invoice.number]
    page = _list(world, "?tab=retainers")
    assert _numbers(page) == [on_retainer.number]
    assert retainer.number in page


def test_every_payment_is_on_one_page_by_amount_too(world: World) -> None:
    for each in range(30):
        _pay(world, f"{10 + each % 4}.50")
    for sort in ("amount", "-amount", "-date"):
        first = _list(world, f"?sort={sort}")
        (link,) = re.findall(r'href="(\?[^"]*)" rel="next"', first)
        second = _list(world, link.replace("&amp;", "&"))
        numbers = _numbers(first) + _numbers(second)
        assert len(numbers) == len(set(numbers)) == 30
        assert "26 to 30 of 30" in second
        assert _numbers(_list(world, f"?sort={sort}&size=50")) == numbers


def test_search_finds_reference_and_invoice(world: World) -> None:
    invoice = _books(world).invoice("80.00")
    mine = _pay(world, "80.00", (invoice, "80.00"), reference="TRX 77")
    _pay(world, "1.00")
    assert _numbers(_list(world, "?q=trx+77")) == [mine.number]
    page = _list(world, f"?q={invoice.number}")
    assert _numbers(page) == [mine.number]
    assert f'href="/invoices/{invoice.pk}/">{invoice.number}</a>' in page


def test_a_row_names_three_invoices_and_counts_the_rest(world: World) -> None:
    books = _books(world)
    invoices = [books.invoice("10.00") for _each in range(5)]
    _pay(world, "50.00", *((each, "10.00") for each in invoices))
    page = _list(world)
    assert page.count('class="link above"') == 3
    assert "and 2 more" in page


def test_a_bad_filter_gets_a_message_at_its_field(world: World) -> None:
    page = _list(world, "?date_from=2026-05-01&date_to=2026-04-01&amount_from=much", status=422)
    assert "“Paid to” lies before “Paid from”." in page.split('id="id_date_to"')[1]
    assert "“much” is not an amount." in page.split('id="id_amount_from"')[1]


def test_void_payments_show_only_where_asked_for(world: World) -> None:
    kept, gone = _pay(world, "5.00"), _pay(world, "6.00")
    void_payment(actor=world.olive, payment=gone, reason="Bounced")
    assert _numbers(_list(world)) == [kept.number]
    assert _numbers(_list(world, "?status=void")) == [gone.number]
    receipt = signed_in(world.maya).get(f"/payments/{gone.pk}/").content.decode()
    assert "This payment is void" in receipt
    assert "Bounced" not in receipt


def test_the_list_costs_the_same_for_many_payments_as_for_one(world: World) -> None:
    books, client = _books(world), signed_in(world.maya)
    _pay(world, "5.00", (books.invoice("5.00"), "5.00"))
    with statements() as few:
        client.get("/payments/?size=100")
    for _each in range(30):
        _pay(world, "5.00", (books.invoice("5.00"), "5.00"))
    with statements() as many:
        client.get("/payments/?size=100")
    assert own(few) == own(many)
    assert len(few) <= 12


def test_the_receipt_says_for_what_and_what_was_too_much_on_page_and_in_the_pdf(world: World) -> None:
    books = _books(world)
    one, two = books.invoice("3210.00"), books.invoice("6480.00")
    paid = _pay(world, "4801.50", (one, "3210.00"), (two, "1500.00"), reference="NW-9QTA")
    client = signed_in(world.maya)
    page = client.get(f"/payments/{paid.pk}/").content.decode()
    content = client.get(f"/payments/{paid.pk}/pdf").content
    pdf = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    for text in (
        paid.number,
        "2 March 2026",
        "NW-9QTA",
        "Visa ending 4242",
        "Maya Chen",
        "Greenleaf Gardens Ltd",
        one.number,
        "$3,210.00",
        two.number,
        "$6,480.00",
        "$1,500.00",
        "Excess, kept as your credit",
        "$91.50",
        "$4,801.50",
        "Four thousand, eight hundred and one US dollars and 50/100",
    ):
        assert text in page, text
        assert text in pdf, text
    assert f'<a href="/invoices/{one.pk}/">{one.number}</a>' in page


def test_a_retainer_payments_receipt_names_the_retainer(world: World) -> None:
    retainer = _books(world).retainer("200.00")
    paid = _pay(world, "200.00", retainer=retainer)
    page = signed_in(world.maya).get(f"/payments/{paid.pk}/").content.decode()
    assert f"Retainer invoice {retainer.number}" in page
    assert "Excess" not in page


def test_a_receipt_tells_where_its_excess_went(world: World) -> None:
    books = _books(world)
    paid, invoice = _pay(world, "100.00"), books.invoice("60.00")
    apply_credit(actor=world.olive, source=paid, invoice=invoice, amount=books.money("60.00"))
    refund_excess(actor=world.olive, payment=paid, amount=books.money("15.00"), mode="cash", date=A_DAY)
    page = signed_in(world.maya).get(f"/payments/{paid.pk}/").content.decode()
    assert f'<a href="/invoices/{invoice.pk}/">{invoice.number}</a>' in page
    assert "Overpayment used" in page
    assert "REF-0001" in page
    assert _numbers(_list(world, "?status=unused")) == [paid.number]


def test_ines_finds_nothing_at_mayas_addresses_and_leo_may_not_look(world: World) -> None:
    paid = _pay(world, "4215.00")
    assert signed_in(world.leo).get("/payments/").status_code == 403
    assert paid.number not in signed_in(world.ines).get("/payments/").content.decode()
    for path in ("", "pdf", "print"):
        assert signed_in(world.ines).get(f"/payments/{paid.pk}/{path}").status_code == 404
        refused = signed_in(world.leo).get(f"/payments/{paid.pk}/{path}")
        assert refused.status_code == 403
        assert b"4,215" not in refused.content


def test_looks_at_a_receipt_are_logged(world: World) -> None:
    paid = _pay(world, "5.00")
    client = signed_in(world.maya)
    for path in ("", "pdf", "print"):
        assert client.get(f"/payments/{paid.pk}/{path}").status_code == 200
        client.head(f"/payments/{paid.pk}/{path}")
    with scope(world.olive):
        views = [
            (view.document_kind, view.document_id, view.how) for view in DocumentView.objects.order_by("at")
        ]
    assert views == [("payment", paid.pk, how) for how in ("page", "pdf", "print")]


def test_a_receipt_goes_out_by_mail_as_its_pdf(world: World) -> None:
    paid = _pay(world, "77.00")
    send_mail(
        world.organisation.pk,
        f"receipt/{paid.pk}",
        world.email("maya"),
        "Your receipt",
        "Thank you.",
        attachment_kind="payment",
        attachment_id=paid.pk,
    )
    run_jobs()
    (message,) = [each for each in mail.outbox if each.to == [world.email("maya")]]
    ((name, content, _type),) = message.attachments
    assert name == f"{paid.number}.pdf"
    assert "$77.00" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
