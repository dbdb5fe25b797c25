"""Payments through a gateway that have succeeded, and the gateway's later words about them, for tests without calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.actions.moves import move
from portico.payments.actions.settle import settle
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.gateway import Observed, RefundSeen, Seen
from portico.payments.models import AttemptState, GatewayAccount, Payment, PaymentAttempt
from portico.payments.tests.making import card_account
from portico.retainers.models import RetainerInvoice
from portico.testing.books import Books
from portico.testing.people import World


@dataclass
class Counter:
    """A customer who pays through a gateway, and what the gateway says afterwards."""

    world: World
    books: Books
    account: GatewayAccount

    def paid(self, *lines: tuple[Invoice | RetainerInvoice, str], mode: str = "bank_debit") -> Paid:
        """Maya pays parts of documents, and the gateway says that it succeeded."""
        attempt = start_payment(
            actor=self.world.maya,
            submission_key=new_id(),
            gateway_account_id=self.account.pk,
            lines=[
                PayLine(row.pk, self.books.money(part), is_retainer=isinstance(row, RetainerInvoice))
                for row, part in lines
            ],
        )
        with scope(self.world.job):
            PaymentAttempt.objects.filter(pk=attempt.pk).update(gateway_reference=f"pay_{attempt.pk}")
            attempt.refresh_from_db()
            move(attempt, AttemptState.SUBMITTED, via="page")
        seen = Observed(
            reference=attempt.gateway_reference,
            intent_id=attempt.pk,
            state=Seen.SUCCEEDED,
            amount=attempt.amount,
            mode=mode,
            method_label="Sandbox Bank ending 6789",
        )
        paid = Paid(self, attempt, seen)
        paid.says()
        return paid


@dataclass
class Paid:
    """One payment that succeeded."""

    counter: Counter
    attempt: PaymentAttempt
    seen: Observed

    def says(self, **changes: Any) -> PaymentAttempt:
        """The gateway says so, from now on too."""
        self.seen = replace(self.seen, **changes)
        job = self.counter.world.job
        return settle(
            organisation_id=job.organisation_id, attempt_id=self.attempt.pk, observed=self.seen, via="event"
        )

    def comes_back(self, why: str = "Insufficient funds") -> PaymentAttempt:
        """The bank returns it."""
        return self.says(state=Seen.RETURNED, failure_code="R01", failure_message=why)

    def refunded_there(self, amount: str, state: Seen = Seen.SUCCEEDED, reference: str = "re_1") -> None:
        """A refund made at the gateway itself, or what became of it."""
        others = tuple(each for each in self.seen.refunds if each.reference != reference)
        money = Money.of(amount, self.attempt.currency)
        self.says(refunds=(*others, RefundSeen(reference, money, state)))

    @property
    def payment(self) -> Payment:
        """As it stands."""
        with scope(self.counter.world.job):
            return Payment.objects.select_related("retainer", "customer").get(attempt=self.attempt)


def open_counter(world: World) -> Counter:
    """Greenleaf pays through a gateway where nobody is asked."""
    return Counter(world, Books(world.olive, world.greenleaf), card_account(world))
