"""What all lists of documents share in the access matrix: their files, and the views people keep of them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.testing.people import World
from portico.transactions.actions import publish_view, save_view
from portico.transactions.lists import listing_of
from tests.access.answers import BILLING, OWNER, THEIRS, Route

#                     nobody nils ines leo pia vera maya rita sam amy olive otto
_NO_LIST: Final = "   302  404  404 404 404  404  404  403 403 403   403  403"
_MINE: Final = "      302  404  404 404 404  404  200  403 403 403   403  403"
_MISTAKEN: Final = "  302  404  404 404 404  404  422  403 403 403   403  403"
_UNNAMED: Final = "   302  422  422 403 403  422  422  403 403 403   403  403"
_DONE: Final = "      302  404  404 404 404  404  302  403 403 403   403  403"

ROUTES: Final = (
    Route("GET", "list_export", BILLING, ("list_of_invoices", "csv")),
    Route("GET", "list_export", BILLING, ("list_of_invoices", "xlsx")),
    Route("GET", "list_export", BILLING, ("list_of_payments", "csv")),
    Route("GET", "list_export", "302 404 404 403 403 404 404 403 403 403 403 403", ("list_of_invoices", "exe")),
    Route("GET", "list_export", _NO_LIST, ("no_list", "csv")),
    Route("GET", "list_pdfs", THEIRS, ("list_of_invoices",), data={"pick": "{invoice}"}),
    Route("GET", "list_pdfs", "302 404 404 403 403 404 404 403 403 403 403 403", ("list_of_invoices",),
          data={"pick": "{draft}"}, why="drafts are never visible"),
    Route("GET", "list_views", BILLING, ("list_of_invoices",)),
    Route("GET", "list_view_new", BILLING, ("list_of_invoices",)),
    Route("POST", "list_view_new", _UNNAMED, ("list_of_invoices",), why="it has no name"),
    Route("GET", "list_view", _MINE, ("own_view",), why="nobody sees another person's view, at the same customer either"),
    Route("POST", "list_view", _MISTAKEN, ("own_view",), why="it has no name"),
    Route("GET", "list_view_delete", _MINE, ("own_view",)),
    Route("POST", "list_view_delete", _DONE, ("spare_view",)),
)  # fmt: skip

OFFICE_PAGES: Final = {
    "publish-view": ("", OWNER),
    "edit-published-view": ("published_view", OWNER),
    "withdraw-view": ("published_view", OWNER),
}
OFFICE_LISTS: Final = {"transactions_publishedview": "published_view"}


def things(world: World) -> dict[str, UUID | str]:
    """Two views of Maya's and a published one."""
    listing = listing_of("invoice")
    own = save_view(actor=world.maya, listing=listing, name="Mine", query="status=overdue")
    spare = save_view(actor=world.maya, listing=listing, name="Spare", query="")
    published = publish_view(actor=world.olive, kind="invoice", name="Paid", query="tab=all&status=paid")
    return {
        "list_of_invoices": "invoice",
        "list_of_payments": "payment",
        "no_list": "nothing",
        "csv": "csv",
        "xlsx": "xlsx",
        "exe": "exe",
        "own_view": own.pk,
        "spare_view": spare.pk,
        "published_view": published.pk,
    }
