"""A forwarded document as the file of its e-mails, whatever its kind."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.notifications import attachments
from portico.notifications.attachments import Attachment, register
from portico.printing.compile import render_pdf
from portico.sharing.forwarding.actions import ATTACHED_AS
from portico.sharing.forwarding.models import Forwarding
from portico.transactions.kinds import kind_of
from portico.transactions.pdf import file_name


def forwarded_file(organisation_id: UUID, forwarding_id: UUID) -> Attachment:
    """The PDF of the document as it is now; kinds with a file of their own make it their own way."""
    actor = JobActor(organisation_id)
    with scope(actor):
        forwarding = Forwarding.objects.one_for(actor, pk=forwarding_id)
    with suppress(LookupError):
        return attachments.render(forwarding.document_kind, organisation_id, forwarding.document_id)
    kind = kind_of(forwarding.document_kind)
    with scope(actor):
        paper = kind.paper(actor, kind.one(actor, forwarding.document_id))
    return Attachment(file_name(paper), render_pdf(paper))


register(ATTACHED_AS, forwarded_file)
