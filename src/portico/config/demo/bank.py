"""Northwind's account at the sandbox bank, opened through the bank's control API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def card_token(account: Mapping[str, str], number: str, expiry: str, name: str) -> str:
    """What the bank's own fields give for a card that is typed into them."""
    address = {"address": "1 Pier Street", "city": "Seattle", "postal_code": "98101", "country": "US"}
    card = {"kind": "card", "number": number, "expiry": expiry, "cvc": "123", "name": name}
    answer = httpx.post(
        f"{account['url']}/fields/{account['publishable_key']}/tokens",
        json=card | address,
        headers={"Origin": account["url"]},
        timeout=10,
    )
    answer.raise_for_status()
    return str(answer.json()["token"])


def at_control(bank_url: str, what: str, **about: str) -> None:
    """Have the bank do something to the account: pay out what has come in, or dispute a payment."""
    accounts = httpx.get(f"{bank_url}/control/accounts", timeout=10).json()["data"]
    mine = next(each["id"] for each in accounts if each["name"] == NAME)
    httpx.post(f"{bank_url}/control/accounts/{mine}/{what}", json=about, timeout=10).raise_for_status()
