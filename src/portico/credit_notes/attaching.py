"""Credit notes as files of e-mails."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.credit_notes.paper import credit_note_fingerprint, credit_note_paper
from portico.credit_notes.queries import credit_note_document
from portico.customers.models import Customer
from portico.notifications.attachments import Attachment, register
from portico.printing.compile import render_pdf
from portico.transactions.looking import keep_fingerprint
from portico.transactions.models import DocumentKind
from portico.transactions.pdf import file_name


def credit_note_file(organisation_id: UUID, credit_note_id: UUID) -> Attachment:
    """The PDF of a credit note as it is now."""
    actor = JobActor(organisation_id)
    with scope(actor):
        document = credit_note_document(actor, credit_note_id)
        customer = Customer.objects.select_related("organisation").get(pk=document.credit_note.customer_id)
        said = credit_note_fingerprint(document, customer)
        keep_fingerprint(actor=actor, document=document.credit_note, said=said)
        paper = credit_note_paper(document, customer, customer.organisation, logo=True)
    return Attachment(file_name(paper), render_pdf(paper))


register(DocumentKind.CREDIT_NOTE, credit_note_file)
