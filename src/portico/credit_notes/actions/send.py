"""Sending a credit note: an e-mail with the PDF to those at the customer who may see billing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote, CreditNoteStatus
from portico.customers.models import ContactPerson
from portico.kit.errors import ConflictError
from portico.kit.money import format_money
from portico.notifications.customers import NOT_SHUT_OUT, Letter, mail_contacts
from portico.organisations.models import Organisation
from portico.sharing.links.mailing import way_to
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.ui.money import language


def send_credit_note(*, actor: Actor, credit_note: CreditNote) -> int:
    """Put an e-mail with the PDF into the outbox, for each contact person who may see billing and wants to hear of it.

    Who has no portal access gets a public link with it; where nobody at the customer may have it, the customer's own
    address does. Sending the same one again reaches only those who have not had it. Where customers may not see credit notes
    (preference 13), nobody is written to.

    Returns:
        How many e-mails were written.

    Raises:
        ConflictError: it is a draft or void.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        credit_note = CreditNote.objects.one_for(actor, pk=credit_note.pk)
        if credit_note.status in (CreditNoteStatus.DRAFT, CreditNoteStatus.VOID):
            raise ConflictError(_("Only an issued credit note can be sent."))
        organisation = Organisation.objects.select_related("preferences").get(pk=actor.organisation_id)
        if not organisation.preferences.show_credit_notes:
            return 0
        written = mail_contacts(
            actor,
            "document",
            f"credit-note-sent/{credit_note.pk}",
            lambda person: _letter(actor, credit_note, organisation, person),
            customer=credit_note.customer_id,
            states=NOT_SHUT_OUT,
            or_customer=True,
            attachment_kind=DocumentKind.CREDIT_NOTE,
            attachment_id=credit_note.pk,
        )
        if written:
            note(actor, credit_note, DocumentKind.CREDIT_NOTE, "sent")
            audit.record(actor, "send_credit_note", credit_note, f"{credit_note.number} to {written}")
        return written


def _letter(
    actor: Actor, credit_note: CreditNote, organisation: Organisation, person: ContactPerson
) -> Letter:
    given = {
        "number": credit_note.number,
        "name": organisation.name,
        "amount": format_money(credit_note.total, language()),
    }
    text = _("%(name)s gave you a credit of %(amount)s: credit note %(number)s.") % given
    label = _("See the credit note")
    way = way_to(actor, DocumentKind.CREDIT_NOTE, credit_note, person, organisation, label=label)
    return Letter(_("Credit note %(number)s from %(name)s") % given, "\n\n".join([text, *way]))
