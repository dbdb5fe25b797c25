"""Many customers who pay in every way while a fifth of what happens goes wrong; afterwards the books and the bank agree.

The wishes are drawn from a seed, so that a run can be had again; how threads interleave cannot.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Lock
from typing import Any, Final
from uuid import UUID

import httpx
from django.db import connections

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.autopay.actions import charge_due, plan_charges, start_autopay
from portico.autopay.models import AutopayCharge
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import PorticoError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.models import Balance
from portico.ledger.selfcheck import selfcheck
from portico.payments.accounts import open_account
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.gateway_refunds import request_refund, submit_refund
from portico.payments.actions.reconcile import clear_up, reconcile
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import claim, keep_reference, submit_payment
from portico.payments.gateway import GatewayUnreachableError, MethodKind
from portico.payments.intents import intent_of
from portico.payments.models import PENDING, GatewayRefund, Payment, PaymentAttempt, SavedMethod
from portico.testing.bank import ASKS_3DS, DECLINES, SUCCEEDS
from portico.testing.books import Books
from portico.testing.people import make_contact, make_customer
from portico.testing.signing import event_about
from portico.testing.till import BACK, Till

FAULTY: Final = 5
"""Of so many payments one meets a fault."""
FAULTS: Final[Sequence[Mapping[str, Any]]] = (
    {"drop_before": 1},
    {"drop_answer": 1},
    {"error_500": 1},
    {"drop_answer_after_charge": 1},
    {"drop_before": 2},
)
RETURNS: Final = "000111111116"
MANDATE: Final = {
    "at": "2026-01-02T03:04:05+00:00",
    "ip": "127.0.0.1",
    "user_agent": "Simulation",
    "words": "I agree.",
}


@dataclass(frozen=True)
class Buyer:
    """A customer with the contact person who pays."""

    customer: Customer
    actor: ContactActor
    books: Books


@dataclass
class Outcome:
    """What a simulation came to; seconds are those of starting and submitting one payment."""

    seed: int
    made: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    differences: list[str] = field(default_factory=list)
    pending: int = 0
    findings: list[str] = field(default_factory=list)


class Simulation:
    """Payments of some customers at a till, on several threads; a customer's own follow each other.

    Args:
        till: where they pay.
        buyers: how many customers.
        seed: of what they wish and what goes wrong.
    """

    def __init__(self, till: Till, buyers: int, seed: int) -> None:
        self.till = till
        self.outcome = Outcome(seed)
        self._lock = Lock()
        with scope(till.world.job):
            self.buyers = [self._buyer(number) for number in range(buyers)]

    def _buyer(self, number: int) -> Buyer:
        world = self.till.world
        customer = make_customer(world.organisation, f"Customer {number}")
        Customer.objects.filter(pk=customer.pk).update(allow_bank_payments=True)
        person = make_contact(
            customer, f"Buyer{number}", tuple(Permission), tag=world.tag, company=f"buyer{number}"
        )
        return Buyer(customer, person, Books(world.olive, customer))

    def run(self, payments: int, *, threads: int = 4) -> Outcome:
        """Let them pay, clear everything up, and compare."""
        begun = time.perf_counter()
        each, more = divmod(payments, len(self.buyers))
        with ThreadPoolExecutor(threads) as pool:
            jobs = [
                pool.submit(self._pays, number, each + (number < more)) for number in range(len(self.buyers))
            ]
            for job in jobs:
                job.result()
        self.outcome.took = time.perf_counter() - begun
        self.clear_up()
        self.compare()
        return self.outcome

    def clear_up(self) -> None:
        """What the system does by itself within minutes and days: bank debits arrive, and everybody is asked."""
        self.till.bank.behave()
        for _ in range(3):
            self.till.bank.settle()
            self._come_of_age()
            reconcile(organisation_id=self.till.organisation_id, grace=timedelta(0))
            charge_due(organisation_id=self.till.organisation_id)
        for payment in self._bank_payments():
            if payment["status"] == "returned":
                self._deliver(payment["id"], "payment.returned")
        self._come_of_age()
        reconcile(organisation_id=self.till.organisation_id, grace=timedelta(0))

    def compare(self) -> None:
        """The bank's list against the books, to the cent, for each customer; what is pending; what does not add up."""
        at_bank: Counter[str] = Counter()
        for payment in self._bank_payments():
            charged = payment["amount"] if payment["status"] == "succeeded" else 0
            at_bank[payment["customer_reference"]] += charged - payment["amount_refunded"]
        with scope(self.till.world.job):
            rows = Balance.objects.filter(account="cash", currency="USD")
            in_books = {row.customer_id: row.amount.to_minor() for row in rows}
            self.outcome.pending = PaymentAttempt.objects.filter(
                organisation_id=self.till.organisation_id, state__in=PENDING
            ).count()
        for buyer in self.buyers:
            bank, books = at_bank[str(buyer.actor.person_id)], in_books.get(buyer.customer.pk, 0)
            if bank != books:
                self.outcome.differences.append(f"{buyer.customer.display_name}: bank {bank}, books {books}")
        self.outcome.findings = [str(each) for each in selfcheck(self.till.organisation_id)]

    # Paying, in every way -----------------------------------------------------------------------------------------

    def _pays(self, number: int, count: int) -> None:
        buyer, random = self.buyers[number], Random(self.outcome.seed * 100_003 + number)  # noqa: S311
        ways: Sequence[tuple[int, str, Callable[[Buyer, Random], object]]] = (
            (30, "card", self._by_card),
            (6, "declined", lambda who, luck: self._by_card(who, luck, DECLINES)),
            (8, "3-D Secure", self._asked),
            (14, "saved card", self._by_saved_card),
            (12, "bank debit", self._by_bank),
            (3, "bank debit that comes back", lambda who, luck: self._by_bank(who, luck, RETURNS)),
            (6, "credit first", self._with_credit),
            (8, "several invoices", self._several),
            (5, "autopay", self._by_itself),
            (5, "refund", self._and_back),
            (3, "page died", self._died),
        )
        try:
            for _ in range(count):
                [(_weight, name, pay)] = random.choices(ways, [way[0] for way in ways])
                if random.randrange(FAULTY) == 0:
                    self.till.bank.faults(**random.choice(FAULTS))
                    self._count("fault")
                try:
                    pay(buyer, random)
                except (PorticoError, httpx.HTTPError) as error:
                    name = f"{name}: refused ({getattr(error, 'code', type(error).__name__)})"
                self._count(name)
        finally:
            connections.close_all()

    def _by_card(self, buyer: Buyer, random: Random, card: str = SUCCEEDS) -> PaymentAttempt:
        invoice = self._invoice(buyer, random)
        part = invoice.balance if random.randrange(4) else self._part(invoice.balance)
        save = card == SUCCEEDS and random.randrange(5) == 0
        return self._timed(buyer, [(invoice, part)], lambda: self.till.bank.card(card), save=save)

    def _asked(self, buyer: Buyer, random: Random) -> None:
        attempt = self._by_card(buyer, random, ASKS_3DS)
        if attempt.state != "needs_action" or random.randrange(3) == 0:
            return  # the window is closed
        answer = "approve" if random.randrange(4) else "decline"
        httpx.post(attempt.action_url, data={"answer": answer}, timeout=30)
        for _ in range(random.randrange(3)):
            clear_up(
                organisation_id=self.till.organisation_id, attempt_id=attempt.pk, via="return", give_up=False
            )
        if random.randrange(2):
            self._deliver(attempt.gateway_reference)

    def _by_saved_card(self, buyer: Buyer, random: Random) -> None:
        method = self._method(buyer)
        if method is None:
            self._timed(
                buyer,
                [(invoice := self._invoice(buyer, random), invoice.balance)],
                self.till.bank.card,
                save=True,
            )
            return
        invoice = self._invoice(buyer, random)
        self._timed(buyer, [(invoice, invoice.balance)], lambda: "", method_id=method.pk)

    def _by_bank(self, buyer: Buyer, random: Random, number: str = "000123456789") -> None:
        invoice = self._invoice(buyer, random)
        attempt = self._timed(
            buyer,
            [(invoice, invoice.balance)],
            lambda: self.till.bank.bank_account(number),
            kind=MethodKind.BANK,
            mandate=MANDATE,
        )
        if attempt.gateway_reference and random.randrange(2):
            self.till.bank.settle(attempt.gateway_reference)
            self._deliver(attempt.gateway_reference)

    def _with_credit(self, buyer: Buyer, random: Random) -> None:
        buyer.books.credit_note("1.00")
        invoice = self._invoice(buyer, random)
        credit = buyer.books.money("1.00")
        self._timed(buyer, [(invoice, invoice.balance)], self.till.bank.card, credit=credit)

    def _several(self, buyer: Buyer, random: Random) -> None:
        invoices = [self._invoice(buyer, random) for _ in range(random.randint(2, 5))]
        self._timed(buyer, [(each, each.balance) for each in invoices], self.till.bank.card)

    def _by_itself(self, buyer: Buyer, random: Random) -> None:
        method = self._method(buyer)
        if method is not None:
            with suppress(PorticoError):  # it runs already
                start_autopay(actor=buyer.actor, method_id=method.pk, maximum=None, agreement="I allow it.")
        self._invoice(buyer, random)
        plan_charges(actor=self.till.world.job)

    def _and_back(self, buyer: Buyer, random: Random) -> None:
        attempt = self._by_card(buyer, random)
        with scope(self.till.world.job):
            payment = Payment.objects.filter(attempt=attempt).first()
            if payment is None:
                return
            rows = list(payment.allocations.all())
        part = self._part(payment.amount) if random.randrange(2) else payment.amount
        chosen = {rows[0].invoice_id: part} if rows and part <= rows[0].amount else {}
        asked = request_refund(
            actor=self.till.world.olive, payment=payment, amount=part, chosen=chosen, reason="Broken"
        )
        for _ in range(random.randint(1, 3)):
            submit_refund(organisation_id=self.till.organisation_id, refund_id=asked.pk)

    def _died(self, buyer: Buyer, random: Random) -> None:
        """The page's process ends at some step; nobody goes on."""
        invoice = self._invoice(buyer, random)
        attempt = self._start(buyer, [(invoice, invoice.balance)])
        step = random.randrange(4)
        if step == 0 or claim(self.till.organisation_id, attempt.pk) is None:
            return
        gateway, account = open_account(self.till.organisation_id, self.till.account.pk)
        intent = intent_of(self.till.organisation_id, attempt.pk, BACK)
        started = gateway.start(account, intent)
        if step > 1 and keep_reference(attempt, started.reference) and step > 2:
            gateway.confirm(account, intent, started.reference, self.till.bank.card())

    # What it is made of -------------------------------------------------------------------------------------------

    def _timed(
        self, buyer: Buyer, lines: Sequence[tuple[Invoice, Money]], token: Callable[[], str], **more: Any
    ) -> PaymentAttempt:
        """Start and submit, measured without typing the card; sometimes sent twice, and followed by events."""
        typed = token()
        begun = time.perf_counter()
        attempt = self._start(buyer, lines, **more)
        attempt = submit_payment(
            organisation_id=self.till.organisation_id, attempt_id=attempt.pk, token=typed, return_url=BACK
        )
        with self._lock:
            self.outcome.seconds.append(time.perf_counter() - begun)
        luck = hash(attempt.pk) % 10
        if luck == 0:
            self._start(buyer, lines, key=attempt.submission_key, **more)
            submit_payment(
                organisation_id=self.till.organisation_id, attempt_id=attempt.pk, token=typed, return_url=BACK
            )
        if luck < 3 and attempt.gateway_reference:
            for _ in range(2):
                self._deliver(attempt.gateway_reference)
        return attempt

    def _start(
        self,
        buyer: Buyer,
        lines: Sequence[tuple[Invoice, Money]],
        *,
        key: UUID | None = None,
        credit: Money | None = None,
        **more: Any,
    ) -> PaymentAttempt:
        return start_payment(
            actor=buyer.actor,
            submission_key=key or new_id(),
            gateway_account_id=self.till.account.pk,
            lines=[PayLine(invoice.pk, part) for invoice, part in lines],
            credit=credit,
            **more,
        )

    def _invoice(self, buyer: Buyer, random: Random) -> Invoice:
        return buyer.books.invoice(f"{random.randint(200, 90_000) / 100:.2f}")

    def _part(self, whole: Money) -> Money:
        return Money.from_minor(max(1, whole.to_minor() // 3), whole.currency)

    def _method(self, buyer: Buyer) -> SavedMethod | None:
        with scope(self.till.world.job):
            mine = SavedMethod.objects.filter(contact_person_id=buyer.actor.person_id, removed_at=None)
            return mine.filter(kind=MethodKind.CARD).first()

    def _deliver(self, reference: str, kind: str = "payment.succeeded") -> None:
        """The bank's event, taken in and applied; what cannot be asked now is asked again later."""
        payment = self._ask(f"/v1/payments/{reference}")
        body, headers = event_about(self.till.bank, reference, kind, payment=payment)
        for row in receive_event(account_id=self.till.account.pk, body=body, headers=headers):
            try:
                apply_received(organisation_id=self.till.organisation_id, event_row_id=row.pk)
            except GatewayUnreachableError:
                continue

    def _bank_payments(self) -> Iterator[dict[str, Any]]:
        query = "/v1/payments?limit=100"
        while True:
            page = self._ask(query)
            yield from page["data"]
            if not page["has_more"]:
                return
            query = f"/v1/payments?limit=100&after={page['next']}"

    def _ask(self, path: str) -> dict[str, Any]:
        bank = self.till.bank
        answer = httpx.get(
            bank.url + path, headers={"Authorization": f"Bearer {bank.secret_key}"}, timeout=30
        )
        found: dict[str, Any] = answer.json()
        return found

    def _come_of_age(self) -> None:
        """The days go by until what was announced is due, and what was left alone may be asked about."""
        with scope(self.till.world.job):
            AutopayCharge.objects.filter(state="planned").update(
                charge_on=clock.today("UTC") - timedelta(days=1)
            )
            for model in (PaymentAttempt, GatewayRefund):
                model.objects.filter(organisation_id=self.till.organisation_id).update(
                    changed_at=clock.now() - timedelta(days=2)
                )

    def _count(self, name: str) -> None:
        with self._lock:
            self.outcome.made[name] += 1
