"""Secrets of gateway accounts, sealed at rest: a stolen copy of the database opens none of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portico.kit.errors import PorticoError


class SealError(PorticoError):
    """A secret was sealed with another key than PORTICO_SECRET_KEY is now."""

    code = "seal_broken"
    status = 500


def seal(secrets: Mapping[str, str]) -> bytes:
    """Encrypt and sign the secrets (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _box().encrypt(json.dumps(dict(secrets)).encode())


def unseal(sealed: bytes) -> dict[str, str]:
    """Open what `seal` gave; SealError when the key is another one."""
    try:
        opened: dict[str, str] = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken:
        raise SealError("The gateway's credentials cannot be opened with this installation's key.") from None
    return opened


def _box() -> Fernet:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portico gateway credentials")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
