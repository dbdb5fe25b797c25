"""Writing invoices: what a draft takes, what it fills in by itself, and that it can still be changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.invoices.actions import InvoiceDraft, delete_draft, draft_invoice, edit_invoice, issue_invoice
from portico.invoices.models import Invoice, InvoiceGateway, InvoiceLine
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.organisations.models import PaymentTerms
from portico.payments.models import GatewayAccount
from portico.testing.books import Books
from portico.testing.people import World, make_world
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax

ROSES = LineDraft(name="Roses", quantity=Decimal(12), rate=Decimal("2.50"), taxes=(Tax("VAT", Decimal(20)),))
DRAFT = InvoiceDraft(date=date(2026, 3, 2), lines=[ROSES])


def test_olive_writes_an_invoice(world: World) -> None:
    draft = replace(DRAFT, reference="PO 7", shipping_charge=Money.of("5", "USD"))
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    assert (invoice.status, invoice.number, str(invoice.total)) == ("draft", "", "41.00 USD")
    assert not invoice.balance
    with scope(world.olive):
        kept = Invoice.objects.get(pk=invoice.pk)
        (line,) = kept.lines.all()
    assert kept.tax_summary == [{"name": "VAT", "percentage": "20", "base": "30.00", "amount": "6.00"}]
    assert (line.name, line.position, str(line.amount), line.taxes) == (
        "Roses", 1, "30.00 USD", [["VAT", "20"]],
    )  # fmt: skip


def test_the_due_date_follows_from_the_terms(world: World) -> None:
    with scope(world.olive):
        net_30 = PaymentTerms.objects.get(name="Net 30")
        world.greenleaf.payment_terms = net_30
        world.greenleaf.save(update_fields=["payment_terms"])
        month_end = PaymentTerms.objects.create(
            organisation=world.organisation, name="Month end", rule="end_of_month"
        )

    def drafted(**changes: Any) -> tuple[date, str]:
        invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=replace(DRAFT, **changes))
        return invoice.due_date, invoice.payment_terms

    assert drafted() == (date(2026, 4, 1), "Net 30")
    assert drafted(payment_terms=month_end) == (date(2026, 3, 31), "Month end")
    assert drafted(due_date=date(2026, 3, 9)) == (date(2026, 3, 9), "Net 30")


def test_a_draft_can_be_written_anew(world: World) -> None:
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=DRAFT)
    again = InvoiceDraft(
        date=date(2026, 3, 3), lines=[LineDraft(name="Tulips", rate=Decimal(900))], currency="JPY"
    )
    edit_invoice(actor=world.olive, invoice=invoice, draft=again)
    with scope(world.olive):
        kept = Invoice.objects.get(pk=invoice.pk)
        assert [line.name for line in kept.lines.all()] == ["Tulips"]
    assert (kept.currency, str(kept.total), kept.date) == ("JPY", "900 JPY", date(2026, 3, 3))


def test_a_draft_can_be_thrown_away_and_leaves_a_record(world: World) -> None:
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=DRAFT)
    delete_draft(actor=world.olive, invoice=invoice)
    with scope(world.olive):
        assert not Invoice.objects.filter(pk=invoice.pk).exists()
        assert not InvoiceLine.objects.filter(document=invoice.pk).exists()
        assert AuditRecord.objects.filter(object_id=invoice.pk, action="delete_draft").exists()


def test_an_issued_invoice_is_frozen(world: World) -> None:
    invoice = Books(world.olive, world.greenleaf).invoice("10")
    with pytest.raises(ConflictError, match="INV-0001 has been issued"):
        edit_invoice(actor=world.olive, invoice=invoice, draft=DRAFT)
    with pytest.raises(ConflictError):
        delete_draft(actor=world.olive, invoice=invoice)


def test_gateways_are_ticked(world: World) -> None:
    with scope(world.olive):
        card = GatewayAccount.objects.create(organisation=world.organisation, gateway="sandbox", name="Card")
    draft = replace(DRAFT, gateways=(card.pk,))
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    with scope(world.olive):
        assert [row.gateway_account_id for row in InvoiceGateway.objects.filter(invoice=invoice)] == [card.pk]
    assert not invoice.all_gateways
    invoice = edit_invoice(actor=world.olive, invoice=invoice, draft=DRAFT)
    with scope(world.olive):
        assert not InvoiceGateway.objects.filter(invoice=invoice).exists()
    assert invoice.all_gateways


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("lines", {"lines": []}),
        ("lines-0-name", {"lines": [replace(ROSES, name="  ")]}),
        ("lines-0-name", {"lines": [replace(ROSES, name="x" * 201)]}),
        ("lines-0-name", {"lines": [replace(ROSES, name="Ro\x00ses")]}),
        ("lines-0-item", {"lines": [replace(ROSES, item_id=new_id())]}),
        ("lines-0-discount_kind", {"lines": [replace(ROSES, discount_kind="gift")]}),
        ("rounding", {"rounding": "0.10"}),
        ("date", {"date": date(26, 3, 2)}),
        ("due_date", {"due_date": date(2026, 3, 1)}),
        ("reference", {"reference": "x" * 101}),
        ("currency", {"currency": "ABC"}),
        ("shipping_charge", {"shipping_charge": Money.of("500", "JPY")}),
        ("gateways", {"gateways": (new_id(),)}),
    ],
)
def test_a_bad_input_is_named_and_nothing_is_written(
    world: World, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidError) as refused:
        draft_invoice(actor=world.olive, customer=world.greenleaf, draft=replace(DRAFT, **changes))
    assert refused.value.field == field
    with scope(world.olive):
        assert not Invoice.objects.exists()


def test_a_number_of_its_own_is_kept_and_taken_once(world: World) -> None:
    own = replace(DRAFT, number="A/17")
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=own)
    with pytest.raises(ConflictError) as refused:
        draft_invoice(actor=world.olive, customer=world.harbourview, draft=own)
    assert refused.value.field == "number"
    assert issue_invoice(actor=world.olive, invoice=invoice).number == "A/17"


def test_maya_and_strangers_write_no_invoices(world: World) -> None:
    with pytest.raises(ForbiddenError):
        draft_invoice(actor=world.maya, customer=world.greenleaf, draft=DRAFT)
    elsewhere = make_world()
    with pytest.raises(NotFoundError):
        draft_invoice(actor=elsewhere.olive, customer=world.greenleaf, draft=DRAFT)
    invoice = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=DRAFT)
    with pytest.raises(NotFoundError):
        edit_invoice(actor=elsewhere.olive, invoice=invoice, draft=DRAFT)
