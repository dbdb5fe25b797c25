"""Where Stripe is: its API, its script, and what a page with that script may load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

API: Final = "https://api.stripe.com"
SCRIPT: Final = "https://js.stripe.com/endive/stripe.js"
"""Of the release that the API version of the `stripe` package is of: both know the same options (stripejs-versioning)."""

_STRIPES: Final[Mapping[str, tuple[str, ...]]] = {
    "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
    "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    "connect-src": ("https://api.stripe.com",),
}
"""What docs.stripe.com/security/guide#content-security-policy lists for Stripe.js, without the maps that only its Address
Element asks."""
_LOCALES: Final = (
    "ar", "bg", "cs", "da", "de", "el", "en", "en-AU", "en-CA", "en-GB", "en-NZ", "es", "es-419", "es-ES", "et", "fi",
    "fil", "fr", "fr-CA", "fr-FR", "he", "hr", "hu", "id", "it", "it-IT", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl",
    "no", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip
"""As the types of Stripe.js name them."""


def locale_of(language: str) -> str:
    """A language as Stripe.js knows it; "auto", the browser's, where it does not."""
    whole, main = language.replace("_", "-"), language.replace("_", "-").split("-")[0]
    known = {each.lower(): each for each in _LOCALES}
    return known.get(whole.lower()) or known.get(main.lower(), "auto")


def sources(script: str) -> Mapping[str, tuple[str, ...]]:
    """What the page of fields loads from elsewhere, by directive; of a stand-in, its own origin only."""
    if script == SCRIPT:
        return _STRIPES
    parts = urlsplit(script)
    origin = f"{parts.scheme}://{parts.netloc}"
    return {"script-src": (origin,), "connect-src": (origin,)}
