"""Shared documents in the access matrix."""

from __future__ import annotations

import io
from typing import Final
from uuid import UUID

from portico.sharing.files.actions import share_file
from portico.testing.people import World
from tests.access.answers import CONTACTS, EVERY_ROLE, KEEPERS, Route

#                 nobody nils ines leo pia vera maya rita sam amy olive otto
OF_GREENLEAF: Final = "302 404 404 200 200 200 200 403 403 403 403 403"
OF_BILLING: Final = "302 404 404 404 404 200 200 403 403 403 403 403"
OF_NO_TYPE: Final = "302 404 404 404 404 404 404 403 403 403 403 403"

ROUTES: Final = (
    Route("GET", "documents", CONTACTS),
    Route("POST", "documents", "302 422 422 422 422 422 422 403 403 403 403 403", why="no file was sent"),
    Route("GET", "documents_zip", OF_GREENLEAF, data={"pick": "{file}"}),
    Route("GET", "documents_zip", OF_BILLING, data={"pick": "{billing_file}"}),
    Route("GET", "list_export", CONTACTS, ("list_of_files", "csv")),
    Route("GET", "list_views", CONTACTS, ("list_of_files",)),
    Route("GET", "document", OF_GREENLEAF, ("file",)),
    Route("GET", "document_download", OF_GREENLEAF, ("file",)),
    Route("GET", "document_preview", OF_NO_TYPE, ("file",), why="a text has no preview"),
    Route("GET", "document_picture", OF_NO_TYPE, ("file",)),
    Route("GET", "document_page", OF_NO_TYPE, ("file",)),
    Route("GET", "document", OF_BILLING, ("billing_file",), why="only for those who see billing"),
    Route("GET", "document_download", OF_BILLING, ("billing_file",)),
    Route(
        "POST",
        "document_remove",
        "302 404 404 403 403 403 403 403 403 403 403 403",
        ("file",),
        why="it is the organisation's",
    ),
    Route(
        "POST",
        "document_restore",
        "302 409 409 403 403 403 409 403 403 403 403 403",
        ("kept_file",),
        why="it was not removed; a stranger's is as if it did not exist",
    ),
    Route("POST", "document_remove", "302 404 404 403 403 403 302 403 403 403 403 403", ("own_file",)),
)

OFFICE_PAGES: Final = {
    "share-file": ("customer", KEEPERS),
    "remove-file": ("file", KEEPERS),
    "restore-file": ("removed_file", KEEPERS),
}
OFFICE_LISTS: Final = {"files_sharedfile": "file"}
OFFICE_OTHERS: Final = {"download_file": ("file", EVERY_ROLE, 200)}


def things(world: World) -> dict[str, UUID | str]:
    """Files of both sides at Greenleaf."""
    from portico.sharing.files.actions import remove_file

    def text() -> io.BytesIO:
        return io.BytesIO(b"Good morning")

    greenleaf = world.greenleaf.pk
    theirs = share_file(actor=world.olive, customer_id=greenleaf, name="prices.txt", content=text())
    hidden = share_file(
        actor=world.olive, customer_id=greenleaf, name="owed.txt", content=text(), needs_billing=True
    )
    own, kept = (
        share_file(actor=world.maya, customer_id=greenleaf, name=name, content=text())
        for name in ("mine.txt", "kept.txt")
    )
    gone = share_file(actor=world.olive, customer_id=greenleaf, name="old.txt", content=text())
    remove_file(actor=world.olive, file=gone)
    return {
        "file": theirs.pk,
        "list_of_files": "file",
        "billing_file": hidden.pk,
        "own_file": own.pk,
        "kept_file": kept.pk,
        "removed_file": gone.pk,
    }
