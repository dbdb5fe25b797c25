"""Writing a comment: once, and heard of by the other side."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, StaffActor, require_office
from portico.access.scope import scope
from portico.comments.models import Comment
from portico.comments.models.comment import LONGEST
from portico.comments.telling import mail_customer, mark_unread, tell_office
from portico.comments.texts import clean_text
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError, NotFoundError
from portico.organisations.models import Preferences
from portico.transactions.kinds import Kind, Numbered

MOST_AN_HOUR: Final = 60
"""Comments of one contact person: more than anybody writes, few enough to fill no mailbox."""


def post_comment(
    *,
    actor: Actor,
    kind: Kind,
    document_id: UUID,
    text: str,
    submission_key: UUID,
    in_portal: bool = True,
) -> Comment:
    """Write a comment beside a document (S5.3); the same form sent twice writes it once.

    Staff hear of a contact person's; contact persons of a staff member's that is visible in the portal, by e-mail
    where preference 7 says so. An internal comment is told to nobody.

    Args:
        actor: a contact person who may see the document, or staff with a role that writes.
        kind: of the document.
        document_id: which one.
        text: plain, at most 4,000 characters; lines are kept.
        submission_key: of the form.
        in_portal: whether customers see it; a contact person's own they always do.

    Raises:
        NotFoundError: no such document for the actor.
        ForbiddenError: the actor may not see such documents, or has a role that does not write.
        InvalidError: nothing to say, too much, or visible where customers see no such document.
        ConflictError: the contact person has written very much within the last hour.
    """
    with scope(actor):
        if not isinstance(actor, ContactActor):
            require_office(actor, Duty.KEEP_CUSTOMERS)
        preferences = Preferences.objects.visible_to(actor).get()
        if isinstance(actor, ContactActor) and not kind.is_shown(preferences):
            raise NotFoundError
        document: Numbered = kind.one(actor, document_id)
        cleaned = clean_text(text, longest=LONGEST)
        # One after the other within a document: their times follow the order in which they can be read.
        _wait_for(document.pk)
        known = (
            Comment.objects.visible_to(actor)
            .filter(customer_id=document.customer_id, submission_key=submission_key)
            .first()
        )
        if known is not None:
            return known
        if isinstance(actor, ContactActor):
            _refuse_flood(actor)
        elif in_portal:
            refuse_unseen(kind, document, preferences)
        comment = Comment.objects.create(
            organisation_id=document.organisation_id,
            customer_id=document.customer_id,
            document_kind=kind.kind,
            document_id=document.pk,
            number=document.number,
            at=clock.now(),
            contact_person_id=actor.person_id if isinstance(actor, ContactActor) else None,
            staff_member_id=actor.staff_id if isinstance(actor, StaffActor) else None,
            author_name=actor.name,
            text=cleaned,
            in_portal=in_portal or isinstance(actor, ContactActor),
            submission_key=submission_key,
        )
        audit.record(actor, "post_comment", comment, f"On {kind.kind} {document.number}".strip())
        if comment.in_portal:
            mark_unread(actor, comment, kind)
        if isinstance(actor, ContactActor):
            tell_office(actor, comment, kind)
        elif comment.in_portal and preferences.email_staff_comments:
            mail_customer(actor, comment, kind)
        return comment


def refuse_unseen(kind: Kind, document: Numbered, preferences: Preferences) -> None:
    """Raise InvalidError for a comment meant for customers beside what they cannot see."""
    if not document.number:
        raise InvalidError(
            _("Customers do not see a draft. Write an internal comment, or issue it first."),
            field="in_portal",
        )
    if not kind.is_shown(preferences):
        raise InvalidError(
            _("Customers do not see this kind of document here. Write an internal comment."),
            field="in_portal",
        )


def _wait_for(document_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"comments:{document_id}"])


def _refuse_flood(actor: ContactActor) -> None:
    since = clock.now() - timedelta(hours=1)
    lately = Comment.objects.visible_to(actor).filter(contact_person_id=actor.person_id, at__gt=since).count()
    if lately >= MOST_AN_HOUR:
        raise ConflictError(_("You have written very many comments. Please wait a while."), field="text")
