"""Comments beside documents, who has read them, and private reviews."""

from portico.comments.models.comment import Comment, StaffReading, Unread
from portico.comments.models.review import Review

__all__ = ["Comment", "Review", "StaffReading", "Unread"]
