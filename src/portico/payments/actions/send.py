"""Sending a receipt: an e-mail with the PDF to those at the customer who may see billing (S6.10)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.kit.errors import ConflictError
from portico.notifications.customers import NOT_SHUT_OUT, mail_contacts
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.payments.models import Payment
from portico.payments.receipts import receipt_letter
from portico.transactions.models import DocumentKind


def send_payment(*, actor: Actor, payment: Payment) -> int:
    """Put an e-mail with the receipt's PDF into the outbox, for each contact person who may see billing.

    Who paid online has had it by then and gets it once. Who has no portal access gets a public link with it; where
    nobody at the customer may have it, the customer's own address does. Sent again, it reaches only those who have not had it.

    Returns:
        How many e-mails were written.

    Raises:
        ConflictError: the payment was voided, or has gone back.
        ForbiddenError: the actor may not write documents.
        NotFoundError: not a payment of the actor's.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        payment = Payment.objects.select_related("customer").one_for(actor, pk=payment.pk)
        if payment.voided_at is not None or payment.returned_at is not None:
            raise ConflictError(_("This payment was undone, so there is no receipt to send."))
        organisation = Organisation.objects.defer("logo").get(pk=actor.organisation_id)
        written = mail_contacts(
            actor,
            CustomerEvent.PAYMENT,
            f"receipt/{payment.pk}",
            lambda person: receipt_letter(actor, payment, organisation, person),
            customer=payment.customer_id,
            states=NOT_SHUT_OUT,
            or_customer=True,
            attachment_kind=DocumentKind.PAYMENT,
            attachment_id=payment.pk,
        )
        if written:
            audit.record(actor, "send_payment", payment, f"{payment.number} to {written}")
        return written
