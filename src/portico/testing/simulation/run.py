"""Running a simulation: who pays when and how, what goes wrong, clearing up, and looking whether all agrees."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from random import Random
from threading import Lock
from typing import Final
from uuid import UUID

from django.db import connections

from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges
from portico.autopay.models import AutopayCharge
from portico.kit import clock
from portico.kit.errors import PorticoError
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.events import apply_received
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.reconcile import reconcile
from portico.payments.gateway import GatewayUnreachableError
from portico.payments.models import (
    PENDING,
    REFUND_PENDING,
    GatewayAccount,
    GatewayEvent,
    GatewayRefund,
    PaymentAttempt,
)
from portico.testing.simulation import ways
from portico.testing.simulation.by_hand import by_transfer, recorded
from portico.testing.simulation.compare import bank_payments, differences
from portico.testing.simulation.desk import Desk
from portico.testing.simulation.elsewhere import elsewhere
from portico.testing.simulation.faults import commits_can_be_cut, faults
from portico.testing.simulation.inbox import open_inbox
from portico.testing.simulation.stage import Buyer, Lane, Outcome, Provider, Stage

FAULTY: Final = 5
"""Of so many payments of a customer that follow each other one meets a fault, if nothing else is asked for."""
WAYS: Final[Sequence[tuple[int, str, Callable[[Desk], object]]]] = (
    (22, "card", ways.by_card),
    (4, "declined", ways.declined),
    (7, "3-D Secure", ways.asked),
    (11, "saved card", ways.by_saved_card),
    (9, "bank debit", ways.by_bank),
    (3, "bank debit that comes back", ways.comes_back),
    (5, "credit first", ways.with_credit),
    (6, "several invoices", ways.several),
    (4, "autopay", ways.by_itself),
    (5, "refund", ways.and_back),
    (3, "page died", ways.page_died),
    (3, "two tabs", ways.two_tabs),
    (4, "public link", ways.by_link),
    (4, "retainer", ways.retainer),
    (4, "dispute", ways.disputed),
    (3, "recorded by staff", recorded),
    (3, "transfer", by_transfer),
)
ELSEWHERE: Final = 15
"""The weight of paying at other providers, where there are any."""
BY_HAND: Final = frozenset({"recorded by staff", "transfer"})
"""Where no gateway is called, and so no fault is met."""
EXPECTED: Final = frozenset({"two tabs: payment_on_its_way", "two tabs: invalid", "credit first: conflict"})
"""What may be refused: the second tab, and credit that changed after it was shown, as an event came in between."""


class Simulation:
    """Payments of the customers of a stage, on a thread for each lane; a customer's own follow each other.

    Args:
        stage: where.
        seed: of what they wish and what goes wrong; how threads interleave cannot be had again.
        every: of so many payments of a customer that follow each other one meets a fault, also of fewer where fewer are
            left; all kinds of faults are gone through in turn.
        providers: stand-ins of other providers, where some pay; they are connected to the organisation.
        on_paid: told after each payment what came of it: way, fault, seconds, refused.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        seed: int,
        every: int = FAULTY,
        providers: Sequence[Provider] = (),
        on_paid: Callable[[Mapping[str, object]], None] | None = None,
    ) -> None:
        self.stage, self.on_paid = stage, on_paid
        self.outcome = Outcome(seed)
        self._lock = Lock()
        self._every, self._faults = every, faults()
        self._order = Random(seed).sample(sorted(self._faults), len(self._faults))  # noqa: S311
        self._providers = tuple((each, self._connect(each)) for each in providers)
        self._ways = (*WAYS, (ELSEWHERE, "other providers", elsewhere)) if providers else WAYS

    def run(self, payments: int) -> Outcome:
        """Let them pay, clear everything up, and compare."""
        begun = time.perf_counter()
        each, more = divmod(payments, len(self.stage.buyers))
        wishes = [(buyer, each + (number < more)) for number, buyer in enumerate(self.stage.buyers)]
        lanes = self.stage.lanes
        with (
            commits_can_be_cut(self.stage.world),
            open_inbox(self.stage),
            ThreadPoolExecutor(len(lanes)) as pool,
        ):
            jobs = [pool.submit(self._serve, lane, wishes[lane.number :: len(lanes)]) for lane in lanes]
            for job in jobs:
                job.result()
            self.outcome.took = time.perf_counter() - begun
            self.clear_up()
        self.look()
        return self.outcome

    def clear_up(self) -> None:
        """What the system does by itself within minutes and days: bank debits arrive, and everybody is asked."""
        organisation = self.stage.organisation_id
        for lane in self.stage.lanes:
            lane.bank.behave()
        plan_charges(actor=self.stage.world.job)
        for _ in range(3):
            self._days_go_by()
            reconcile(organisation_id=organisation, grace=timedelta(0))
            charge_due(organisation_id=organisation)
        self._tell_what_was_taken()
        self._days_go_by()
        reconcile(organisation_id=organisation, grace=timedelta(0))
        self._apply_what_was_left()

    def look(self) -> None:
        """Compare, and count what has not ended, what succeeded and what does not add up."""
        with scope(self.stage.world.job):
            attempts = PaymentAttempt.objects.filter(organisation_id=self.stage.organisation_id)
            refunds = GatewayRefund.objects.filter(organisation_id=self.stage.organisation_id)
            self.outcome.attempts = attempts.count()
            self.outcome.succeeded = attempts.filter(state__in=("succeeded", "returned")).count()
            self.outcome.pending = (
                attempts.filter(state__in=PENDING).count() + refunds.filter(state__in=REFUND_PENDING).count()
            )
        self.outcome.differences = differences(self.stage, self._providers)
        self.outcome.findings = [str(each) for each in selfcheck(self.stage.organisation_id)]
        self.outcome.unexpected += sorted(set(self.outcome.refused) - EXPECTED)

    def _connect(self, provider: Provider) -> UUID:
        gateway, known = provider.bench.gateway, provider.bench.account
        asked_for = {each.name for each in gateway.settings}
        settings = {key: each for key, each in {**known.public, **known.secrets}.items() if key in asked_for}
        account = add_gateway_account(
            actor=self.stage.world.olive, gateway=gateway.key, name=provider.name, settings=settings
        )
        with scope(self.stage.world.job):  # where a stand-in listens is nothing that the office asks for
            GatewayAccount.objects.filter(pk=account.pk).update(public=dict(known.public))
        return account.pk

    # Paying -------------------------------------------------------------------------------------------------------

    def _serve(self, lane: Lane, wishes: Sequence[tuple[Buyer, int]]) -> None:
        try:
            for buyer, count in wishes:
                lane.bank.behave()  # whatever the one before met
                number = self.stage.buyers.index(buyer)
                luck = Random(self.outcome.seed * 100_003 + number)  # noqa: S311
                desk = Desk(self.stage, lane, buyer, luck, self._providers)
                wishes_of = Random(f"{self.outcome.seed} {number}")  # noqa: S311 (whatever comes of them takes no turn)
                for at in range(count):
                    if at % self._every == 0:
                        unlucky = at + wishes_of.randrange(min(self._every, count - at))
                        turn = number + at // self._every * len(self.stage.buyers)
                        fault = self._order[turn % len(self._order)]
                    self._pay(desk, wishes_of, fault if at == unlucky else "")
                self._let_go(desk)
        finally:
            connections.close_all()

    def _pay(self, desk: Desk, wishes: Random, fault: str) -> None:
        if desk.fault:  # what was held is let go
            desk.lane.bank.behave()
        desk.fault = fault
        chosen = [way for way in self._ways if not fault or way[1] not in BY_HAND]
        [(_weight, name, pay)] = wishes.choices(chosen, [way[0] for way in chosen])
        if desk.fault and (switches := self._faults[desk.fault]):
            desk.lane.bank.faults(**switches)
        try:
            pay(desk)
            if not desk.fault:
                self._let_go(desk)
        except PorticoError as error:
            desk.refused(name, error)
        with self._lock:
            self.outcome.made[name] += 1
            self.outcome.faults.update([desk.fault] if desk.fault else [])
            self.outcome.refused.update(desk.refusals)
            self.outcome.seconds += desk.took
            if self.on_paid:
                self.on_paid(
                    {"way": name, "fault": desk.fault, "seconds": desk.took, "refused": desk.refusals}
                )
        desk.took, desk.refusals = [], []

    def _let_go(self, desk: Desk) -> None:
        late, desk.lane.late = desk.lane.late, []
        for body, headers in late:
            desk.deliver(body, headers)

    # Clearing up --------------------------------------------------------------------------------------------------

    def _days_go_by(self) -> None:
        """Until debits have arrived, what was announced is due, and what was left alone may be asked about."""
        for lane in self.stage.lanes:
            for payment in list(bank_payments(lane.bank)):
                if (
                    payment["status"] == "succeeded"
                    and (payment["method"] or {})["last4"] == ways.RETURNS[-4:]
                ):
                    lane.bank.send_back(payment["id"])
            lane.bank.settle()
        with scope(self.stage.world.job):
            AutopayCharge.objects.filter(state="planned").update(
                charge_on=clock.today("UTC") - timedelta(days=1)
            )
            long_ago = clock.now() - timedelta(days=2)
            mine = {"organisation_id": self.stage.organisation_id}
            PaymentAttempt.objects.filter(state__in=PENDING, **mine).update(changed_at=long_ago)
            GatewayRefund.objects.filter(state__in=REFUND_PENDING, **mine).update(changed_at=long_ago)
            under_way = [
                (provider, reference)
                for provider, account in self._providers
                for reference in PaymentAttempt.objects.filter(
                    gateway_account_id=account, state="processing"
                ).values_list("gateway_reference", flat=True)
            ]
        for provider, _account in self._providers:
            provider.days_go_by()
        for provider, reference in under_way:
            provider.bench.settle(reference)

    def _tell_what_was_taken(self) -> None:
        """The bank tells of returns and disputes until it is heard."""
        for lane in self.stage.lanes:
            desk = Desk(self.stage, lane, self.stage.buyers[0], Random(0), ())  # noqa: S311
            for payment in bank_payments(lane.bank):
                if payment["status"] != "returned" and not payment["amount_disputed"]:
                    continue
                with scope(self.stage.world.job):
                    attempt = PaymentAttempt.objects.get(gateway_reference=payment["id"])
                kind = "payment.returned" if payment["status"] == "returned" else "dispute.opened"
                desk.tell(attempt, kind, always=True)

    def _apply_what_was_left(self) -> None:
        """Events that came while nobody could be asked: their jobs are tried again."""
        with scope(self.stage.world.job):
            left = list(
                GatewayEvent.objects.filter(
                    organisation_id=self.stage.organisation_id, outcome=GatewayEvent.Outcome.RECEIVED
                ).values_list("pk", flat=True)
            )
        for row in left:
            with suppress(GatewayUnreachableError):
                apply_received(organisation_id=self.stage.organisation_id, event_row_id=row)
