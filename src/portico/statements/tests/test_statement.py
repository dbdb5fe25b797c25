"""The statement of account: it says what happened and adds up."""

from __future__ import annotations

from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


def test_x(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    invoice = books.invoice("100")
    books.pay("120", (invoice, "100"))
    maya = signed_in(world.maya)
    for url in (
        "/",
        "/statements/",
        "/statements/?preset=all",
        "/statements/print?preset=all",
        "/statements/csv?preset=all",
        "/statements/?from=2026-03-01&to=2026-02-01",
    ):
        page = maya.get(url)
        print(url, page.status_code, page.streaming or page.content.decode())
        if page.streaming:
            print(page.getvalue())
    raise SystemExit
