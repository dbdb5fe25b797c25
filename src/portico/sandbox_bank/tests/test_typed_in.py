"""What the bank itself says to what was typed: a browser's checks are a courtesy, these are the rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from portico.sandbox_bank.tests.merchants import Merchant

CARD = {
    "kind": "card",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 2039",
    "cvc": "123",
    "name": "Maya Lindqvist",
    "address": "12 Orchard Lane",
    "city": "Portland",
    "postal_code": "97201-1234",
    "country": "US",
}
ACCOUNT = {
    "kind": "bank_account",
    "routing": "110000000",
    "account": "000123456789",
    "holder": "Greenleaf Gardens",
    "account_type": "savings",
}


def ask(merchant: Merchant, typed: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and content of the answer to what was typed."""
    url = f"{merchant.bank.url}/fields/{merchant.account.publishable_key}/tokens"
    answer = merchant.bank.http.post(url, json=typed)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "typed", [CARD, ACCOUNT, {**CARD, "country": "HK", "postal_code": ""}, {**CARD, "expiry": "0139"}]
)
def test_what_is_right_becomes_a_token(northwind: Merchant, typed: dict[str, str]) -> None:
    status, content = ask(northwind, typed)
    assert status == 201
    assert content["token"].startswith("tok_")


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({**CARD, "number": "4242424242424241"}, "number", "typing mistake"),
        ({**CARD, "number": "4111111111111111"}, "number", "sandbox"),
        ({**CARD, "number": ""}, "number", "Enter"),
        ({**CARD, "expiry": "01/20"}, "expiry", "expired"),
        ({**CARD, "expiry": "13/39"}, "expiry", "month and year"),
        ({**CARD, "expiry": "12/99"}, "expiry", "month and year"),
        ({**CARD, "cvc": "1234"}, "cvc", "3 digits"),
        ({**CARD, "number": "378282246310005"}, "cvc", "American Express 4"),
        ({**CARD, "name": " "}, "name", "Enter"),
        ({**CARD, "postal_code": "9720"}, "postal_code", "5 digits"),
        ({**CARD, "country": "DE", "postal_code": ""}, "postal_code", "Enter"),
        ({**CARD, "country": "Germany"}, "country", "Choose"),
        ({**ACCOUNT, "routing": "110000001"}, "routing", "9 digits"),
        ({**ACCOUNT, "account": "12"}, "account", "4 to 17"),
        ({**ACCOUNT, "account": "000123456788"}, "account", "sandbox"),
        ({**ACCOUNT, "account_type": "gold"}, "account_type", "Choose"),
    ],
)
def test_what_is_wrong_is_named(northwind: Merchant, typed: dict[str, str], field: str, says: str) -> None:
    status, content = ask(northwind, typed)
    assert (status, content["code"]) == (422, "fields_invalid")
    assert list(content["errors"]) == [field]
    assert says in content["errors"][field]


def test_a_card_is_good_to_the_end_of_its_month(northwind: Merchant) -> None:
    today = datetime.now(UTC)
    assert ask(northwind, {**CARD, "expiry": f"{today:%m/%y}"})[0] == 201


def test_neither_a_strange_kind_nor_a_strange_key_gets_anything(northwind: Merchant) -> None:
    assert ask(northwind, {"kind": "cash"})[1]["param"] == "kind"
    assert ask(northwind, {**CARD, "name": "x" * 201})[1]["param"] == "name"
    url = f"{northwind.bank.url}/fields/pk_none/tokens"
    assert northwind.bank.http.post(url, json=CARD).status_code == 404
