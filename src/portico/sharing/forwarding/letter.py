"""The e-mail that a forwarded document comes with; its preview is made of the same."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.notifications.customers import Letter
from portico.notifications.quoting import quoted
from portico.organisations.models import Organisation
from portico.transactions.kinds import Kind


def forward_letter(
    organisation: Organisation,
    customer: Customer,
    kind: Kind,
    number: str,
    *,
    sender: str,
    sender_email: str,
    message: str,
) -> Letter:
    """What the e-mail says, in the active language; the sender's words are quoted and can be nothing else.

    Args:
        organisation: whose document it is, and who sends the e-mail.
        customer: whose contact person sends it on.
        kind: of the document.
        number: its number.
        sender: the contact person's name.
        sender_email: where an answer goes.
        message: what the sender wrote; may be empty.
    """
    given = {
        "sender": sender,
        "customer": customer.display_name,
        "document": f"{kind.name} {number}",
        "organisation": organisation.name,
        "email": sender_email,
    }
    parts = [
        _("%(sender)s of %(customer)s sends you %(document)s from %(organisation)s.") % given,
        quoted(sender, message),
        _("The document is attached as a PDF."),
        _("To answer %(sender)s, write to %(email)s.") % given if sender_email else "",
    ]
    return Letter(
        subject=_("%(document)s from %(organisation)s, sent on by %(sender)s") % given,
        text="\n\n".join(part for part in parts if part),
    )
