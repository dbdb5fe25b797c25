"""Refunds through gateways, and what gateways do not agree on, in the office."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portico.access.scope import scope
from portico.disputes.models import Dispute
from portico.kit import clock
from portico.payments.actions.refunds import refund_excess
from portico.payments.tests.making import card_account
from portico.payouts.models import Payout
from portico.testing.books import Books
from portico.testing.people import World
from tests.access.answers import MONEY

OFFICE_PAGES: Final = {
    "pay-back": ("payment", MONEY),
    "undo-refund": ("refund_to_undo", MONEY),
    "ask-gateway": ("attempt", MONEY),
    "ask-about-dispute": ("dispute", MONEY),
    "read-payouts": ("", MONEY),
    "end-attempt": ("attempt", MONEY),
}
OFFICE_LISTS: Final = {"disputes_dispute": "dispute", "payouts_payout": "payout"}
OFFICE_OTHERS: Final = {"reconcile_report": ("", MONEY, 200)}


def things(world: World) -> dict[str, UUID | str]:
    """A refund that was recorded by hand."""
    books = Books(world.olive, world.greenleaf)
    refund = refund_excess(
        actor=world.olive,
        payment=books.pay("3"),
        amount=books.money("1"),
        mode="cash",
        date=clock.today("UTC"),
    )
    account = card_account(world, "Paid out")
    with scope(world.job):
        dispute = Dispute.objects.create(
            organisation=world.organisation, customer=world.greenleaf, payment=books.pay("2"),
            gateway_reference="dp_1", currency="USD", amount=books.money("2"),
        )  # fmt: skip
        zero = books.money("0")
        payout = Payout.objects.create(
            organisation=world.organisation, gateway_account=account, reference="po_1", currency="USD",
            gross=zero, fee=zero, amount=zero, arrives=books.day, state="paid",
        )  # fmt: skip
    return {"refund_to_undo": refund.pk, "dispute": dispute.pk, "payout": payout.pk}
