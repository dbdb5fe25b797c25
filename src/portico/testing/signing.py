"""Events as the sandbox bank signs them, made here so that they can come when a test wants them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from portico.kit.ids import new_id
from portico.testing.bank import BankAccount


def event_about(
    bank: BankAccount,
    reference: str,
    kind: str = "payment.succeeded",
    *,
    payment: Mapping[str, Any] | None = None,
) -> tuple[bytes, dict[str, str]]:
    """A signed event about a payment of the bank's: body and headers (Standard Webhooks).

    Args:
        bank: whose secret signs it.
        reference: the bank's id of the payment.
        kind: what is said to have happened.
        payment: what the event says of it; as the bank has it when not given.
    """
    known = payment or next(each for each in bank.payments() if each["id"] == reference)
    content = {"id": f"evt_{new_id()}", "type": kind, "created": "", "data": {"payment": known}}
    body, when = json.dumps(content).encode(), str(int(time.time()))
    key = base64.b64decode(bank.webhook_secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{content['id']}.{when}.".encode() + body, hashlib.sha256).digest()
    return body, {
        "webhook-id": str(content["id"]),
        "webhook-timestamp": when,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
