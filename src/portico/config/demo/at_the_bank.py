"""What happens at the sandbox bank before the first visitor comes: cards kept, autopay, a refund, a dispute, payouts."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from portico.access.actors import ContactActor, JobActor, StaffActor
from portico.access.memberships import memberships
from portico.access.people import find_person
from portico.access.scope import scope
from portico.autopay.actions import start_autopay
from portico.config.demo.bank import at_control, card_token
from portico.config.demo.cast import INES, MAYA, OWNER, contact_of
from portico.config.demo.modules import GREENLEAF, HARBOURVIEW
from portico.customers.models import ContactPerson, Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.accounts import open_account
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.keep import keep_method
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import MethodKind, Owner, Saving
from portico.payments.models import Payment, SavedMethod
from portico.payouts.actions.read import read_payouts
from portico.transactions.drafts import LineDraft
from portico.transfers.actions import Said, report_transfer, set_way
from portico.transfers.proofs import Proof

_VISA: Final = "4242424242424242"
_MASTERCARD: Final = "5555555555554444"
_BY_TRANSFER: Final = "Northwind Traders, Cascade Bank, Seattle\nRouting 125000024, account ending 7731\nQuote the reference below."

_CONFIRMATION: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 64>>stream\nBT /F 18 Tf 60 500 Td"
    b" (Transfer HBV 4471: USD 312.00) Tj ET     \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


class Visit:
    """Ines and Maya at the bank, once: what somebody has done there since stays as it is.

    Args:
        organisation_id: the demo's organisation.
        account_id: its gateway account.
        bank: what `portico.config.demo.bank.open_account` gave.
    """

    def __init__(self, organisation_id: UUID, account_id: UUID, bank: dict[str, str]) -> None:
        self._organisation_id = organisation_id
        self._account_id = account_id
        self._bank = bank
        with scope(JobActor(organisation_id)):
            self._customers = {
                each.customer_number: each
                for each in Customer.objects.filter(customer_number__in=(GREENLEAF, HARBOURVIEW))
            }
        self._owner = _owner(organisation_id)

    def pay(self) -> None:
        """Let all of it happen, unless it has happened before."""
        with scope(JobActor(self._organisation_id)):
            if SavedMethod.objects.exists():
                return
        maya = contact_of(self._customers[GREENLEAF], MAYA)
        ines = contact_of(self._customers[HARBOURVIEW], INES)
        self._keep(maya, _VISA, "12/34")
        self._keep(maya, _MASTERCARD, f"{clock.now() + timedelta(days=31):%m/%y}")  # which is soon
        card = self._keep(ines, _VISA, "08/31")
        maximum = Money.of("500", "USD")
        start_autopay(
            actor=ines,
            method_id=card.pk,
            maximum=maximum,
            agreement="Northwind Traders may charge my card for my invoices when they are due, up to $500.00 each.",
        )
        herbs = self._pays(ines, "Potted herbs for the terrace", "184.60", card)
        asked = request_refund(
            actor=self._owner,
            payment=herbs,
            amount=Money.of("25.00", "USD"),
            chosen={},
            reason="Two pots arrived broken",
        )
        submit_refund(organisation_id=self._organisation_id, refund_id=asked.pk)
        ferns = self._pays(ines, "Hanging ferns for the lobby", "96.40", card)
        at_control(self._bank["url"], "payout")
        assert ferns.attempt is not None
        at_control(self._bank["url"], "dispute", payment=ferns.attempt.gateway_reference)
        at_control(self._bank["url"], "payout")
        read_payouts(organisation_id=self._organisation_id)
        self._sends(ines)

    def _keep(self, actor: ContactActor, number: str, expiry: str) -> SavedMethod:
        """A card that the bank keeps for somebody."""
        gateway, account = open_account(self._organisation_id, self._account_id)
        with scope(JobActor(self._organisation_id)):
            person = ContactPerson.objects.get(pk=actor.person_id)
        owner = Owner(person.pk, str(person), person.email)
        token = card_token(self._bank, number, expiry, str(person))
        seen = gateway.save_method(
            account, Saving(new_id(), owner, MethodKind.CARD, self._bank["url"]), token
        )
        assert seen.saved is not None
        with scope(JobActor(self._organisation_id)):
            method = keep_method(person, self._account_id, seen.saved)
        assert method is not None
        return method

    def _pays(self, actor: ContactActor, what: str, rate: str, card: SavedMethod) -> Payment:
        """A new invoice of Harbourview's, paid with the saved card."""
        invoice = self._invoice(what, rate)
        attempt = start_payment(
            actor=actor,
            submission_key=new_id(),
            gateway_account_id=self._account_id,
            lines=[PayLine(invoice.pk, invoice.balance)],
            method_id=card.pk,
        )
        attempt = submit_payment(
            organisation_id=self._organisation_id,
            attempt_id=attempt.pk,
            token="",
            return_url=self._bank["url"],
        )
        with scope(JobActor(self._organisation_id)):
            return Payment.objects.select_related("attempt").get(attempt=attempt)

    def _invoice(self, what: str, rate: str) -> Invoice:
        customer = self._customers[HARBOURVIEW]
        line = LineDraft(name=what, quantity=Decimal(1), rate=Decimal(rate))
        draft = InvoiceDraft(date=_today(), lines=[line], currency="USD", notes="Thank you for your order.")
        return issue_invoice(
            actor=self._owner, invoice=draft_invoice(actor=self._owner, customer=customer, draft=draft)
        )

    def _sends(self, actor: ContactActor) -> None:
        """A transfer that awaits confirmation."""
        set_way(actor=self._owner, mode="bank_transfer", instructions=_BY_TRANSFER, is_offered=True)
        invoice = self._invoice("Window boxes, planted", "312.00")
        report_transfer(
            actor=actor,
            submission_key=new_id(),
            lines=[PayLine(invoice.pk, invoice.balance)],
            said=Said("bank_transfer", _today(), "HBV 4471"),
            proof=Proof("Transfer HBV 4471.pdf", io.BytesIO(_CONFIRMATION)),
        )


def _today() -> date:
    return clock.today("America/Los_Angeles")


def _owner(organisation_id: UUID) -> StaffActor:
    user = find_person(OWNER)
    assert user is not None
    actors = [each.actor for each in memberships(user.pk)]
    return next(
        each for each in actors if isinstance(each, StaffActor) and each.organisation_id == organisation_id
    )
