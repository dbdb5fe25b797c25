"""The ways to pay at the sandbox bank: each takes a desk and leaves whatever comes of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import httpx

from portico.access.actors import LinkActor
from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges, start_autopay
from portico.autopay.models import AutopayCharge
from portico.kit import clock
from portico.kit.errors import InvalidError, PorticoError
from portico.kit.ids import new_id
from portico.kit.trust import trusted
from portico.payments.accounts import open_account
from portico.payments.actions.by_credit import pay_by_credit
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.start import OnItsWayError, PayLine
from portico.payments.actions.submit import claim, keep_reference
from portico.payments.gateway import GatewayUnreachableError, MethodKind
from portico.payments.intents import intent_of
from portico.payments.models import PaymentAttempt
from portico.payments.own_credits import sources, spread, used
from portico.retainers.actions import draw_retainer
from portico.retainers.models import RetainerInvoice
from portico.sharing.links.actions import make_link
from portico.sharing.links.opening import link_for
from portico.testing.bank import ASKS_3DS, DECLINES, SUCCEEDS
from portico.testing.simulation.desk import MANDATE, Desk, whole
from portico.testing.till import BACK

RETURNS = "000111111116"


def by_card(desk: Desk, card: str = SUCCEEDS, actor: LinkActor | None = None) -> PaymentAttempt:
    """An invoice, or a part of it, with a card; now and then it is kept."""
    invoice = desk.invoice()
    part = invoice.balance if desk.chance(0.75) else desk.part(invoice.balance)
    saves = actor is None and card == SUCCEEDS and desk.chance(0.2)
    return desk.pay([PayLine(invoice.pk, part)], lambda: desk.lane.bank.card(card), save=saves)


def declined(desk: Desk) -> None:
    """A card that is declined, and then one that is not, for the same invoice."""
    invoice = desk.invoice()
    attempt = desk.pay(whole(invoice), lambda: desk.lane.bank.card(DECLINES))
    if attempt.state == "failed" and desk.chance(0.5):
        desk.pay(whole(invoice), desk.lane.bank.card)


def asked(desk: Desk) -> None:
    """3-D Secure: agreed to, refused, or left alone."""
    attempt = by_card(desk, ASKS_3DS)
    if attempt.state != "needs_action" or desk.chance(0.2):
        return  # the window is closed
    answer = "approve" if desk.chance(0.8) else "decline"
    httpx.post(attempt.action_url, data={"answer": answer}, timeout=30, verify=trusted())
    for _ in range(desk.luck.randrange(3)):
        attempt = desk.ask(attempt)
    desk.tell(attempt)


def by_saved_card(desk: Desk) -> None:
    """A card that was kept; kept now by those who have none yet."""
    method = desk.method()
    if method is None:
        desk.pay(whole(desk.invoice()), desk.lane.bank.card, save=True)
    else:
        desk.pay(whole(desk.invoice()), lambda: "", method_id=method.pk)


def by_bank(desk: Desk, number: str = "000123456789") -> None:
    """A debit, which arrives at once or much later."""
    attempt = desk.pay(
        whole(desk.invoice()),
        lambda: desk.lane.bank.bank_account(number),
        kind=MethodKind.BANK,
        mandate=MANDATE,
    )
    if attempt.gateway_reference and desk.chance(0.5):
        desk.lane.bank.settle(attempt.gateway_reference)
        desk.tell(attempt, always=True)


def comes_back(desk: Desk) -> None:
    """A debit that the customer's bank sends back."""
    by_bank(desk, RETURNS)


def with_credit(desk: Desk) -> None:
    """All credit that the customer has is used first, as the page shows it; where it covers all, nothing is charged."""
    desk.buyer.books.credit_note("1.00")
    invoice = desk.invoice()
    with scope(desk.buyer.actor):
        credit = sources(desk.buyer.actor, desk.buyer.customer.pk, "USD")
    shown = used(spread([(invoice.pk, invoice.balance)], credit), "USD")
    if shown == invoice.balance:
        pay_by_credit(actor=desk.buyer.actor, submission_key=new_id(), lines=whole(invoice), credit=shown)
    else:
        desk.pay(whole(invoice), desk.lane.bank.card, credit=shown)


def several(desk: Desk) -> None:
    """Two to five invoices at once."""
    desk.pay(whole(*(desk.invoice() for _ in range(desk.luck.randint(2, 5)))), desk.lane.bank.card)


