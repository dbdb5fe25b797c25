"""Money that comes without a gateway: recorded by staff, and told of by the customer."""

from __future__ import annotations

from portico.kit import clock
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.void import void_payment
from portico.testing.simulation.desk import Desk, whole
from portico.transfers.actions import Said, confirm_notice, reject_notice, report_transfer, withdraw_notice
from portico.transfers.models import ByHand


def recorded(desk: Desk) -> None:
    """Staff write down what came: a part, all, or more than the invoice; some of it was a mistake."""
    invoice = desk.invoice()
    amount = desk.luck.choice((desk.part(invoice.balance), invoice.balance))
    more = Money.of("3.00", "USD") if desk.chance(0.3) else Money.zero("USD")
    payment = desk.buyer.books.pay(str((amount + more).amount), (invoice, str(amount.amount)))
    if desk.chance(0.1):
        void_payment(actor=desk.stage.world.olive, payment=payment, reason="Somebody else's")


def by_transfer(desk: Desk) -> None:
    """The customer says that they have sent it; staff confirm what came, or that nothing did."""
    invoice = desk.invoice()
    today = clock.today("UTC")
    notice = report_transfer(
        actor=desk.buyer.actor,
        submission_key=new_id(),
        lines=whole(invoice),
        said=Said(ByHand.TRANSFER, today),
    )
    became = desk.luck.random()
    if became < 0.1:
        withdraw_notice(actor=desk.buyer.actor, notice=notice)
    elif became < 0.2:
        reject_notice(actor=desk.stage.world.olive, notice=notice, reason="Nothing came")
    else:
        came = invoice.balance if became < 0.8 else desk.part(invoice.balance)
        confirm_notice(actor=desk.stage.world.olive, notice=notice, amount=came, date=today)
