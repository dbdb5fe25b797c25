"""What happens to a retainer invoice: drafted, issued, sent, drawn, refunded, void; it is paid by `record_payment`."""

from portico.retainers.actions.draft import (
    RetainerDraft,
    delete_retainer_draft,
    draft_retainer,
    edit_retainer,
)
from portico.retainers.actions.draw import draw_retainer, undo_drawing
from portico.retainers.actions.issue import issue_retainer
from portico.retainers.actions.refund import refund_retainer
from portico.retainers.actions.send import send_retainer
from portico.retainers.actions.void import void_retainer

__all__ = [
    "RetainerDraft",
    "delete_retainer_draft",
    "draft_retainer",
    "draw_retainer",
    "edit_retainer",
    "issue_retainer",
    "refund_retainer",
    "send_retainer",
    "undo_drawing",
    "void_retainer",
]
