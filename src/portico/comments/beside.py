"""The conversation as it stands beside a document, on its page and on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from portico.comments.actions.review import is_editable, is_reviewable
from portico.comments.models import Review
from portico.comments.models.comment import LONGEST
from portico.comments.queries import Said
from portico.home.shell import Portal
from portico.kit.ids import new_id
from portico.transactions.kinds import Kind, Numbered
from portico.transactions.models import DocumentKind


@dataclass(frozen=True, slots=True)
class Talk:
    """What the template comments/_conversation.html shows.

    Args:
        said: the comments, the oldest first.
        href: where a new one is posted.
        submission_key: of the form.
        typed: what stands in the form.
        error: what is wrong with it.
        sent: whether one was just written.
        longest: characters of one.
        on_own_page: whether the conversation stands alone; then one comes back to it.
    """

    said: tuple[Said, ...]
    href: str
    submission_key: UUID
    typed: str = ""
    error: str = ""
    sent: bool = False
    longest: int = LONGEST
    on_own_page: bool = False

    def entries(self, organisation: str) -> list[dict[str, object]]:
        """The comments for the kit's thread; those of the organisation's side say its name."""
        return [
            {
                "author": each.comment.author_name,
                "side": organisation if each.comment.is_staffs else "",
                "moment": each.comment.at,
                "text": each.comment.text,
                "is_ours": each.comment.is_staffs,
                "is_new": each.is_new and not self.sent,
            }
            for each in self.said
        ]


@dataclass(frozen=True, slots=True)
class Rating:
    """The way to one's review of a document: what one gave, if anything, and whether that can be changed."""

    href: str
    review: Review | None
    editable: bool


def talk(said: tuple[Said, ...], kind: Kind, document_id: UUID, *, on_own_page: bool = False) -> Talk:
    """The conversation beside a document, made of what was said there; no statement."""
    return Talk(
        said=said,
        href=reverse("conversation", args=[kind.kind, document_id]),
        submission_key=new_id(),
        on_own_page=on_own_page,
    )


def rating(portal: Portal, kind: Kind, document: Numbered, review: Review | None) -> Rating | None:
    """The way to a review of a document; no statement.

    Args:
        portal: the reader's.
        kind: of the document.
        document: as it was read for this actor.
        review: what they have said about it already.

    Returns:
        None where reviews are off, or it is too early for one (preference 11).
    """
    if not portal.preferences.customer_reviews or kind.kind not in REVIEWED:
        return None
    if review is None and not is_reviewable(document):
        return None
    return Rating(
        reverse("review", args=[kind.kind, document.pk]), review, review is None or is_editable(review)
    )


REVIEWED = frozenset({DocumentKind.SALES_ORDER, DocumentKind.INVOICE})
"""What is reviewed: what was ordered and what was delivered."""
