"""One customer's turn at a lane: starting and submitting, measured; events about it, true and false; asking again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db import OperationalError

from portico.access.actors import ContactActor, LinkActor
from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.errors import PorticoError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.reconcile import clear_up
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import GatewayUnreachableError, MethodKind, SignatureError
from portico.payments.models import Payment, PaymentAttempt, SavedMethod
from portico.testing.signing import event_about
from portico.testing.simulation import faults
from portico.testing.simulation.stage import Buyer, Lane, Provider, Stage
from portico.testing.till import BACK

MANDATE: Final = {
    "at": "2026-01-02T03:04:05+00:00",
    "ip": "127.0.0.1",
    "user_agent": "Simulation",
    "words": "I agree.",
}


class Desk:
    """What the ways to pay are made of.

    Args:
        stage: where.
        lane: the account of the bank's that is paid at.
        buyer: who pays.
        luck: what decides everything that is left to luck.
        providers: other providers' stand-ins with the organisation's account at each.
    """

    def __init__(
        self,
        stage: Stage,
        lane: Lane,
        buyer: Buyer,
        luck: Random,
        providers: Sequence[tuple[Provider, UUID]],
    ) -> None:
        self.stage, self.lane, self.buyer, self.luck = stage, lane, buyer, luck
        self.providers = providers
        self.fault = ""
        self.took: list[float] = []
        self.refusals: list[str] = []

    @property
    def organisation_id(self) -> UUID:
        """Whose books."""
        return self.stage.organisation_id

    def chance(self, of: float) -> bool:
        """Whether this time, which is so in this share of times."""
        return self.luck.random() < of

    def invoice(self) -> Invoice:
        """A new invoice of the customer's, over $2 to $900."""
        return self.buyer.books.invoice(self.amount())

    def amount(self) -> str:
        """Some dollars and cents."""
        return f"{self.luck.randint(200, 90_000) / 100:.2f}"

    def part(self, whole: Money) -> Money:
        """About a third."""
        return Money.from_minor(max(1, whole.to_minor() // 3), whole.currency)

    def pay(
        self,
        lines: Sequence[PayLine],
        token: Callable[[], str],
        *,
        account: UUID | None = None,
        actor: ContactActor | LinkActor | None = None,
        **more: Any,
    ) -> PaymentAttempt:
        """Start and submit, measured without typing the card; sometimes sent twice, and followed by events.

        Where the database cuts the commit the attempt is given as it then stands.
        """
        typed, key = token(), new_id()
        begun = time.perf_counter()
        attempt = self.start(lines, key=key, account=account, actor=actor, **more)
        attempt = self.submit(attempt, typed)
        if account is None:
            self.took.append(time.perf_counter() - begun)
        if self.chance(0.1):
            again = self.start(lines, key=key, account=account, actor=actor, **more)
            assert again.pk == attempt.pk
            attempt = self.submit(attempt, typed)
        if account is None:
            self.tell(attempt)
        return attempt

    def start(
        self,
        lines: Sequence[PayLine],
        *,
        key: UUID | None = None,
        account: UUID | None = None,
        actor: ContactActor | LinkActor | None = None,
        **more: Any,
    ) -> PaymentAttempt:
        """The intent."""
        return start_payment(
            actor=actor or self.buyer.actor,
            submission_key=key or new_id(),
            gateway_account_id=account or self.lane.account.pk,
            lines=list(lines),
            **more,
        )

    def submit(self, attempt: PaymentAttempt, token: str) -> PaymentAttempt:
        """Charge it; in a process whose commits are cut, if that is the fault."""
        with (
            faults.cutting() if self.fault == faults.COMMIT_CUT else nullcontext(),
            suppress(OperationalError),
        ):
            return submit_payment(
                organisation_id=self.organisation_id, attempt_id=attempt.pk, token=token, return_url=BACK
            )
        return self.read(attempt)

    def read(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """As it stands now."""
        with scope(self.stage.world.job):
            return PaymentAttempt.objects.get(pk=attempt.pk)

    def payment_of(self, attempt: PaymentAttempt) -> Payment | None:
        """What it became in the books, if it has."""
        with scope(self.stage.world.job):
            return Payment.objects.filter(attempt=attempt).first()

    def ask(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """What the page does to which the customer comes back."""
        with suppress(GatewayUnreachableError):
            return clear_up(
                organisation_id=self.organisation_id, attempt_id=attempt.pk, via="return", give_up=False
            )
        return attempt

    def method(self, account: UUID | None = None) -> SavedMethod | None:
        """A method that the customer has kept at an account."""
        with scope(self.stage.world.job):
            mine = SavedMethod.objects.filter(
                contact_person_id=self.buyer.actor.person_id,
                gateway_account_id=account or self.lane.account.pk,
                removed_at=None,
            )
            if account is None:
                mine = mine.filter(kind=MethodKind.CARD)
            return mine.order_by("pk").first()

    # Events -------------------------------------------------------------------------------------------------------

    def tell(self, attempt: PaymentAttempt, kind: str = "payment.succeeded", *, always: bool = False) -> None:
        """The bank's event about an attempt, unless the bank itself sends it; with what goes wrong with events."""
        ours = self.fault in faults.ABOUT_EVENTS
        if not attempt.gateway_reference or (self.lane.is_told and not always):
            return
        if not (always or ours or self.chance(0.25)):
            return
        made = self.event(attempt, kind)
        if self.fault == faults.FORGED:
            self.forge(*made)
        elif self.fault == faults.WRONG_AMOUNT:
            self.deliver(*self.event(attempt, kind, wrong=1))
        elif self.fault == faults.HELD:
            self.lane.late.append(made)
            return
        elif self.fault == faults.REORDERED:
            self.deliver(*made)
            made = self.event(attempt, "payment.requires_action")
        for _ in range(3 if self.fault == faults.TWICE else 1):
            self.deliver(*made)

    def event(self, attempt: PaymentAttempt, kind: str, *, wrong: int = 0) -> tuple[bytes, dict[str, str]]:
        """As the bank signs it."""
        payment = {
            "id": attempt.gateway_reference,
            "amount": attempt.amount.to_minor() + wrong,
            "currency": attempt.currency,
            "reference": str(attempt.pk),
        }
        return event_about(self.lane.bank, attempt.gateway_reference, kind, payment=payment)

    def forge(self, body: bytes, headers: dict[str, str]) -> None:
        """Somebody else's event, or one that was changed on its way: it must be refused."""
        try:
            receive_event(account_id=self.lane.account.pk, body=body + b" ", headers=headers)
        except SignatureError:
            return
        raise AssertionError("a forged event was taken in")

    def deliver(self, body: bytes, headers: dict[str, str], account: UUID | None = None) -> None:
        """Take an event in and apply it, as the worker would; what cannot be asked now is asked again later."""
        for row in receive_event(account_id=account or self.lane.account.pk, body=body, headers=headers):
            with suppress(GatewayUnreachableError):
                apply_received(organisation_id=self.organisation_id, event_row_id=row.pk)

    def refused(self, way: str, error: PorticoError) -> None:
        """Write down what was refused."""
        self.refusals.append(f"{way}: {error.code}")


def whole(*invoices: Invoice) -> list[PayLine]:
    """All of these invoices."""
    return [PayLine(each.pk, each.balance) for each in invoices]
