"""One invoice as Maya, Leo and Ines get it: page, print view, PDF."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from pypdf import PdfReader

from portico.access.scope import scope
from portico.credit_notes.actions import CreditNoteDraft, apply_credit, draft_credit_note, issue_credit_note
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice, void_invoice
from portico.invoices.models import Invoice
from portico.invoices.tests.making import draft, invoice, today
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.organisations.models import Organisation
from portico.payments.actions.record import record_payment
from portico.payments.models import AttemptAllocation, AttemptState, GatewayAccount, Payment, PaymentAttempt
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax


def _page(world: World, mine: Invoice) -> str:
    response = signed_in(world.maya).get(f"/invoices/{mine.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def _pdf(world: World, mine: Invoice) -> str:
    content = signed_in(world.maya).get(f"/invoices/{mine.pk}/pdf").content
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _pay(world: World, on: Invoice, amount: str) -> Payment:
    money = Money.of(amount, "USD")
    return record_payment(
        actor=world.olive,
        customer=world.greenleaf,
        amount=money,
        date=today(),
        mode="cash",
        allocations={on.pk: money},
    )


def _gateway(world: World) -> GatewayAccount:
    with scope(world.job):
        return GatewayAccount.objects.create(organisation=world.organisation, gateway="sandbox", name="Card")


def _on_its_way(world: World, on: Invoice, amount: str) -> None:
    money = Money.of(amount, "USD")
    own = {
        "organisation": world.organisation,
        "customer": world.greenleaf,
        "currency": "USD",
        "amount": money,
    }
    with scope(world.job):
        attempt = PaymentAttempt.objects.create(
            **own,
            gateway_account=GatewayAccount.objects.get(),
            submission_key=new_id(),
            state=AttemptState.PROCESSING,
            mode="bank_debit",
        )
        AttemptAllocation.objects.create(**own, attempt=attempt, invoice=on)


def test_page_and_pdf_say_the_same_to_the_cent(world: World) -> None:
    written = InvoiceDraft(
        date=today(),
        reference="PO 7815",
        notes="Thank you.",
        lines=[
            LineDraft(
                name="Planter",
                quantity=Decimal("2.5"),
                rate=Decimal("33.333"),
                taxes=(Tax("VAT", Decimal(20)),),
            ),
            LineDraft(
                name="Freight", rate=Decimal("150"), discount_kind="percent", discount_value=Decimal(10)
            ),
        ],
        shipping_charge=Money.of("12.00", "USD"),
        adjustment=Money.of("-0.03", "USD"),
        adjustment_label="Goodwill",
    )
    drafted = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=written)
    mine = issue_invoice(actor=world.olive, invoice=drafted)
    _pay(world, mine, "100.00")
    page, pdf = _page(world, mine), _pdf(world, mine)
    for text in (
        mine.number,
        "PO 7815",
        "$33.333",
        "$83.33",
        "10%",
        "$135.00",
        "$218.33",  # subtotal
        "$16.67",  # a fifth of 83.33
        "$12.00",
        "Goodwill",
        "−$0.03",
        "$246.97",  # total
        "−$100.00",
        "Balance due (USD)",
        "$146.97",
        "Thank you.",
    ):
        assert text in page, text
        assert text in pdf.replace("\n", " "), text


def test_ines_finds_nothing_at_mayas_addresses_and_leo_may_not_look(world: World) -> None:
    mine = invoice(world, "3210.00")
    for path in ("", "pdf", "print"):
        address = f"/invoices/{mine.pk}/{path}"
        assert signed_in(world.ines).get(address).status_code == 404, path
        refused = signed_in(world.leo).get(address)
        assert refused.status_code == 403, path
        assert b"3,210" not in refused.content


def test_a_draft_has_no_page(world: World) -> None:
    drafted = draft(world)
    for path in ("", "pdf", "print"):
        assert signed_in(world.maya).get(f"/invoices/{drafted.pk}/{path}").status_code == 404


def test_a_void_invoice_says_so_and_asks_for_nothing(world: World) -> None:
    mine = invoice(world)
    _gateway(world)
    void_invoice(actor=world.olive, invoice=mine, reason="Sent twice by mistake")
    page = _page(world, mine)
    assert "Nothing is to be paid on this invoice." in page
    assert "Pay now" not in page
    assert "Sent twice" not in page  # why is staff's affair
    assert "Void" in _pdf(world, mine)


def test_what_is_on_its_way_cannot_be_paid_again(world: World) -> None:
    mine = invoice(world, "940.25")
    _gateway(world)
    assert "Pay now" in _page(world, mine)
    _on_its_way(world, mine, "940.25")
    page = _page(world, mine)
    assert "$940.25</data> is on its way. It usually takes 4 working days." in page.replace("\n", "")
    assert "Pay now" not in page


def test_without_a_gateway_it_says_how_to_pay_otherwise(world: World) -> None:
    with scope(world.olive):
        Organisation.objects.update(payment_instructions="Cascade Bank 4471")
    mine = invoice(world)
    page = _page(world, mine)
    assert "Pay now" not in page
    assert page.count("Cascade Bank 4471") == 2  # on the paper and beside it
    _gateway(world)
    assert "Pay now" in _page(world, mine)


def test_an_invoice_offers_only_the_gateways_ticked_on_it(world: World) -> None:
    card = _gateway(world)
    line = [LineDraft(name="Rose", rate=Decimal(5))]
    for gateways, offered in ((None, True), ((card.pk,), True), ((), False)):
        written = InvoiceDraft(date=today(), lines=line, gateways=gateways)
        drafted = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=written)
        mine = issue_invoice(actor=world.olive, invoice=drafted)
        assert ("Pay now" in _page(world, mine)) is offered, gateways


def test_payments_and_credit_notes_are_linked_and_told_in_the_history(world: World) -> None:
    mine = invoice(world, "500.00")
    payment = _pay(world, mine, "120.00")
    line = [LineDraft(name="Broken", rate=Decimal("30.00"))]
    credit = CreditNoteDraft(date=today(), lines=line, invoice=mine)
    drafted = draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=credit)
    note = issue_credit_note(actor=world.olive, credit_note=drafted)
    apply_credit(actor=world.olive, source=note, invoice=mine, amount=Money.of("30.00", "USD"))
    page = _page(world, mine)
    assert f'<a href="/payments/{payment.pk}/">{payment.number}</a>' in page
    told = re.sub(r"</?a\b[^>]*>", "", page.split('class="timeline"')[1])  # documents are named by links
    events = [
        "30.00</data> of credit used",
        f"Credit note {note.number} over",
        "120.00</data> received",
        "Issued",
    ]
    places = [told.index(event) for event in events]
    assert places == sorted(places)
    assert "$350.00" in page


def test_a_page_costs_the_same_for_many_lines_and_payments(world: World) -> None:
    client = signed_in(world.maya)
    small = invoice(world)
    written = InvoiceDraft(
        date=today(), lines=[LineDraft(name=f"Rose {n}", rate=Decimal(9)) for n in range(60)]
    )
    drafted = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=written)
    large = issue_invoice(actor=world.olive, invoice=drafted)
    for _time in range(5):
        _pay(world, large, "10.00")
    for each in (small, large):
        client.get(f"/invoices/{each.pk}/")  # the first view writes more
    with statements() as few:
        client.get(f"/invoices/{small.pk}/")
    with statements() as many:
        client.get(f"/invoices/{large.pk}/")
    assert len(few) == len(many) <= 12
    with statements() as pdf:
        client.get(f"/invoices/{large.pk}/pdf")
    assert len(pdf) <= 12


def test_the_pdf_is_named_by_its_number_and_sent_once(world: World) -> None:
    mine = invoice(world)
    client = signed_in(world.maya)
    address = f"/invoices/{mine.pk}/pdf"
    shown = client.get(address)
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Content-Disposition"] == f'inline; filename="{mine.number}.pdf"'
    kept = client.get(f"{address}?download=1").headers["Content-Disposition"]
    assert kept == f'attachment; filename="{mine.number}.pdf"'
    head = client.head(address)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(shown.content))
    again = client.get(address, headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304
    _pay(world, mine, "1.00")
    changed = client.get(address, headers={"If-None-Match": shown.headers["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize("path", ["", "print"])
def test_pages_refuse_to_be_posted_to(world: World, path: str) -> None:
    mine = invoice(world)
    assert signed_in(world.maya).post(f"/invoices/{mine.pk}/{path}").status_code == 405
