"""Tells the demo's story: each thing happens at its moment, in the order of moments."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from portico.access.scope import scope
from portico.config.demo.cast import Cast
from portico.config.demo.goods import GOODS, Good
from portico.customers.models import Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.items.models import Item
from portico.kit import clock
from portico.kit.money import Money
from portico.payments.actions.record import record_payment
from portico.payments.models import Payment, PaymentMode
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax

RATES: Final = {"USD": Decimal(1), "EUR": Decimal("0.92"), "JPY": Decimal(150)}
"""What one dollar on the price list costs elsewhere."""
SALES_TAX: Final = Tax("WA sales tax", Decimal("10.25"))

DELIVERED_OF_FIVE: Final = 2


class Teller:
    """Holds what is going to happen, and the few things every part of the story does."""

    def __init__(self, cast: Cast, items: dict[str, Item]) -> None:
        self.cast = cast
        self.items = items
        self.zone = ZoneInfo(cast.organisation.time_zone)
        self.today = clock.today(cast.organisation.time_zone)
        self._latest = clock.now() - timedelta(minutes=1)
        self.random = Random(1042)  # noqa: S311 (the same story each time)
        self._order = count()
        self._coming: list[tuple[datetime, int, Callable[[], object]]] = []

    def day(self, days_ago: int) -> date:
        """The calendar day so many days before today; a negative number lies ahead."""
        return self.today - timedelta(days=days_ago)

    def at(self, days_ago: int, what: Callable[[], object], *, hour: int = 10) -> None:
        """Let something happen on a day, at an hour of the organisation's; never later than now."""
        moment = datetime.combine(self.day(days_ago), time(hour, 12), self.zone).astimezone(UTC)
        heapq.heappush(self._coming, (min(moment, self._latest), next(self._order), what))

    def tell(self) -> None:
        """Let everything happen; what happens may let more happen later."""
        while self._coming:
            moment, _, what = heapq.heappop(self._coming)
            with clock.held_at(moment):
                what()

    def now(self) -> date:
        """The day that is being told."""
        return clock.today(self.cast.organisation.time_zone)

    def money(self, customer: Customer, amount: str) -> Money:
        """An amount in the customer's currency."""
        return Money.of(amount, customer.currency)

    def lines(self, customer: Customer, *wanted: tuple[str, int], currency: str = "") -> list[LineDraft]:
        """Lines for these goods and quantities, at the customer's currency (or another one) and taxes."""
        by_sku = {good.sku: good for good in GOODS}
        return [self._line(customer, by_sku[sku], quantity, currency) for sku, quantity in wanted]

    def usual_lines(self, customer: Customer) -> list[LineDraft]:
        """What they usually buy: two to five goods and sometimes a delivery."""
        goods = self.random.sample(GOODS[:-1], self.random.randint(2, 5))
        lines = [self._line(customer, good, self.random.randint(2, 28)) for good in goods]
        if self.random.randint(1, 5) <= DELIVERED_OF_FIVE:
            lines.append(self._line(customer, GOODS[-1], 1))
        return lines

    def _line(self, customer: Customer, good: Good, quantity: int, currency: str = "") -> LineDraft:
        paid_in = currency or customer.currency
        rate = Money.rounded(good.rate * RATES[paid_in], paid_in).amount
        return LineDraft(
            name=good.name,
            description=good.description,
            sku=good.sku,
            unit=good.unit,
            item_id=self.items[good.sku].pk,
            quantity=Decimal(quantity),
            rate=rate,
            taxes=(SALES_TAX,) if customer.tax_treatment == Customer.TaxTreatment.TAXABLE else (),
        )

    def draft(
        self, customer: Customer, lines: list[LineDraft], reference: str = "", currency: str = ""
    ) -> Invoice:
        """A draft of today's, in the customer's currency or another one."""
        written = InvoiceDraft(
            date=self.now(),
            lines=lines,
            currency=currency or customer.currency,
            reference=reference,
            notes="Thank you for your order.",
            terms="Goods remain ours until they are paid. Breakages are reported within seven days.",
        )
        return draft_invoice(actor=self.cast.owner, customer=customer, draft=written)

    def invoice(
        self, customer: Customer, lines: list[LineDraft], reference: str = "", currency: str = ""
    ) -> Invoice:
        """An invoice of today's."""
        return issue_invoice(actor=self.cast.owner, invoice=self.draft(customer, lines, reference, currency))

    def fresh(self, invoice: Invoice) -> Invoice:
        """The invoice as it stands now."""
        with scope(self.cast.owner):
            return Invoice.objects.visible_to(self.cast.owner).get(pk=invoice.pk)

    def pay(
        self,
        invoice: Invoice,
        amount: Money | None = None,
        *,
        more: Money | None = None,
        mode: PaymentMode = PaymentMode.BANK_TRANSFER,
    ) -> Payment:
        """A payment of an invoice's balance, or of a part; `more` is what was paid too much."""
        part = amount or self.fresh(invoice).balance
        with scope(self.cast.owner):
            customer = Customer.objects.get(pk=invoice.customer_id)
        reference = f"{self.random.choice('NWKT')}{self.random.randint(100_000, 999_999)}"
        return record_payment(
            actor=self.cast.owner,
            customer=customer,
            amount=part + more if more else part,
            date=self.now(),
            mode=mode,
            reference=reference,
            allocations={invoice.pk: part},
            payer_name=customer.display_name,
        )
