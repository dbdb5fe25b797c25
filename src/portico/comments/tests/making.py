"""Short ways to talk beside an invoice in tests."""

from __future__ import annotations

import pytest

from portico.access.actors import Actor, ContactActor
from portico.access.scope import scope
from portico.comments.actions import post_comment
from portico.comments.models import Comment
from portico.comments.queries import thread
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.transactions.kinds import kind_of


@pytest.fixture
def mine(world: World) -> Invoice:
    """An invoice of Greenleaf's."""
    return Books(world.olive, world.greenleaf).invoice("100")


def say(actor: Actor, about: Invoice, text: str, *, in_portal: bool = True) -> Comment:
    """Write a comment beside an invoice, with a form of its own."""
    return post_comment(
        actor=actor,
        kind=kind_of("invoice"),
        document_id=about.pk,
        text=text,
        submission_key=new_id(),
        in_portal=in_portal,
    )


def page(actor: ContactActor, about: Invoice) -> str:
    """The invoice's page as this person gets it."""
    response = signed_in(actor).get(f"/invoices/{about.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def texts(actor: Actor, about: Invoice) -> list[str]:
    """What this actor reads beside the invoice."""
    with scope(actor):
        return [each.comment.text for each in thread(actor, about.pk)]
