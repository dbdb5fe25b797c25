"""Sending an invoice: an e-mail with the PDF to those at the customer who may see billing."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.models import ContactPerson, PortalState
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit.errors import ConflictError
from portico.kit.money import format_money
from portico.notifications.actions import send_mail
from portico.organisations.models import Organisation
from portico.transactions.history import note
from portico.transactions.models import DocumentKind


def send_invoice(*, actor: Actor, invoice: Invoice) -> list[str]:
    """Put an e-mail with the invoice's PDF into the outbox, for each contact person who may see billing.

    Sending the same invoice again reaches only those who have not had it.

    Returns:
        The addresses; none where nobody at the customer has one.

    Raises:
        ConflictError: it is a draft or void.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        invoice = Invoice.objects.select_related("customer").one_for(actor, pk=invoice.pk)
        if invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.VOID):
            raise ConflictError(_("Only an issued invoice can be sent."))
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        people = (
            ContactPerson.objects.visible_to(actor)
            .filter(customer=invoice.customer, can_view_billing=True)
            .exclude(portal_state=PortalState.REVOKED)
        )
        addresses = list(
            people.exclude(email="").order_by("-is_primary", "pk").values_list("email", flat=True)
        )
        with translation.override(invoice.customer.portal_language):
            reached = [address for address in addresses if _mail(invoice, organisation, address)]
        if reached:
            note(actor, invoice, DocumentKind.INVOICE, "sent", {"to": ", ".join(reached)})
            audit.record(actor, "send_invoice", invoice, f"{invoice.number} to {', '.join(reached)}")
        return reached


def _mail(invoice: Invoice, organisation: Organisation, address: str) -> bool:
    given = {
        "number": invoice.number,
        "name": organisation.name,
        "amount": format_money(invoice.balance, invoice.customer.portal_language),
        "due": invoice.due_date.isoformat(),
    }
    text = _("%(name)s sent you invoice %(number)s. %(amount)s is due on %(due)s.") % given
    link = _("See and pay the invoice") + f": {settings.PUBLIC_URL}/invoices/{invoice.pk}/"
    return bool(
        send_mail(
            organisation.pk,
            key=f"invoice-sent/{invoice.pk}",
            to=address,
            subject=_("Invoice %(number)s from %(name)s") % given,
            text=f"{text}\n\n{link}",
            attachment_kind=DocumentKind.INVOICE,
            attachment_id=invoice.pk,
        )
    )
