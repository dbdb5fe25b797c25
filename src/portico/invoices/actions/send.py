"""Sending an invoice: an e-mail with the PDF to those at the customer who may see billing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, Permission, require_office
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit.errors import ConflictError
from portico.kit.money import format_money
from portico.notifications.customers import NOT_SHUT_OUT, Letter, Readers, language_of, write_letters
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.sharing.links.mailing import way_to
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_long


def send_invoice(*, actor: Actor, invoice: Invoice) -> list[str]:
    """Put an e-mail with the invoice's PDF into the outbox, for each contact person who may see billing.

    Who has no portal access gets a public link with it; where nobody at the customer may have it, the customer's own
    address does. Sending the same invoice again reaches only those who have not had it.

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
        organisation = Organisation.objects.defer("logo").get(pk=actor.organisation_id)
        reached = write_letters(
            actor,
            CustomerEvent.DOCUMENT,
            f"invoice-sent/{invoice.pk}",
            lambda person: _letter(actor, invoice, organisation, person),
            Readers(invoice.customer_id, asks=Permission.VIEW_BILLING, states=NOT_SHUT_OUT, or_customer=True),
            attachment_kind=DocumentKind.INVOICE,
            attachment_id=invoice.pk,
        )
        if reached:
            note(actor, invoice, DocumentKind.INVOICE, "sent", {"to": ", ".join(reached)})
            audit.record(actor, "send_invoice", invoice, f"{invoice.number} to {', '.join(reached)}")
        return reached


def _letter(actor: Actor, invoice: Invoice, organisation: Organisation, person: ContactPerson) -> Letter:
    language = language_of(person, organisation)
    given = {
        "number": invoice.number,
        "organisation": organisation.name,
        "amount": format_money(invoice.balance, language),
        "due": date_long(invoice.due_date),
    }
    hello = _("Dear %(name)s,") % {"name": person.full_name}
    if invoice.balance:
        text = _("here is invoice %(number)s from %(organisation)s. %(amount)s is due on %(due)s.") % given
        label = _("See and pay the invoice") if person.can_pay else _("See the invoice")
    else:
        text = _("here is invoice %(number)s from %(organisation)s. Nothing is left to pay.") % given
        label = _("See the invoice")
    attached = _("The invoice is attached as a PDF.")
    way = way_to(
        actor, DocumentKind.INVOICE, invoice, person, organisation, label=label, due=invoice.due_date
    )
    subject = _("Invoice %(number)s from %(organisation)s") % given
    return Letter(subject, "\n\n".join([hello, text, *way, attached]))
