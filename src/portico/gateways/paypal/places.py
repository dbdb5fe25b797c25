"""Where PayPal is: its two addresses, and a stand-in's on this machine, which production never speaks to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from django.conf import settings as django_settings

from portico.payments.gateway import Account, GatewayRefusedError


@dataclass(frozen=True, slots=True)
class Place:
    """One PayPal: where its API is, which origins serve its certificates, and whom those certificates name."""

    api: str
    certificate_origins: frozenset[str]
    signer: str


_PLACES: Final = {
    "live": Place(
        "https://api-m.paypal.com",
        frozenset({"https://api.paypal.com", "https://api-m.paypal.com"}),
        "messageverificationcerts.paypal.com",
    ),
    "sandbox": Place(
        "https://api-m.sandbox.paypal.com",
        frozenset({"https://api.sandbox.paypal.com", "https://api-m.sandbox.paypal.com"}),
        "messageverificationcerts.sandbox.paypal.com",
    ),
}


def place_of(account: Account) -> Place:
    """The PayPal of an account: by its mode; nobody types an address.

    A test's account names a stand-in under `stand_in`, which is no setting and so cannot be given by staff.
    """
    stand_in = account.public.get("stand_in", "")
    if stand_in and not django_settings.PRODUCTION and urlsplit(stand_in).hostname == "127.0.0.1":
        origin = account.public.get("stand_in_certificates", stand_in)
        return Place(stand_in, frozenset({origin}), _PLACES["sandbox"].signer)
    try:
        return _PLACES[account.public["mode"].strip().lower()]
    except KeyError:
        raise GatewayRefusedError("The mode is “live” or “sandbox”.", field="mode") from None


def roots_of(account: Account) -> list[x509.Certificate]:
    """Whom a certificate must lead to: the authorities that browsers trust, or a stand-in's own."""
    pem = account.public.get("stand_in_root", "") if place_of(account) not in _PLACES.values() else ""
    if pem:
        return x509.load_pem_x509_certificates(pem.encode())
    return x509.load_pem_x509_certificates(Path(certifi.where()).read_bytes())
