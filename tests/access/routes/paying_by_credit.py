"""What was paid by credit alone: for those at the customer who may pay."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.kit.ids import new_id
from portico.payments.actions.by_credit import pay_by_credit
from portico.payments.lines import PayLine
from portico.testing.books import Books
from portico.testing.people import World
from tests.access.answers import PAYER_GET, Route

ROUTES: Final = (Route("GET", "pay_by_credit", PAYER_GET, ("credit_use",)),)


def things(world: World) -> dict[str, UUID | str]:
    """Greenleaf's credit, used for one of its invoices."""
    books = Books(world.olive, world.greenleaf)
    invoice, amount = books.invoice("7"), books.money("7")
    books.credit_note("7")
    use = pay_by_credit(
        actor=world.maya,
        submission_key=new_id(),
        lines=[PayLine(invoice.pk, amount)],
        credit=amount,
    )
    return {"credit_use": use.pk}
