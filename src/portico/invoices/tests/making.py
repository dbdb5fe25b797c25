"""Invoices for tests, written and issued by Olive as in the office."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from portico.customers.models import Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.testing.people import World
from portico.transactions.drafts import LineDraft


def today() -> date:
    """The day in the worlds' time zone, UTC."""
    return clock.today("UTC")


def draft(
    world: World,
    amount: str = "100.00",
    *,
    customer: Customer | None = None,
    item: str = "Terracotta planter",
    issued: int = 0,
    due: int = 30,
    reference: str = "",
    currency: str = "",
) -> Invoice:
    """A draft over one line; `issued` and `due` are days from today."""
    written = InvoiceDraft(
        date=today() + timedelta(days=issued),
        due_date=today() + timedelta(days=due),
        reference=reference,
        currency=currency,
        lines=[LineDraft(name=item, rate=Decimal(amount))],
    )
    return draft_invoice(actor=world.olive, customer=customer or world.greenleaf, draft=written)


def invoice(world: World, amount: str = "100.00", **more: object) -> Invoice:
    """An issued invoice."""
    return issue_invoice(actor=world.olive, invoice=draft(world, amount, **more))  # type: ignore[arg-type]
