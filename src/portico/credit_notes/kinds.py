"""Credit notes among the kinds of documents."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Permission
from portico.credit_notes.models import CreditNote
from portico.credit_notes.paper import credit_note_paper
from portico.credit_notes.queries import credit_note_document
from portico.customers.models import Customer
from portico.printing.papers import Paper
from portico.transactions.kinds import Kind, register
from portico.transactions.models import DocumentKind


def _one(actor: Actor, credit_note_id: UUID) -> CreditNote:
    return CreditNote.objects.one_for(actor, pk=credit_note_id)


def _paper(actor: Actor, credit_note: CreditNote) -> Paper:
    document = credit_note_document(actor, credit_note.pk)
    customer = Customer.objects.select_related("organisation").one_for(actor, pk=credit_note.customer_id)
    return credit_note_paper(document, customer, customer.organisation, logo=True)


register(
    Kind(
        kind=DocumentKind.CREDIT_NOTE,
        name=_("Credit note"),
        plural=_("Credit notes"),
        model=CreditNote,
        asks=Permission.VIEW_BILLING,
        url_name="credit_note",
        list_url_name="credit_notes",
        office_name="credit_notes_creditnote",
        one=_one,
        paper=_paper,
        preference="show_credit_notes",
    )
)
