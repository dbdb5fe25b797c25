"""What looking at an invoice leaves behind: a line in the view log, and the first time staff are told (S5.5)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.actions import mark_viewed
from portico.invoices.freezing import keep_fingerprint
from portico.invoices.queries import InvoiceDocument, invoice_document
from portico.notifications.actions import tell_staff
from portico.transactions.models import DocumentKind
from portico.transactions.viewing import log_view


def look_at_invoice(*, actor: ContactActor, document: InvoiceDocument, customer: Customer, how: str) -> None:
    """Log a contact person's view; the first one also marks the invoice as viewed and tells staff, once.

    Args:
        actor: who looked.
        document: the invoice as it was read for the page.
        customer: the actor's.
        how: page, pdf or print.
    """
    invoice = document.invoice
    with scope(actor):
        log_view(actor=actor, kind=DocumentKind.INVOICE, document_id=invoice.pk, how=how)
        keep_fingerprint(actor=actor, document=document, customer=customer)
        if invoice.first_viewed_at is None and mark_viewed(actor=actor, invoice=invoice):
            tell_staff(
                actor,
                "invoice_viewed",
                _("%(person)s of %(customer)s opened invoice %(number)s")
                % {"person": actor.name, "customer": customer.display_name, "number": invoice.number},
                customer=customer,
                document_kind=DocumentKind.INVOICE,
                document_id=invoice.pk,
            )


def first_look(actor: ContactActor, invoice_id: UUID) -> None:
    """What is done when somebody downloads an invoice among many that nobody has seen before."""
    with scope(actor):
        document = invoice_document(actor, invoice_id)
        customer = Customer.objects.select_related("organisation").one_for(actor, pk=actor.customer_id)
        look_at_invoice(actor=actor, document=document, customer=customer, how="pdf")
