"""Checking what was typed into the hosted fields, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from portico.sandbox_bank.instruments import (
    AMEX_CVC,
    BANK_NAME,
    Instrument,
    find_account,
    find_card,
    is_far,
    is_past,
    luhn,
    read_expiry,
    routing_is_valid,
)
from portico.sandbox_bank.problems import Problem
from portico.sandbox_bank.reading import optional_text
from portico.sandbox_bank.texts import TEXTS

CARD_FIELDS: Final = ("number", "expiry", "cvc", "name", "address", "city", "postal_code", "country")
ACCOUNT_FIELDS: Final = ("routing", "account", "holder", "account_type")
NO_POSTAL_CODES: Final = frozenset(
    {"AE", "AO", "BO", "BS", "BW", "BZ", "GH", "HK", "JM", "PA", "QA", "UG", "ZW"}
)
"""Countries that use none, or none that people know (Universal Postal Union, addressing)."""
LONGEST: Final = 200


def read_instrument(body: Mapping[str, object], *, language: str) -> Instrument:
    """The card or bank account that was typed in.

    Raises:
        Problem: 422 with a sentence in ``language`` for every field that is wrong.
    """
    kind = body.get("kind")
    if kind not in {"card", "bank_account"}:
        raise Problem(422, "parameter_invalid", "kind must be card or bank_account.", param="kind")
    names, check = (CARD_FIELDS, _card) if kind == "card" else (ACCOUNT_FIELDS, _account)
    values = {name: optional_text(body, name, longest=LONGEST).strip() for name in names}
    return _checked(values, check, TEXTS[language])


def _checked(
    values: dict[str, str],
    check: Callable[[dict[str, str], dict[str, str]], Instrument | None],
    texts: Mapping[str, str],
) -> Instrument:
    wrong: dict[str, str] = {}
    for name, value in values.items():
        if not value and not (name == "postal_code" and values.get("country") in NO_POSTAL_CODES):
            wrong[name] = f"{name}_missing"
    instrument = check(values, wrong)
    if wrong or instrument is None:
        errors = {name: texts[wrong[name]] for name in values if name in wrong}
        raise Problem(422, "fields_invalid", texts["fix"], errors=errors)
    return instrument


def _card(values: dict[str, str], wrong: dict[str, str]) -> Instrument | None:
    number = re.sub(r"[ -]", "", values["number"])
    card = find_card(number)
    if not luhn(number):
        wrong.setdefault("number", "number_invalid")
    elif card is None:
        # Perhaps a real card: it is refused before anything is made of it.
        wrong.setdefault("number", "number_not_test")
    expiry = read_expiry(values["expiry"])
    if expiry is None or is_far(expiry[1]):
        wrong.setdefault("expiry", "expiry_invalid")
    elif is_past(*expiry):
        wrong.setdefault("expiry", "expiry_past")
    digits = AMEX_CVC if card is not None and card.brand == "amex" else 3
    if not re.fullmatch(rf"[0-9]{{{digits}}}", values["cvc"]):
        wrong.setdefault("cvc", "cvc_invalid")
    if values["country"] == "US" and not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", values["postal_code"]):
        wrong.setdefault("postal_code", "postal_code_invalid")
    if not re.fullmatch(r"[A-Z]{2}", values["country"]):
        wrong.setdefault("country", "country_missing")
    if wrong or card is None or expiry is None:
        return None
    return Instrument("card", card.brand, number[-4:], expiry[0], expiry[1], None, card.outcome)


def _account(values: dict[str, str], wrong: dict[str, str]) -> Instrument | None:
    routing, number = (re.sub(r"[ -]", "", values[name]) for name in ("routing", "account"))
    if not routing_is_valid(routing):
        wrong.setdefault("routing", "routing_invalid")
    if not re.fullmatch(r"[0-9]{4,17}", number):
        wrong.setdefault("account", "account_invalid")
    found = find_account(routing, number)
    if found is None and not wrong.keys() & {"routing", "account"}:
        wrong["account"] = "account_not_test"
    if values["account_type"] not in {"checking", "savings"}:
        wrong.setdefault("account_type", "account_type_missing")
    if wrong or found is None:
        return None
    return Instrument("bank_account", None, number[-4:], None, None, BANK_NAME, found.outcome)
