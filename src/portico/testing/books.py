"""Short ways to write documents in tests: one line, one amount, issued at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from portico.access.actors import Actor
from portico.access.scope import scope
from portico.credit_notes.actions import CreditNoteDraft, draft_credit_note, issue_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.models import Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.ledger.models import Balance
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.record import record_payment
from portico.payments.models import Payment, PaymentMode
from portico.retainers.actions import RetainerDraft, draft_retainer, issue_retainer
from portico.retainers.models import RetainerInvoice
from portico.transactions.drafts import LineDraft

A_DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Books:
    """One customer's books, written by one actor in one currency; amounts are texts such as “120.50”."""

    actor: Actor
    customer: Customer
    currency: str = "USD"
    day: date = A_DAY

    def money(self, text: str) -> Money:
        """The amount in the books' currency."""
        return Money.of(text, self.currency)

    def lines(self, amount: str) -> list[LineDraft]:
        """One line that comes to this amount."""
        return [LineDraft(name="Roses", rate=Decimal(amount))]

    def drafted(self, amount: str) -> Invoice:
        """A draft of an invoice."""
        draft = InvoiceDraft(date=self.day, lines=self.lines(amount), currency=self.currency)
        return draft_invoice(actor=self.actor, customer=self.customer, draft=draft)

    def invoice(self, amount: str) -> Invoice:
        """An issued invoice."""
        return issue_invoice(actor=self.actor, invoice=self.drafted(amount))

    def credit_note(self, amount: str) -> CreditNote:
        """An issued credit note."""
        draft = CreditNoteDraft(date=self.day, lines=self.lines(amount), currency=self.currency)
        drafted = draft_credit_note(actor=self.actor, customer=self.customer, draft=draft)
        return issue_credit_note(actor=self.actor, credit_note=drafted)

    def retainer(self, amount: str) -> RetainerInvoice:
        """An issued retainer invoice."""
        draft = RetainerDraft(date=self.day, lines=self.lines(amount), currency=self.currency)
        drafted = draft_retainer(actor=self.actor, customer=self.customer, draft=draft)
        return issue_retainer(actor=self.actor, retainer=drafted)

    def pay(
        self,
        amount: str,
        *on: tuple[Invoice, str],
        retainer: RetainerInvoice | None = None,
        actor: Actor | None = None,
    ) -> Payment:
        """A payment by bank transfer, allocated to the invoices given with their parts."""
        allocations: dict[UUID, Money] = {invoice.pk: self.money(part) for invoice, part in on}
        return record_payment(
            actor=actor or self.actor,
            customer=self.customer,
            amount=self.money(amount),
            date=self.day,
            mode=PaymentMode.BANK_TRANSFER,
            allocations=allocations,
            retainer=retainer,
        )

    def balances(self) -> dict[str, str]:
        """The accounts that are not zero, by name."""
        with scope(self.actor):
            rows = Balance.objects.filter(customer=self.customer, currency=self.currency)
            return {row.account: str(row.amount.amount) for row in rows if row.amount}

    def assert_clean(self) -> None:
        """Fail, naming what does not add up in the whole organisation."""
        findings = selfcheck(self.customer.organisation_id)
        assert not findings, findings
