"""Sign-in by OpenID Connect and SAML: the file that PORTICO_SIGN_IN names, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.utils.text import slugify

_OIDC: Final = frozenset({"server", "client_id", "client_secret"})
_SAML: Final = frozenset({"entity_id", "sso_url", "certificate"})
_ALL: Final = frozenset(
    {"id", "name", "domains", "portals", "addresses_are_verified", "second_factor", "email_attribute"}
)


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """One identity provider: how it is spoken to, and for which addresses its word is taken."""

    protocol: str
    """“openid_connect” or “saml”."""
    id: str
    """In its addresses."""
    name: str
    """On its button."""
    domains: frozenset[str]
    """Addresses of these domains, and no others, may come in through it."""
    portals: frozenset[str]
    """Names of portals on whose sign-in page its button stands; empty: it is found by the address alone."""
    addresses_are_verified: bool
    """Whether its word suffices that an address is its holder's, where it does not say so for each."""
    second_factor: bool
    """Whether it asks for a second factor itself, so that we need not."""
    settings: dict[str, str]
    """What the protocol needs."""

    @property
    def login_path(self) -> str:
        """Where signing in through it begins."""
        kind = "oidc" if self.protocol == "openid_connect" else "saml"
        return f"/account/{kind}/{self.id}/login/"


def read_providers(path: str) -> tuple[SignInProvider, ...]:
    """The providers of a TOML file; none without a file.

    Raises:
        ImproperlyConfigured: the file cannot be read, or a provider lacks what it needs.
    """
    if not path:
        return ()
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"PORTICO_SIGN_IN: {error}") from error
    unknown = set(given) - {"openid_connect", "saml"}
    if unknown:
        raise ImproperlyConfigured(f"PORTICO_SIGN_IN: unknown tables {', '.join(sorted(unknown))}.")
    found = tuple(_provider(kind, each) for kind, tables in given.items() for each in tables)
    if len({each.id for each in found}) != len(found):
        raise ImproperlyConfigured("PORTICO_SIGN_IN: each provider needs an id of its own.")
    return found


def allauth_providers(providers: tuple[SignInProvider, ...]) -> dict[str, Any]:
    """The same in the form of allauth's SOCIALACCOUNT_PROVIDERS."""
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [_oidc(each) for each in providers if each.protocol == "openid_connect"],
        },
        "saml": {"APPS": [_saml(each) for each in providers if each.protocol == "saml"]},
    }


def _provider(kind: str, table: dict[str, Any]) -> SignInProvider:
    what = f"PORTICO_SIGN_IN: {kind} {table.get('id', '(without id)')}"
    needed = _OIDC if kind == "openid_connect" else _SAML
    missing = sorted((needed | {"id", "name", "domains"}) - set(table))
    if missing:
        raise ImproperlyConfigured(f"{what} lacks {', '.join(missing)}.")
    unknown = sorted(set(table) - needed - _ALL)
    if unknown:
        raise ImproperlyConfigured(f"{what} has unknown settings: {', '.join(unknown)}.")
    if slugify(table["id"]) != table["id"]:
        raise ImproperlyConfigured(f"{what}: an id has small letters, digits and hyphens.")
    domains = frozenset(str(each).strip().lower() for each in table["domains"])
    if not domains or not all("." in each and "*" not in each and "@" not in each for each in domains):
        raise ImproperlyConfigured(f"{what}: domains lists whole domains such as greenleaf.example.")
    return SignInProvider(
        protocol=kind,
        id=table["id"],
        name=str(table["name"]),
        domains=domains,
        portals=frozenset(str(each).lower() for each in table.get("portals", ())),
        addresses_are_verified=table.get("addresses_are_verified", False) is True,
        second_factor=table.get("second_factor", False) is True,
        settings={key: str(table[key]) for key in (*needed, "email_attribute") if key in table},
    )


def _oidc(provider: SignInProvider) -> dict[str, Any]:
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "client_id": provider.settings["client_id"],
        "secret": provider.settings["client_secret"],
        "settings": {"server_url": provider.settings["server"].rstrip("/"), "fetch_userinfo": True},
    }


def _saml(provider: SignInProvider) -> dict[str, Any]:
    given = provider.settings
    settings: dict[str, Any] = {
        "idp": {
            "entity_id": given["entity_id"],
            "sso_url": given["sso_url"],
            "x509cert": given["certificate"],
        },
        # An assertion without a signature of its own is none, whatever is signed around it.
        "advanced": {"want_assertion_signed": True, "reject_idp_initiated_sso": True, "strict": True},
    }
    if "email_attribute" in given:
        settings["attribute_mapping"] = {"email": given["email_attribute"], "uid": given["email_attribute"]}
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "client_id": provider.id,
        "settings": settings,
    }
