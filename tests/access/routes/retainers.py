"""Retainer invoices in the portal."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.retainers.actions import RetainerDraft, draft_retainer
from portico.testing.books import A_DAY, Books
from portico.testing.people import World
from tests.access.answers import BILLING, KEEPERS, NONE, THEIRS, Route

OFFICE_PAGES: Final = {"send-retainer": ("retainer", KEEPERS)}
ROUTES: Final = (
    Route("GET", "retainers", BILLING),
    Route("GET", "retainer", THEIRS, ("retainer",)),
    Route("GET", "retainer_pdf", THEIRS, ("retainer",)),
    Route("GET", "retainer_print", THEIRS, ("retainer",)),
    Route("GET", "retainer", NONE, ("retainer_draft",), why="drafts are never visible"),
    Route("GET", "retainer_pdf", NONE, ("retainer_draft",)),
    Route("GET", "retainer_print", NONE, ("retainer_draft",)),
)


def things(world: World) -> dict[str, UUID | str]:
    """A draft beside the one that is issued."""
    books = Books(world.olive, world.greenleaf)
    draft = RetainerDraft(date=A_DAY, lines=books.lines("15"))
    return {"retainer_draft": draft_retainer(actor=world.olive, customer=world.greenleaf, draft=draft).pk}
