"""Short ways to start payments in tests."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import ContactActor
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.models import GatewayAccount, PaymentAttempt
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
