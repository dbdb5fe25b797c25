"""Credit notes in the portal, and all credit that is left."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.credit_notes.actions import CreditNoteDraft, draft_credit_note
from portico.testing.books import A_DAY, Books
from portico.testing.people import World
from tests.access.answers import BILLING, KEEPERS, NONE, THEIRS, Route

OFFICE_PAGES: Final = {"send-credit-note": ("credit_note", KEEPERS)}
ROUTES: Final = (
    Route("GET", "credits", BILLING),
    Route("GET", "credit_notes", BILLING),
    Route("GET", "credit_note", THEIRS, ("credit_note",)),
    Route("GET", "credit_note_pdf", THEIRS, ("credit_note",)),
    Route("GET", "credit_note_print", THEIRS, ("credit_note",)),
    Route("GET", "credit_note", NONE, ("credit_note_draft",), why="drafts are never visible"),
    Route("GET", "credit_note_pdf", NONE, ("credit_note_draft",)),
    Route("GET", "credit_note_print", NONE, ("credit_note_draft",)),
)


def things(world: World) -> dict[str, UUID | str]:
    """A draft beside the one that is issued."""
    books = Books(world.olive, world.greenleaf)
    draft = CreditNoteDraft(date=A_DAY, lines=books.lines("15"))
    made = draft_credit_note(actor=world.olive, customer=world.greenleaf, draft=draft)
    return {"credit_note_draft": made.pk}
