"""Whether an event is PayPal's: its signature over the raw bytes, by a certificate that is PayPal's own.

https://developer.paypal.com/api/rest/webhooks/rest/ (read in November 2026): RSA with SHA-256 over
`transmission id|time|webhook id|CRC-32 of the body`. The certificate is read from where the header says, but only
from PayPal's own hosts, and it must lead to an authority that browsers trust. PayPal gives it without the authority
between, so that mostly nobody can follow it there: then PayPal itself is asked about the first event that a
certificate's key has signed (verify-webhook-signature), and the key is believed from then on.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from portico.gateways.paypal import api
from portico.gateways.paypal.places import place_of, roots_of
from portico.kit import clock
from portico.kit.trust import trusted
from portico.payments.gateway import (
    Account,
    GatewayRefusedError,
    GatewayUnreachableError,
    SignatureError,
)

OLDEST: Final = timedelta(days=4)
"""PayPal goes on delivering an event for three days, with the time of its first transmission."""
AHEAD: Final = timedelta(minutes=5)
KEPT_FOR: Final = timedelta(hours=12)
MOST_KEPT: Final = 8
LONGEST_CERTIFICATE: Final = 50_000
TIMEOUT: Final = 8.0
WAITS: Final = 0.5
"""Seconds for which an event waits until fewer certificates are being asked for."""
_PATH: Final = re.compile(r"/v1/notifications/certs/CERT-[0-9A-Za-z-]{1,80}")


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate's key; `is_proven` once it leads to an authority, or PayPal has said yes to what it signed."""

    key: rsa.RSAPublicKey
    until: datetime
    is_proven: bool


_kept: dict[tuple[str, str], Signer] = {}
_kept_lock = threading.Lock()
downloads = threading.BoundedSemaphore(2)
"""Whoever sends events that name ever new certificates keeps no more threads than these waiting for PayPal."""


def verify(account: Account, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise SignatureError unless PayPal signed exactly these bytes for this account's webhook."""
    given = {name.lower(): value for name, value in headers.items()}
    sent_id, sent_at, signature, url, algorithm = (
        given.get(f"paypal-{name}", "")
        for name in ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    )
    webhook_id = account.public.get("webhook_id", "")
    if not (sent_id and sent_at and signature and url and algorithm):
        raise SignatureError("The event is not signed.")
    if not webhook_id:
        raise SignatureError("This account has no webhook ID yet, so that no event can be verified.")
    if algorithm != "SHA256withRSA":
        raise SignatureError("The event is signed in an unknown way.")
    _check_age(sent_at)
    try:
        signed = base64.b64decode(signature, validate=True)
    except binascii.Error:
        raise SignatureError("The event's signature cannot be read.") from None
    said = f"{sent_id}|{sent_at}|{webhook_id}|{zlib.crc32(body)}".encode()
    signer = _signer_at(account, url)
    try:
        signer.key.verify(signed, said, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise SignatureError("The event's signature is wrong.") from None
    if not signer.is_proven:
        asked = {
            "auth_algo": algorithm,
            "cert_url": url,
            "transmission_id": sent_id,
            "transmission_sig": signature,
            "transmission_time": sent_at,
            "webhook_id": webhook_id,
        }
        _ask_paypal(account, asked, body)
        _keep((url, place_of(account).signer), replace(signer, is_proven=True))


def _ask_paypal(account: Account, asked: Mapping[str, str], body: bytes) -> None:
    try:
        said = api.verification(account, asked, body)
    except GatewayRefusedError:
        raise SignatureError("PayPal does not know the event's certificate.") from None
    if said.get("verification_status") != "SUCCESS":
        raise SignatureError("PayPal does not know the event's certificate.")


def _check_age(sent_at: str) -> None:
    try:
        age = clock.now() - datetime.fromisoformat(sent_at)
    except (ValueError, TypeError):
        raise SignatureError("The event's time cannot be read.") from None
    if not -AHEAD < age < OLDEST:
        raise SignatureError("The event is too old.")


def _signer_at(account: Account, url: str) -> Signer:
    """The key of the certificate at an address of PayPal's; kept, so that a flood of events asks PayPal once."""
    place = place_of(account)
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" not in place.certificate_origins or not _PATH.fullmatch(parts.path):
        raise SignatureError("The event's certificate is not at PayPal.")
    if parts.query or parts.fragment:
        raise SignatureError("The event's certificate is not at PayPal.")
    kept = _kept_at(url, place.signer)
    if kept is not None:
        return kept
    if not downloads.acquire(timeout=WAITS):
        raise GatewayUnreachableError("Other certificates are being asked for; send it again in a moment.")
    try:
        kept = _kept_at(url, place.signer)  # somebody else may have asked for the same meanwhile
        if kept is not None:
            return kept
        made = _read(_download(url), roots_of(account), place.signer)
    finally:
        downloads.release()
    _keep((url, place.signer), made)
    return made


def _keep(key: tuple[str, str], signer: Signer) -> None:
    with _kept_lock:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = signer


def _kept_at(url: str, name: str) -> Signer | None:
    with _kept_lock:
        found = _kept.get((url, name))
    return found if found and clock.now() < found.until else None


def _download(url: str) -> bytes:
    try:
        answer = httpx.get(url, timeout=TIMEOUT, follow_redirects=False, verify=trusted())
    except httpx.HTTPError as error:
        raise GatewayUnreachableError(
            f"PayPal's certificate was not to be had: {type(error).__name__}."
        ) from None
    if answer.status_code >= 500:  # noqa: PLR2004
        raise GatewayUnreachableError("PayPal's certificate was not to be had.")
    if not answer.is_success or len(answer.content) > LONGEST_CERTIFICATE:
        raise SignatureError("The event's certificate does not exist.")
    return answer.content


def _read(pem: bytes, roots: list[x509.Certificate], signer: str) -> Signer:
    """The first certificate's key, if it is good today and named after PayPal's signer; proven where the chain leads
    to a root.
    """
    try:
        leaf, *between = x509.load_pem_x509_certificates(pem)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        is_named = signer in names.get_values_for_type(x509.DNSName)
    except (ValueError, x509.ExtensionNotFound):
        is_named = False
    if not is_named or not leaf.not_valid_before_utc < clock.now() < leaf.not_valid_after_utc:
        raise SignatureError("The event's certificate is not PayPal's.")
    key, until = leaf.public_key(), min(leaf.not_valid_after_utc, clock.now() + KEPT_FOR)
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("The event's certificate is not PayPal's.")
    try:
        policy = PolicyBuilder().store(Store(roots)).time(clock.now())
        policy.build_server_verifier(x509.DNSName(signer)).verify(leaf, between)
    except (ValueError, VerificationError):
        return Signer(key, until, is_proven=False)
    return Signer(key, until, is_proven=True)