def by_itself(desk: Desk) -> None:
    """Autopay: switched on where a card is kept; an invoice is left to it, and sometimes its day comes."""
    method = desk.method()
    if method is not None:
        with suppress(PorticoError):  # it runs already
            start_autopay(actor=desk.buyer.actor, method_id=method.pk, maximum=None, agreement="I allow it.")
    desk.invoice()
    if desk.chance(0.2):
        plan_charges(actor=desk.stage.world.job)
        with scope(desk.stage.world.job):
            AutopayCharge.objects.filter(customer=desk.buyer.customer, state="planned").update(
                charge_on=clock.today("UTC") - timedelta(days=1)
            )
        charge_due(organisation_id=desk.organisation_id)


def and_back(desk: Desk) -> None:
    """Paid, and refunded in whole or in part, the refund sent up to three times."""
    refund(desk, by_card(desk))


def refund(desk: Desk, attempt: PaymentAttempt) -> None:
    """Pay back what an attempt brought, if it has."""
    payment = desk.payment_of(attempt)
    if payment is None:
        return
    with scope(desk.stage.world.job):
        rows = list(payment.allocations.all())
    part = desk.part(payment.amount) if desk.chance(0.5) else payment.amount
    chosen = {rows[0].invoice_id: part} if rows and part <= rows[0].amount else {}
    asked_for = request_refund(
        actor=desk.stage.world.olive, payment=payment, amount=part, chosen=chosen, reason="Broken"
    )
    for _ in range(desk.luck.randint(1, 3)):
        submit_refund(organisation_id=desk.organisation_id, refund_id=asked_for.pk)


def page_died(desk: Desk) -> None:
    """The page's process ends at some step; nobody goes on."""
    attempt = desk.start(whole(desk.invoice()))
    step = desk.luck.randrange(4)
    if step == 0 or claim(desk.organisation_id, attempt.pk) is None:
        return
    gateway, account = open_account(desk.organisation_id, desk.lane.account.pk)
    intent = intent_of(desk.organisation_id, attempt.pk, BACK)
    with suppress(GatewayUnreachableError):  # it dies waiting
        started = gateway.start(account, intent)
        if step > 1 and keep_reference(attempt, started.reference) and step > 2:
            gateway.confirm(account, intent, started.reference, desk.lane.bank.card())


def two_tabs(desk: Desk) -> None:
    """The same invoice in two tabs: the second is refused while the first is on its way, and when it is paid."""
    lines = whole(desk.invoice())
    first = desk.start(lines)
    try:
        desk.start(lines)
    except OnItsWayError as error:
        desk.refused("two tabs", error)
    else:
        raise AssertionError("two payments of one balance are on their way")
    first = desk.submit(first, desk.lane.bank.card())
    if first.state != "succeeded":
        return
    try:
        desk.start(lines)
    except InvalidError as error:
        desk.refused("two tabs", error)
    else:
        raise AssertionError("an invoice that is paid was paid again")


def by_link(desk: Desk) -> None:
    """Somebody without access pays through the link in the mail, with a card."""
    invoice = desk.invoice()
    address = make_link(
        desk.stage.world.olive, "invoice", invoice.pk, f"ada{desk.luck.randrange(9)}@far.example"
    )
    actor = link_for(address.rstrip("/").rpartition("/")[2])
    desk.pay(whole(invoice), desk.lane.bank.card, actor=actor)


def retainer(desk: Desk) -> None:
    """A retainer invoice is paid, and drawn on an invoice."""
    asked_for = desk.buyer.books.retainer(desk.amount())
    attempt = desk.pay([PayLine(asked_for.pk, asked_for.balance, is_retainer=True)], desk.lane.bank.card)
    if attempt.state != "succeeded" or desk.chance(0.3):
        return
    invoice = desk.invoice()
    with scope(desk.stage.world.job):
        fresh = RetainerInvoice.objects.get(pk=asked_for.pk)
    draw_retainer(
        actor=desk.stage.world.olive, retainer=fresh, invoice=invoice, amount=min(fresh.paid, invoice.balance)
    )


def disputed(desk: Desk) -> None:
    """A payment that the payer's bank disputes, sometimes after some of it was paid back; won, lost, or open."""
    attempt = by_card(desk)
    if attempt.state != "succeeded":
        return
    if desk.chance(0.3):
        refund(desk, attempt)
    amount = desk.part(attempt.amount).to_minor() if desk.chance(0.3) else None
    dispute = desk.lane.bank.dispute(attempt.gateway_reference, amount)
    desk.tell(attempt, "dispute.opened")
    if desk.chance(0.7):
        outcome = desk.luck.choice(("won", "lost"))
        desk.lane.bank.decide(dispute, outcome)
        desk.tell(attempt, f"dispute.{outcome}")
