"""Northwind's account at the sandbox bank, opened through the bank's control API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx

NAME: Final = "Northwind Traders"


def open_account(bank_url: str, *, webhook_url: str = "", parents: Sequence[str] = ()) -> dict[str, str]:
    """Open the account, or find it again; returns the settings of a gateway account for it.

    Args:
        bank_url: where the bank listens.
        webhook_url: where it tells us what happened.
        parents: origins of pages that may show its card fields.
    """
    body: dict[str, object] = {"name": NAME}
    if webhook_url:
        body["webhook_url"] = webhook_url
    if parents:
        body["parent_origins"] = list(parents)
    answer = httpx.post(f"{bank_url}/control/accounts", json=body, timeout=10)
    answer.raise_for_status()
    account = answer.json()
    return {
        "url": bank_url,
        **{name: account[name] for name in ("publishable_key", "secret_key", "webhook_secret")},
    }
