"""Sending a retainer invoice: an e-mail with the PDF to those at the customer who may see billing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.kit.errors import ConflictError
from portico.kit.money import format_money
from portico.notifications.customers import NOT_SHUT_OUT, Letter, mail_contacts
from portico.organisations.models import Organisation
from portico.retainers.models import RetainerInvoice, RetainerStatus
from portico.sharing.links.mailing import way_to
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_long
from portico.ui.money import language


def send_retainer(*, actor: Actor, retainer: RetainerInvoice) -> int:
    """Put an e-mail with the PDF into the outbox, for each contact person who may see billing and wants to hear of it.

    Who has no portal access gets a public link with it; where nobody at the customer may have it, the customer's own
    address does. Sending the same one again reaches only those who have not had it.

    Returns:
        How many e-mails were written.

    Raises:
        ConflictError: it is a draft or void.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        retainer = RetainerInvoice.objects.one_for(actor, pk=retainer.pk)
        if retainer.status in (RetainerStatus.DRAFT, RetainerStatus.VOID):
            raise ConflictError(_("Only an issued retainer invoice can be sent."))
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        written = mail_contacts(
            actor,
            "document",
            f"retainer-sent/{retainer.pk}",
            lambda person: _letter(actor, retainer, organisation, person),
            customer=retainer.customer_id,
            states=NOT_SHUT_OUT,
            or_customer=True,
            attachment_kind=DocumentKind.RETAINER_INVOICE,
            attachment_id=retainer.pk,
        )
        if written:
            note(actor, retainer, DocumentKind.RETAINER_INVOICE, "sent")
            audit.record(actor, "send_retainer", retainer, f"{retainer.number} to {written}")
        return written


def _letter(
    actor: Actor, retainer: RetainerInvoice, organisation: Organisation, person: ContactPerson
) -> Letter:
    given = {
        "number": retainer.number,
        "name": organisation.name,
        "amount": format_money(retainer.balance, language()),
        "due": date_long(retainer.due_date),
    }
    text = (
        _("%(name)s sent you retainer invoice %(number)s. %(amount)s is asked for in advance by %(due)s.")
        % given
    )
    label = _("See and pay the retainer invoice")
    kind, due = DocumentKind.RETAINER_INVOICE, retainer.due_date
    way = way_to(actor, kind, retainer, person, organisation, label=label, due=due)
    return Letter(_("Retainer invoice %(number)s from %(name)s") % given, "\n\n".join([text, *way]))
