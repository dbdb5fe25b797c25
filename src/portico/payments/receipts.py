"""The receipt by e-mail, written in the transaction that records the payment (S6.10)."""

from __future__ import annotations

from portico.customers.models import ContactPerson
from portico.kit.money import format_money
from portico.notifications.actions import send_mail
from portico.organisations.models import Organisation
from portico.payments.models import Payment


def send_receipt(payment: Payment, payer: ContactPerson | None) -> None:
    """Put the receipt's mail to the payer into the outbox, with the PDF attached when it is sent."""
    if payer is None or not payer.email:
        return
    organisation = Organisation.objects.get(pk=payment.organisation_id)
    amount = format_money(payment.amount, payment.customer.portal_language)
    send_mail(
        payment.organisation_id,
        key=f"receipt/{payment.pk}",
        to=payer.email,
        subject=f"Receipt {payment.number} from {organisation.name}",
        text=(
            f"{organisation.name} received {amount} from {payment.customer.display_name}. Thank you.\n\n"
            f"The receipt {payment.number} is attached. You also find it in your portal under Payments made."
        ),
        attachment_kind="payment",
        attachment_id=payment.pk,
    )
