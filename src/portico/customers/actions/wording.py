"""The organisation's own text of invitations: set, or given up for the usual one."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.letters import Wording, check_wording
from portico.customers.models import InvitationText


def set_wording(*, actor: Actor, subject: str, message: str) -> InvitationText:
    """Let invitations say this, in every language; placeholders are those of letters.PLACEHOLDERS.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a placeholder that does not exist, or an empty text; `field` names it.
    """
    require_office(actor, Duty.CONFIGURE)
    wording = Wording(" ".join(subject.split()), message.strip())
    check_wording(wording)
    with scope(actor):
        text, _made = InvitationText.objects.update_or_create(
            organisation_id=actor.organisation_id,
            defaults={"subject": wording.subject, "message": wording.message},
        )
        audit.record(actor, "set_wording", text, "Changed the text of invitations")
    return text


def reset_wording(*, actor: Actor) -> None:
    """Let invitations say again what comes with Portico, in each customer's language.

    Raises:
        ForbiddenError: only an owner may.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        for text in InvitationText.objects.visible_to(actor):
            audit.record(actor, "reset_wording", text, "Took the usual text of invitations again")
            text.delete()
