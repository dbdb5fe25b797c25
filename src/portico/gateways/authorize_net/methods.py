"""Saved cards and bank accounts: customer payment profiles (CIM)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any, Final

from portico.gateways.authorize_net.api import DUPLICATE, MISSING, AnswerError, Api
from portico.gateways.authorize_net.numbers import hashed
from portico.payments.gateway import GatewayUnreachableError, MethodKind, Owner, SavedSeen

DESCRIPTOR: Final = "COMMON.ACCEPT.INAPP.PAYMENT"
"""What every nonce of Accept.js is."""
_BRANDS: Final = {
    "AmericanExpress": "American Express",
    "MasterCard": "Mastercard",
    "DinersClub": "Diners Club",
}
_DESCRIPTION: Final = "Customer of the portal"


def keep(api: Api, owner: Owner, token: str, *, ask_bank: bool) -> tuple[str, str, bool]:
    """Keep what is behind a nonce for a person, under a customer profile of theirs, which is made once.

    Args:
        api: the account's.
        owner: whose it is.
        token: the nonce.
        ask_bank: whether the card's bank is asked for its yes to nothing; else the charge that follows asks it.

    Returns:
        The customer profile, the payment profile, and whether that is new: the same card again is the same profile.

    Raises:
        AnswerError: the nonce is used or too old, or the card is declined.
    """
    customer = owner.reference or _customer(api, owner)
    first, _, last = owner.name.strip().rpartition(" ")
    try:
        made = api.ask(
            "createCustomerPaymentProfile",
            customerProfileId=customer,
            paymentProfile={
                "billTo": {"firstName": first[:50], "lastName": last[:50]},
                "payment": {"opaqueData": {"dataDescriptor": DESCRIPTOR, "dataValue": token}},
            },
            validationMode="liveMode" if ask_bank else "none",
        )
    except AnswerError as error:
        existing = error.answer.get("customerPaymentProfileId")
        if error.number != DUPLICATE or not existing:
            raise
        return customer, str(existing), False
    return customer, str(made["customerPaymentProfileId"]), True


def remove(api: Api, customer: str, method: str) -> None:
    """Delete a payment profile; one that is gone is fine."""
    try:
        api.ask("deleteCustomerPaymentProfile", customerProfileId=customer, customerPaymentProfileId=method)
    except AnswerError as error:
        if error.number != MISSING:
            raise


def saved(api: Api, customer: str, method: str) -> SavedSeen | None:
    """What a person recognises a payment profile by; None where it is gone."""
    try:
        found = api.ask(
            "getCustomerPaymentProfile",
            customerProfileId=customer,
            customerPaymentProfileId=method,
            unmaskExpirationDate="true",
        )["paymentProfile"]
    except AnswerError as error:
        if error.number != MISSING:
            raise
        return None
    payment = found["payment"]
    if bank := payment.get("bankAccount"):
        name = str(bank.get("bankName") or "Bank account")
        return SavedSeen(method, customer, MethodKind.BANK, name, str(bank["accountNumber"])[-4:])
    card = payment["creditCard"]
    brand = str(card.get("cardType") or "Card")
    return SavedSeen(
        method,
        customer,
        MethodKind.CARD,
        _BRANDS.get(brand, brand),
        str(card["cardNumber"])[-4:],
        _expires(str(card.get("expirationDate", ""))),
    )


def saved_in(api: Api, details: dict[str, Any]) -> SavedSeen | None:
    """The payment profile that a transaction was charged to."""
    profile = details.get("profile") or {}
    customer, method = profile.get("customerProfileId"), profile.get("customerPaymentProfileId")
    return saved(api, str(customer), str(method)) if customer and method else None


def _customer(api: Api, owner: Owner) -> str:
    """The person's customer profile: made, or found by the same values."""
    name = hashed(f"owner {owner.id}")
    try:
        profile = {"merchantCustomerId": name, "description": _DESCRIPTION}
        return str(api.ask("createCustomerProfile", profile=profile)["customerProfileId"])
    except AnswerError as error:
        if error.number != DUPLICATE:
            raise
        if found := re.search(r"ID ([0-9]+)", str(error)):
            return found[1]
    found_profile = api.ask("getCustomerProfile", merchantCustomerId=name)["profile"]
    if not found_profile.get("customerProfileId"):
        raise GatewayUnreachableError("Authorize.Net does not show the customer's profile yet.")
    return str(found_profile["customerProfileId"])


def _expires(text: str) -> date | None:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return date(year, month, monthrange(year, month)[1])
