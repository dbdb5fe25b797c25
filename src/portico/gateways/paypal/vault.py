"""Wallets that PayPal keeps for later (vault v3), saved without paying."""

from __future__ import annotations

from typing import Any

import httpx

from portico.gateways.paypal import api, orders
from portico.payments.gateway import (
    Account,
    GatewayGoneError,
    GatewayUnreachableError,
    MethodKind,
    SavedSeen,
    Saving,
    SavingSeen,
    Seen,
    StoredMethod,
)


def begin(account: Account, saving: Saving) -> SavingSeen:
    """Ask PayPal for a page on which the customer agrees."""
    wallet = {
        "usage_type": "MERCHANT",
        "customer_type": "CONSUMER",
        "experience_context": orders.experience(saving.return_url, paying=False),
    }
    body: dict[str, Any] = {"payment_source": {"paypal": wallet}}
    if saving.owner.reference:
        body["customer"] = {"id": saving.owner.reference}
    return _standing(api.post(account, "/v3/vault/setup-tokens", body, key=str(saving.id)))


def look(account: Account, saving: Saving, reference: str) -> SavingSeen:
    """Ask how it stands; what the customer has agreed to is kept now, once, whoever asks how often."""
    try:
        seen = _standing(api.get(account, f"/v3/vault/setup-tokens/{api.part(reference)}"))
    except api.PayPalRefusedError as refused:
        if refused.http_status == httpx.codes.NOT_FOUND:  # PayPal keeps what nobody agreed to for three days
            raise GatewayGoneError(refused.message) from None
        raise
    if seen.state is not Seen.READY:
        return seen
    body = {"payment_source": {"token": {"id": reference, "type": "SETUP_TOKEN"}}}
    try:
        kept = api.post(account, "/v3/vault/payment-tokens", body, key=f"{saving.id}-keep")
    except api.PayPalRefusedError as refused:
        return SavingSeen(reference, Seen.FAILED, failure_message=refused.message)
    try:
        wallet = kept["payment_source"]["paypal"]
        saved = SavedSeen(
            str(kept["id"]), str(kept["customer"]["id"]), MethodKind.WALLET, orders.label(wallet)
        )
    except (KeyError, TypeError) as error:
        raise GatewayUnreachableError("PayPal's answer about a saved account cannot be read.") from error
    return SavingSeen(reference, Seen.SUCCEEDED, saved)


def remove(account: Account, method: StoredMethod) -> None:
    """Have PayPal keep it no longer; what is gone already is fine."""
    try:
        api.delete(account, f"/v3/vault/payment-tokens/{api.part(method.reference)}")
    except api.PayPalRefusedError as refused:
        if refused.http_status != httpx.codes.NOT_FOUND:
            raise


def _standing(token: dict[str, Any]) -> SavingSeen:
    try:
        reference, status = str(token["id"]), token["status"]
    except KeyError as error:
        raise GatewayUnreachableError("PayPal's answer about saving cannot be read.") from error
    if status in ("APPROVED", "VAULTED"):
        return SavingSeen(reference, Seen.READY)
    return SavingSeen(reference, Seen.NEEDS_ACTION, action_url=orders.link(token, "approve", "payer-action"))
