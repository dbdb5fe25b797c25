"""Where Stripe is: its API, its script, and what a page with that script may load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

API: Final = "https://api.stripe.com"
SCRIPT: Final = "https://js.stripe.com/v3/"

_STRIPES: Final[Mapping[str, tuple[str, ...]]] = {
    "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
    "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    "connect-src": ("https://api.stripe.com",),
    "img-src": ("https://*.stripe.com",),
}
"""As docs.stripe.com/security/guide#content-security-policy asks."""


def sources(script: str) -> Mapping[str, tuple[str, ...]]:
    """What the page of fields loads from elsewhere, by directive; of a stand-in, its own origin only."""
    if script == SCRIPT:
        return _STRIPES
    parts = urlsplit(script)
    origin = f"{parts.scheme}://{parts.netloc}"
    return {"script-src": (origin,), "connect-src": (origin,)}
