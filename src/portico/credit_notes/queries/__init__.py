"""What is read of credit notes: the list, one with all that belongs to it, and all credit that is left."""

from portico.credit_notes.queries.available import (
    AvailableCredit,
    Credit,
    Part,
    available_credit,
    currencies_with_credit,
)
from portico.credit_notes.queries.document import CreditNoteDocument, credit_note_document
from portico.credit_notes.queries.listing import (
    CreditNoteList,
    CreditNoteRow,
    Left,
    credit_left,
    credit_note_list,
    currencies_credited,
)

__all__ = [
    "AvailableCredit",
    "Credit",
    "CreditNoteDocument",
    "CreditNoteList",
    "CreditNoteRow",
    "Left",
    "Part",
    "available_credit",
    "credit_left",
    "credit_note_document",
    "credit_note_list",
    "currencies_credited",
    "currencies_with_credit",
]
