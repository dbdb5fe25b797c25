"""Short ways to start payments in tests."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from portico.access.actors import ContactActor, JobActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.accounts import open_account
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.keep import keep_method
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.gateway import MethodKind, Owner, SavedSeen, Saving
from portico.payments.models import GatewayAccount, PaymentAttempt, SavedMethod
from portico.testing.bank import BankAccount
from portico.testing.people import World

SETTINGS = {
    "url": "http://127.0.0.1:9",
    "publishable_key": "pk_test",
    "secret_key": "sk_test",
    "webhook_secret": "whsec_c2VjcmV0LW9mLXRoZS13ZWJob29r",
}
"""Settings of an account at a bank where nobody listens."""


def card_account(world: World, name: str = "Card") -> GatewayAccount:
    """A sandbox account at a bank that does not answer."""
    return add_gateway_account(actor=world.olive, gateway="sandbox", name=name, settings=SETTINGS)


def saved_card(
    actor: ContactActor,
    account: GatewayAccount,
    last4: str = "4242",
    *,
    expires: date | None = None,
    default: bool = False,
    kind: MethodKind = MethodKind.CARD,
    currency: str = "",
) -> SavedMethod:
    """A card of this person's that a gateway keeps; the first of theirs is the default."""
    with scope(JobActor(actor.organisation_id)):
        person = ContactPerson.objects.get(pk=actor.person_id)
        brand = "Cascade Bank" if kind is MethodKind.BANK else "Visa"
        seen = SavedSeen(f"pm_{new_id()}", "", kind, brand, last4, expires, currency)
        method = keep_method(person, account.pk, seen)
        assert method is not None
        if default:
            SavedMethod.objects.filter(contact_person=person).update(is_default=False)
            SavedMethod.objects.filter(pk=method.pk).update(is_default=True)
        return method


def card_at_bank(actor: ContactActor, account: GatewayAccount, bank: BankAccount) -> SavedMethod:
    """A card of this person's that the bank keeps, and that can be charged."""
    with scope(JobActor(actor.organisation_id)):
        person = ContactPerson.objects.get(pk=actor.person_id)
    gateway, opened = open_account(actor.organisation_id, account.pk)
    saving = Saving(
        new_id(), Owner(person.pk, person.full_name, person.email), MethodKind.CARD, "http://127.0.0.1/back"
    )
    seen = gateway.save_method(opened, saving, bank.card()).saved
    assert seen is not None
    with scope(JobActor(actor.organisation_id)):
        method = keep_method(person, account.pk, seen)
    assert method is not None
    return method


def start(
    actor: ContactActor, account: GatewayAccount, *lines: tuple[Invoice, str], key: UUID | None = None
) -> PaymentAttempt:
    """Start a payment of parts of invoices, given as texts in the invoice's currency."""
    return start_payment(
        actor=actor,
        submission_key=key or new_id(),
        gateway_account_id=account.pk,
        lines=[PayLine(invoice.pk, Money.of(part, invoice.currency)) for invoice, part in lines],
    )
