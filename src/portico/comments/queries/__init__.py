"""What is read of conversations and reviews."""

from portico.comments.queries.around import Around, around
from portico.comments.queries.conversations import (
    Conversation,
    ConversationPage,
    conversations,
    waiting_for_staff,
)
from portico.comments.queries.reviews import ReviewFigures, my_reviews, review_figures, review_of
from portico.comments.queries.thread import Said, thread
from portico.comments.queries.unread import kinds_seen, unread_kinds

__all__ = [
    "Around",
    "Conversation",
    "ConversationPage",
    "ReviewFigures",
    "Said",
    "around",
    "conversations",
    "kinds_seen",
    "my_reviews",
    "review_figures",
    "review_of",
    "thread",
    "unread_kinds",
    "waiting_for_staff",
]
