"""What happens to a credit note: drafted, issued, sent, applied, refunded, void."""

from portico.credit_notes.actions.apply import apply_credit, unapply_credit
from portico.credit_notes.actions.draft import (
    CreditNoteDraft,
    delete_credit_note_draft,
    draft_credit_note,
    edit_credit_note,
)
from portico.credit_notes.actions.issue import issue_credit_note
from portico.credit_notes.actions.refund import refund_credit_note
from portico.credit_notes.actions.send import send_credit_note
from portico.credit_notes.actions.void import void_credit_note

__all__ = [
    "CreditNoteDraft",
    "apply_credit",
    "delete_credit_note_draft",
    "draft_credit_note",
    "edit_credit_note",
    "issue_credit_note",
    "refund_credit_note",
    "send_credit_note",
    "unapply_credit",
    "void_credit_note",
]
