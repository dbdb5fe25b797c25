"""What happens in conversations and with reviews."""

from portico.comments.actions.post import MOST_AN_HOUR, post_comment
from portico.comments.actions.read import read_as_contact, read_as_staff
from portico.comments.actions.review import EDITABLE, write_review
from portico.comments.actions.show import hide_comment, share_comment

__all__ = [
    "EDITABLE",
    "MOST_AN_HOUR",
    "hide_comment",
    "post_comment",
    "read_as_contact",
    "read_as_staff",
    "share_comment",
    "write_review",
]
