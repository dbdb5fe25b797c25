"""Paying at other providers, or at what stands in for them."""

from __future__ import annotations

from typing import Any

from portico.payments.gateway import MethodKind
from portico.testing.simulation import faults
from portico.testing.simulation.desk import MANDATE, Desk, whole
from portico.testing.simulation.ways import refund


def elsewhere(desk: Desk) -> None:
    """One invoice at one of them: a card, a debit or a wallet, new or kept; agreed to and settled, or not."""
    provider, account = desk.luck.choice(desk.providers)
    bench = provider.bench
    kinds = bench.gateway.capabilities.kinds("USD")
    kind = desk.luck.choice(sorted(kinds))
    method = desk.method(account)
    more: dict[str, Any] = {"kind": kind, "mandate": MANDATE if kind is MethodKind.BANK else None}
    if method is not None and method.kind == kind and desk.chance(0.5):
        more["method_id"], token = method.pk, lambda: ""
    else:
        more["save"] = desk.chance(0.3)
        usual = bench.good_bank if kind is MethodKind.BANK else bench.good_card
        [token] = desk.luck.choices((usual, bench.declined_card, bench.card_that_asks), (8, 1, 1))
        if kind is MethodKind.BANK and token is bench.card_that_asks:
            token = usual
    if desk.fault and desk.fault not in faults.ABOUT_EVENTS:
        bench.lose_next_answer()
    attempt = desk.pay(whole(desk.invoice()), token, account=account, **more)
    if attempt.state == "needs_action" and desk.chance(0.85):
        bench.approve(attempt.gateway_reference)
        attempt = desk.ask(attempt)
    if attempt.state == "processing" and desk.chance(0.5):
        bench.settle(attempt.gateway_reference)
        attempt = desk.ask(attempt)
    if attempt.state == "succeeded":
        if desk.chance(0.3):
            for _ in range(2):
                desk.deliver(*bench.event_about(attempt.gateway_reference), account=account)
        if desk.chance(0.15):
            refund(desk, attempt)
