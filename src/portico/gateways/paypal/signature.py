"""Whether an event is PayPal's: its signature over the raw bytes, by a certificate that is PayPal's own.

https://developer.paypal.com/api/rest/webhooks/rest/ (read in November 2026): RSA with SHA-256 over
`transmission id|time|webhook id|CRC-32 of the body`. The certificate is read from where the header says, but only
from PayPal's own hosts, and it must lead to an authority that browsers trust.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from portico.gateways.paypal.places import place_of, roots_of
from portico.kit import clock
from portico.kit.trust import trusted
from portico.payments.gateway import Account, GatewayUnreachableError, SignatureError

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

_kept: dict[tuple[str, str], tuple[rsa.RSAPublicKey, datetime]] = {}
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
    try:
        _key_at(account, url).verify(signed, said, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise SignatureError("The event's signature is wrong.") from None


def _check_age(sent_at: str) -> None:
    try:
        age = clock.now() - datetime.fromisoformat(sent_at)
    except (ValueError, TypeError):
        raise SignatureError("The event's time cannot be read.") from None
    if not -AHEAD < age < OLDEST:
        raise SignatureError("The event is too old.")


def _key_at(account: Account, url: str) -> rsa.RSAPublicKey:
    """The key of the certificate at an address of PayPal's; kept, so that a flood of events asks PayPal once."""
    place = place_of(account)
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" not in place.certificate_origins or not _PATH.fullmatch(parts.path):
        raise SignatureError("The event's certificate is not at PayPal.")
    if parts.query or parts.fragment:
        raise SignatureError("The event's certificate is not at PayPal.")
    kept = _kept_key(url, place.signer)
    if kept is not None:
        return kept
    if not downloads.acquire(timeout=WAITS):
        raise GatewayUnreachableError("Other certificates are being asked for; send it again in a moment.")
    try:
        kept = _kept_key(url, place.signer)  # somebody else may have asked for the same meanwhile
        if kept is not None:
            return kept
        key, ends = _trusted(_download(url), roots_of(account), place.signer)
    finally:
        downloads.release()
    with _kept_lock:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[(url, place.signer)] = (key, min(ends, clock.now() + KEPT_FOR))
    return key


def _kept_key(url: str, signer: str) -> rsa.RSAPublicKey | None:
    with _kept_lock:
        key, until = _kept.get((url, signer), (None, clock.now()))
    return key if clock.now() < until else None


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


def _trusted(pem: bytes, roots: list[x509.Certificate], signer: str) -> tuple[rsa.RSAPublicKey, datetime]:
    """The first certificate's key and its end, if the chain leads to a root and the name is PayPal's signer."""
    try:
        leaf, *between = x509.load_pem_x509_certificates(pem)
        policy = PolicyBuilder().store(Store(roots)).time(clock.now())
        policy.build_server_verifier(x509.DNSName(signer)).verify(leaf, between)
    except (ValueError, VerificationError):
        raise SignatureError("The event's certificate is not PayPal's.") from None
    key = leaf.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("The event's certificate is not PayPal's.")
    return key, leaf.not_valid_after_utc
