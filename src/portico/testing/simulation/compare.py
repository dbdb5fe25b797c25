"""What each provider holds of each customer's money, against the books: to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx

from portico.access.scope import scope
from portico.kit.trust import trusted
from portico.ledger.models import Balance
from portico.payments.models import GatewayRefund, Payment, PaymentAttempt, RefundState, TakenBack
from portico.testing.bank import BankAccount
from portico.testing.simulation.stage import Provider, Stage

Held = Counter[UUID]
"""Cents by customer."""


def differences(stage: Stage, providers: Sequence[tuple[Provider, UUID]]) -> list[str]:
    """Each customer of whom a provider holds another sum than the books say, and each whose cash is another.

    Compared are, for each account, what the provider has charged less what it paid back or was taken from it, with
    the payments of that account in the books; and all of it, with what staff recorded, with the ledger's cash.
    """
    found: list[str] = []
    names = {each.customer.pk: each.customer.display_name for each in stage.buyers}
    total: Held = Counter()
    accounts: list[tuple[str, UUID, Held]] = []
    people = {str(each.actor.person_id): each.customer.pk for each in stage.buyers}
    for lane in stage.lanes:
        whose = _whose(stage, lane.account.pk, str)
        held: Held = Counter()
        for payment in bank_payments(lane.bank):
            if cents := held_of(lane.bank, payment):
                owner = people.get(payment["customer_reference"] or "") or whose.get(payment["id"])
                if owner is None:
                    found.append(f"{lane.account.name}: {payment['id']} over {cents} is nobody's")
                else:
                    held[owner] += cents
        accounts.append((lane.account.name, lane.account.pk, held))
    for provider, account in providers:
        whose, held = _whose(stage, account, provider.key), Counter()
        for reference, cents in provider.taken().items():
            if cents and reference not in whose:
                found.append(f"{provider.name}: {reference} over {cents} is nobody's")
            elif cents:
                held[whose[reference]] += cents
        accounts.append((provider.name, account, held))
    for name, account, held in accounts:
        total.update(held)
        books = _in_books(stage, account)
        found += _unlike(f"at {name}", names, held, books)
    total.update(_by_hand(stage))
    with scope(stage.world.job):
        rows = Balance.objects.filter(account="cash", currency="USD")
        cash: Held = Counter({row.customer_id: row.amount.to_minor() for row in rows})
    return found + _unlike("in all", names, total, cash)


def bank_payments(bank: BankAccount) -> Iterator[dict[str, Any]]:
    """All payments of an account at the sandbox bank."""
    query = "/v1/payments?limit=100"
    while True:
        page = ask(bank, query)
        yield from page["data"]
        if not page["has_more"]:
            return
        query = f"/v1/payments?limit=100&after={page['next']}"


def held_of(bank: BankAccount, payment: Mapping[str, Any]) -> int:
    """What of a payment the sandbox bank has kept for the organisation, in cents; below zero where more went back."""
    charged: int = payment["amount"] if payment["status"] == "succeeded" else 0
    gone = 0
    if payment["amount_disputed"]:
        disputes = ask(bank, f"/v1/disputes?payment={payment['id']}")["data"]
        gone = sum(each["amount"] for each in disputes if each["status"] != "won")
    return charged - int(payment["amount_refunded"]) - gone


def ask(bank: BankAccount, path: str) -> dict[str, Any]:
    """Ask the sandbox bank as its merchant."""
    headers = {"Authorization": f"Bearer {bank.secret_key}"}
    answer = httpx.get(bank.url + path, headers=headers, timeout=30, verify=trusted())
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _whose(stage: Stage, account: UUID, key: Any) -> dict[str, UUID]:
    """Which customer's each payment of an account is, as the attempts say."""
    with scope(stage.world.job):
        rows = PaymentAttempt.objects.filter(gateway_account_id=account).exclude(gateway_reference="")
        return {key(text): owner for text, owner in rows.values_list("gateway_reference", "customer_id")}


def _in_books(stage: Stage, account: UUID) -> Held:
    held: Held = Counter()
    with scope(stage.world.job):
        for payment in Payment.objects.filter(attempt__gateway_account_id=account, voided_at=None):
            held[payment.customer_id] += payment.amount.to_minor()
        mine = {"payment__attempt__gateway_account_id": account}
        for back in GatewayRefund.objects.filter(state=RefundState.SUCCEEDED, **mine):
            held[back.customer_id] -= back.amount.to_minor()
        for taken in TakenBack.objects.filter(restored_at=None, **mine):
            held[taken.customer_id] -= taken.amount.to_minor()
    return held


def _by_hand(stage: Stage) -> Held:
    held: Held = Counter()
    with scope(stage.world.job):
        for payment in Payment.objects.filter(attempt=None, voided_at=None):
            held[payment.customer_id] += payment.amount.to_minor()
    return held


def _unlike(where: str, names: Mapping[UUID, str], outside: Held, books: Held) -> list[str]:
    return [
        f"{names.get(owner, str(owner))}, {where}: outside {outside[owner]}, books {books[owner]}"
        for owner in sorted({*outside, *books}, key=str)
        if outside[owner] != books[owner]
    ]
