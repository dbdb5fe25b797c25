"""Northwind with its account at a running sandbox bank: paying in one process, against real charges."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.gateways.sandbox.gateway import SandboxGateway
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.selfcheck import selfcheck
from portico.payments.accounts import open_account
from portico.payments.actions.keep import keep_method
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import MethodKind, Owner, Saving
from portico.payments.models import GatewayAccount, Payment, PaymentAttempt, SavedMethod
from portico.testing.bank import SUCCEEDS, BankAccount, connect
from portico.testing.bank import open_account as open_at_bank
from portico.testing.books import Books
from portico.testing.people import World

BACK = "http://127.0.0.1/back"


@dataclass(frozen=True)
class Till:
    """An organisation, its account at the bank, and Greenleaf's books."""

    world: World
    bank: BankAccount
    account: GatewayAccount
    books: Books

    @property
    def organisation_id(self) -> UUID:
        """Whose till."""
        return self.world.organisation.pk

    def start(
        self, *lines: tuple[Invoice, str], key: UUID | None = None, actor: ContactActor | None = None
    ) -> PaymentAttempt:
        """The intent to pay parts of invoices."""
        return start_payment(
            actor=actor or self.world.maya,
            submission_key=key or new_id(),
            gateway_account_id=self.account.pk,
            lines=[PayLine(invoice.pk, Money.of(part, invoice.currency)) for invoice, part in lines],
        )

    def submit(self, attempt: PaymentAttempt, token: str = "") -> PaymentAttempt:
        """Charge it."""
        return submit_payment(
            organisation_id=self.organisation_id,
            attempt_id=attempt.pk,
            token=token or self.bank.card(),
            return_url=BACK,
        )

    def pay(self, *lines: tuple[Invoice, str], key: UUID | None = None, token: str = "") -> PaymentAttempt:
        """Both, as the page of paying does."""
        return self.submit(self.start(*lines, key=key), token)

    def saved(self, card: str = SUCCEEDS) -> SavedMethod:
        """A card of Maya's that the bank keeps."""
        _gateway, account = open_account(self.organisation_id, self.account.pk)
        owner = Owner(self.world.maya.person_id, "Maya Chen", "maya@greenleaf.example")
        saving = Saving(new_id(), owner, MethodKind.CARD, BACK)
        seen = SandboxGateway().save_method(account, saving, self.bank.card(card))
        assert seen.saved is not None
        with scope(self.world.job):
            person = ContactPerson.objects.get(pk=self.world.maya.person_id)
            method = keep_method(person, self.account.pk, seen.saved)
        assert method is not None
        return method

    def taken(self, currency: str = "USD") -> int:
        """What the bank has charged, in minor units."""
        return self.bank.charges().get(currency, (0, 0))[1]

    def fresh(self, invoice: Invoice) -> Invoice:
        """The invoice as it stands now."""
        with scope(self.world.job):
            return Invoice.objects.get(pk=invoice.pk)

    def payments(self) -> list[Payment]:
        """Every payment in the books, voided ones too."""
        with scope(self.world.job):
            return list(Payment.objects.filter(organisation=self.world.organisation).order_by("pk"))

    def attempt(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """The attempt as it stands now."""
        with scope(self.world.job):
            return PaymentAttempt.objects.get(pk=attempt.pk)

    def assert_agrees(self, currency: str = "USD") -> None:
        """What the bank has charged is what the books have received, and the books add up."""
        received = [payment for payment in self.payments() if payment.attempt_id and not payment.voided_at]
        in_books = sum(each.amount.to_minor() for each in received if each.currency == currency)
        assert self.taken(currency) == in_books
        findings = selfcheck(self.organisation_id)
        assert not findings, findings


def open_till(world: World, bank_url: str, *, webhook_url: str = "") -> Till:
    """A till of a world at the bank that runs there."""
    bank = open_at_bank(bank_url, f"till {new_id()}", webhook_url=webhook_url)
    return Till(world, bank, connect(world.olive, bank), Books(world.olive, world.greenleaf))
