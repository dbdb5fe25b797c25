"""Disputes about a capture, as PayPal's resolution centre has them."""

from __future__ import annotations

from typing import Any, Final

import httpx

from portico.gateways.paypal import amounts, api, orders
from portico.payments.gateway import Account, DisputeSeen, DisputeState, GatewayUnreachableError

_LOST: Final = ("RESOLVED_BUYER_FAVOUR", "ACCEPTED")
_OPEN: Final = ("OPEN", "WAITING_FOR_SELLER_RESPONSE")


def about(account: Account, capture_id: str) -> tuple[DisputeSeen, ...]:
    """The disputes about one capture; none where the app at PayPal may not read disputes (the guide says how)."""
    try:
        found = api.get(account, "/v1/customer/disputes", {"disputed_transaction_id": capture_id})
    except api.PayPalRefusedError as refused:
        if refused.http_status in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
            return ()
        raise
    return tuple(_seen(account, item) for item in found.get("items") or ())


def _seen(account: Account, item: dict[str, Any]) -> DisputeSeen:
    try:
        reference, status = str(item["dispute_id"]), str(item["status"])
        if status == "RESOLVED":  # only the dispute itself tells how it ended
            item = {**item, **api.get(account, f"/v1/customer/disputes/{api.part(reference)}")}
        state = _state(item, status)
        inquiry = item.get("dispute_life_cycle_stage") == "INQUIRY"
        return DisputeSeen(
            reference=reference,
            amount=amounts.read(item["dispute_amount"]),
            state=state,
            reason=str(item.get("reason") or ""),
            evidence_due=orders.moment(item.get("seller_response_due_date")),
            money_taken=state is DisputeState.LOST or (state is not DisputeState.WON and not inquiry),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GatewayUnreachableError("PayPal's answer about a dispute cannot be read.") from error


def _state(item: dict[str, Any], status: str) -> DisputeState:
    if status == "RESOLVED":
        outcome = (item.get("dispute_outcome") or {}).get("outcome_code")
        return DisputeState.LOST if outcome in _LOST else DisputeState.WON
    return DisputeState.OPEN if status in _OPEN else DisputeState.UNDER_REVIEW
