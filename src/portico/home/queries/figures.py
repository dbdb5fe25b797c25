"""The five figures of Home, by currency (S3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from portico.access.actors import ContactActor
from portico.home.ageing import Ageing
from portico.home.queries.parts import OWN, Rows, answers
from portico.kit.money import Money
from portico.ledger.models import Account
from portico.payments.models import PENDING

_RETAINERS: Final = "open retainers"
_PENDING: Final = "pending"
_AWAITING: Final = "awaiting"
_NOTHING: Final = (Decimal(0), 0)
_Found: TypeAlias = dict[tuple[str, str], tuple[Decimal, int]]
"""A sum and how many it counts, by currency and account or one of the names above."""

SUMS: Final = f"""
SELECT currency, account AS name, amount::text AS sum, 0 AS number
  FROM ledger_balance WHERE {OWN} AND account IN ('receivable', 'credit', 'retainer')
UNION ALL
SELECT currency, '{_RETAINERS}', sum(balance)::text, count(*)
  FROM retainers_retainerinvoice WHERE {OWN} AND status <> 'draft' AND balance > 0
 GROUP BY currency
UNION ALL
SELECT currency, '{_PENDING}', sum(amount)::text, count(*)
  FROM payments_paymentattempt WHERE {OWN} AND state = ANY(%(pending)s)
 GROUP BY currency
UNION ALL
SELECT currency, 'awaiting', sum(amount)::text, count(*)
  FROM transfers_transfernotice WHERE {OWN} AND state = 'awaiting'
 GROUP BY currency
"""  # noqa: S608 (constants)
"""Kept balances, open retainer invoices, pending attempts and notices of transfers, by currency and name."""


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """The five figures of one currency (S3.1), and what of them is on its way."""

    currency: str
    available_retainer: Money
    outstanding_retainers: Money
    outstanding_retainer_count: int
    outstanding_invoices: Money
    outstanding_invoice_count: int
    late_invoice_count: int
    available_credits: Money
    on_its_way: Money
    on_its_way_count: int
    awaiting: Money

    @property
    def balance(self) -> Money:
        """What is asked for less what the organisation holds of the customer; below zero, it owes the customer."""
        asked = self.outstanding_invoices + self.outstanding_retainers
        return asked - self.available_credits - self.available_retainer

    @property
    def balance_payable(self) -> Money:
        """The balance, not below zero."""
        return max(self.balance, Money.zero(self.currency))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about this currency."""
        return not any(
            (
                self.available_retainer,
                self.outstanding_retainers,
                self.outstanding_invoices,
                self.available_credits,
                self.on_its_way,
            )
        )


def figures(
    actor: ContactActor, outstanding: Sequence[Ageing], base_currency: str
) -> tuple[HomeFigures, ...]:
    """The five figures for each currency that has any, the customer's own first; one statement.

    A customer with a history and all of it settled gets zeros in its own currency; a new one gets nothing.

    Args:
        actor: a contact person with *view billing*.
        outstanding: what is open on invoices, from `ageing()`.
        base_currency: the customer's own.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    (sums,) = answers(actor, SUMS, pending=list(PENDING))
    return figures_from(sums, outstanding, base_currency)


def figures_from(sums: Rows, outstanding: Sequence[Ageing], base_currency: str) -> tuple[HomeFigures, ...]:
    """The figures of what `SUMS` answered."""
    found = {(row["currency"], row["name"]): (Decimal(row["sum"]), row["number"]) for row in sums}
    invoices = {each.currency: each for each in outstanding}
    currencies = invoices.keys() | {currency for currency, _ in found}
    every = [_figures(currency, invoices.get(currency), found) for currency in currencies]
    shown = [each for each in every if not each.is_empty]
    if not shown:
        shown = [each for each in every if each.currency == base_currency] or every[:1]
    return tuple(sorted(shown, key=lambda each: (each.currency != base_currency, each.currency)))


def _figures(currency: str, open_: Ageing | None, found: _Found) -> HomeFigures:
    def sum_of(name: str) -> Money:
        return Money(found.get((currency, name), _NOTHING)[0], currency)

    def count_of(name: str) -> int:
        return found.get((currency, name), _NOTHING)[1]

    return HomeFigures(
        currency=currency,
        # What the organisation owes stands in the ledger below zero.
        available_retainer=-sum_of(Account.RETAINER),
        outstanding_retainers=sum_of(_RETAINERS),
        outstanding_retainer_count=count_of(_RETAINERS),
        outstanding_invoices=open_.total if open_ else Money.zero(currency),
        outstanding_invoice_count=open_.count if open_ else 0,
        late_invoice_count=open_.late_count if open_ else 0,
        available_credits=-sum_of(Account.CREDIT),
        on_its_way=sum_of(_PENDING),
        awaiting=sum_of(_AWAITING),
        on_its_way_count=count_of(_PENDING),
    )
