"""Public links: who has one may look, whoever they are; who may make one, and end it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from portico.access.actors import StaffActor
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit import clock
from portico.sharing.links.actions import make_link, revoke_link
from portico.sharing.links.models import PublicLink
from portico.testing.books import Books
from portico.testing.people import World, make_world
from tests.access.answers import GONE, KEEPERS, NO_GET, OPEN, Route

_LET_ON: Final = "302" + " 302" * 11
_ENDED: Final = ("ended_link", "expired_link", "unknown_link")
_BELOW: Final = ("link_pdf", "link_print", "link_pay")

ROUTES: Final = (
    # An open link asks everybody alike to confirm the address; what is below it leads there.
    Route("GET", "link", OPEN, ("link",)),
    Route(
        "GET",
        "link",
        OPEN,
        ("link_elsewhere",),
        why="it shows another organisation's document, to whoever has it",
    ),
    *(Route("GET", name, _LET_ON, ("link",)) for name in _BELOW),
    Route("POST", "link_pay", _LET_ON, ("link",)),
    Route("POST", "link_pay_summary", _LET_ON, ("link",)),
    Route("GET", "link_pay_fields", _LET_ON, ("link", "account", "kind_of_method")),
    Route("GET", "link_pay_attempt", _LET_ON, ("link", "attempt")),
    Route("POST", "link_pay_cancel", _LET_ON, ("link", "attempt")),
    Route("GET", "link_receipt", _LET_ON, ("link", "payment")),
    Route("GET", "link_receipt_pdf", _LET_ON, ("link", "payment")),
    Route("GET", "link_receipt_print", _LET_ON, ("link", "payment")),
    Route(
        "GET",
        "link_account",
        _LET_ON,
        ("link",),
        why="it is nobody's who may have an account: see test_account",
    ),
    Route("POST", "link_account", _LET_ON, ("link",)),
    Route("GET", "link_code", NO_GET, ("link",)),
    Route("POST", "link_code", GONE, ("ended_link",), why="codes are sent in test_confirming"),
    Route("GET", "link_confirm", NO_GET, ("link",)),
    Route("POST", "link_confirm", "422" + " 422" * 11, ("link",), why="no code was asked for"),
    *(
        Route("GET", name, GONE, (each,), why="ended, expired and unknown links look the same")
        for each in _ENDED
        for name in ("link", *_BELOW)
    ),
    *(
        Route("POST", name, GONE, (each,))
        for each in _ENDED
        for name in ("link_confirm", "link_pay", "link_pay_summary")
    ),
    #                            nobody nils ines leo pia vera maya rita sam amy olive otto
    Route(
        "GET",
        "share_link",
        "   302  404  404 403 403  200  200  403 403 403   403  403",
        ("invoice_kind", "invoice"),
    ),
    Route(
        "POST",
        "share_link",
        "  302  404  404 403 403  422  422  403 403 403   403  403",
        ("invoice_kind", "invoice"),
    ),
    Route(
        "GET",
        "share_link",
        "   302  404  404 404 404  404  404  403 403 403   403  403",
        ("no_kind", "invoice"),
    ),
    Route("POST", "revoke_link", " 302  404  404 403 403  302  302  403 403 403   403  403", ("shared",)),
)

OFFICE_PAGES: Final = {
    "link-invoice": ("invoice", KEEPERS),
    "link-retainer": ("retainer", KEEPERS),
    "link-credit-note": ("credit_note", KEEPERS),
    "link-order": ("order", KEEPERS),
    "link-payment": ("payment", KEEPERS),
    "revoke-link": ("shared", KEEPERS),
}

OFFICE_LISTS: Final = {"links_publiclink": "shared"}


def things(world: World) -> dict[str, UUID | str]:
    """Links to an invoice of Greenleaf's: open, ended, expired; and one of another organisation."""
    elsewhere = make_world()
    names = ("link", "ended_link", "expired_link", "shared_link")
    tokens = {name: _share(world.olive, world.greenleaf, f"{name}@elsewhere.example") for name in names}
    with scope(world.job):
        links = {each.email.partition("@")[0]: each for each in PublicLink.objects.all()}
        then = clock.now() - timedelta(days=31)
        PublicLink.objects.filter(pk=links["expired_link"].pk).update(
            created_at=then, expires_at=then + timedelta(days=30)
        )
    revoke_link(actor=world.olive, link=links["ended_link"])
    return {
        **tokens,
        "unknown_link": "c29tZWJvZHktbWFkZS10aGlzLXVwLWVudGlyZWx5LWFscw",
        "link_elsewhere": _share(elsewhere.olive, elsewhere.greenleaf, "ada@elsewhere.example"),
        "shared": links["shared_link"].pk,
        "invoice_kind": "invoice",
        "no_kind": "no_such_kind",
    }


def _share(olive: StaffActor, customer: Customer, email: str) -> str:
    """The token of a link to a new invoice of the customer's."""
    invoice = Books(olive, customer).invoice("40")
    return urlsplit(make_link(olive, "invoice", invoice.pk, email)).path.split("/")[2]
