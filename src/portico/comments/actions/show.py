"""Who sees a comment of the organisation's side: an internal one is shared, one is hidden; neither is deleted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, StaffActor, require_office
from portico.access.scope import scope
from portico.comments.actions.post import refuse_unseen
from portico.comments.models import Comment, Unread
from portico.comments.telling import mail_customer, mark_unread
from portico.customers.locking import reread
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError
from portico.organisations.models import Preferences
from portico.transactions.kinds import kind_of


def may_hide(actor: Actor, comment: Comment) -> bool:
    """Whether the actor may hide this comment: staff their own, an owner anybody's."""
    own = isinstance(actor, StaffActor) and comment.staff_member_id == actor.staff_id
    return comment.hidden_at is None and (
        (own and actor.may(Duty.KEEP_CUSTOMERS)) or actor.may(Duty.CONFIGURE)
    )


def hide_comment(*, actor: Actor, comment: Comment) -> Comment:
    """Take a comment out of the portal; staff still see it, marked, with who hid it and when.

    Raises:
        ForbiddenError: neither one's own nor an owner, or a contact person.
        NotFoundError: not a comment of the actor's organisation.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        fresh = reread(actor, comment)
        if fresh.hidden_at is not None:
            return fresh
        if not may_hide(actor, fresh):
            raise ForbiddenError(_("Only who wrote a comment, or an owner, may hide it."))
        fresh.hidden_at, fresh.hidden_by = clock.now(), actor.name
        fresh.save(update_fields=["hidden_at", "hidden_by"])
        Unread.objects.filter(comment=fresh).delete()
        audit.record(actor, "hide_comment", fresh, f"Written by {fresh.author_name}")
    return fresh


def share_comment(*, actor: Actor, comment: Comment) -> Comment:
    """Make an internal comment visible in the portal; contact persons hear of it as of a new one.

    Raises:
        ForbiddenError: the role may not write.
        NotFoundError: not a comment of the actor's organisation.
        ConflictError: it is hidden.
        InvalidError: customers do not see the document.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        fresh = reread(actor, comment)
        if fresh.hidden_at is not None:
            raise ConflictError(_("This comment is hidden."))
        if fresh.in_portal:
            return fresh
        kind = kind_of(fresh.document_kind)
        document = kind.one(actor, fresh.document_id)
        preferences = Preferences.objects.visible_to(actor).get()
        refuse_unseen(kind, document, preferences)
        fresh.in_portal, fresh.number = True, document.number
        fresh.save(update_fields=["in_portal", "number"])
        audit.record(actor, "share_comment", fresh, f"Written by {fresh.author_name}")
        mark_unread(actor, fresh, kind)
        if preferences.email_staff_comments:
            mail_customer(actor, fresh, kind)
    return fresh
