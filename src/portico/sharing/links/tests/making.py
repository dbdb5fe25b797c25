"""Short ways to links in tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.test import Client

from portico.access.actors import Actor
from portico.invoices.models import Invoice
from portico.organisations.actions.edit import edit_preferences
from portico.sharing.links.actions import make_link
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import World

ADA = "ada@elsewhere.example"


@dataclass(frozen=True)
class Link:
    """A link as its holder has it: an address."""

    path: str

    @property
    def token(self) -> str:
        """What is secret in it."""
        return self.path.split("/")[2]

    def at(self, more: str) -> str:
        """A page below it."""
        return self.path + more


def share(actor: Actor, invoice: Invoice, email: str = ADA, **more: object) -> Link:
    """A link to an invoice, for Ada who has no access to the portal."""
    return Link(urlsplit(make_link(actor, "invoice", invoice.pk, email, **more)).path)  # type: ignore[arg-type]


def without_confirming(world: World) -> None:
    """Preference 14 off: a link shows its document at once."""
    edit_preferences(actor=world.olive, links_verify_identity=False)


def code_in(mailbox: Mailbox, address: str = ADA, count: int = 1) -> str:
    """The code in the newest e-mail to this address."""
    found = re.search(r"^\d{6}$", text_of(mailbox.wait_for(address, count)), re.MULTILINE)
    assert found
    return found[0]


def confirmed(client: Client, link: Link, mailbox: Mailbox, count: int = 1) -> Client:
    """The browser, after its human typed the code that was sent."""
    assert client.post(link.at("code")).status_code == 302
    answer = client.post(link.at("confirm"), {"code": code_in(mailbox, count=count)})
    assert answer.status_code == 302
    return client
