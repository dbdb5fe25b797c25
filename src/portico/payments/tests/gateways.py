"""Gateways whose fields are not hosted: the sandbox's, with the same bank behind them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings

from portico.gateways.sandbox.gateway import SandboxGateway
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.gateway import Account, Capabilities, FieldsPage, MethodKind, Wish
from portico.payments.models import GatewayAccount
from portico.payments.tests.making import SETTINGS
from portico.testing.people import World


class PagedGateway(SandboxGateway):
    """Its script runs in a page of ours."""

    key: ClassVar[str] = "paged"
    name: ClassVar[str] = "Paged"

    def fields(self, account: Account, wish: Wish) -> FieldsPage:  # type: ignore[override]
        """The base page with nothing in it."""
        sources = {
            "script-src": ("https://js.provider.example",),
            "frame-src": ("https://js.provider.example",),
            "connect-src": ("https://api.provider.example",),
            "style-src": ("'unsafe-inline'",),
        }
        return FieldsPage("payments/fields.html", {"key": account.public["publishable_key"]}, sources)


class ElsewhereGateway(SandboxGateway):
    """The customer agrees on its own site."""

    key: ClassVar[str] = "elsewhere"
    name: ClassVar[str] = "PayElsewhere"
    capabilities: ClassVar[Capabilities] = Capabilities(wallet=True)

    def fields(self, account: Account, wish: Wish) -> None:  # type: ignore[override]
        """None of ours."""
        assert wish.kind is MethodKind.WALLET


NAMES = {each.key: f"{__name__}.{each.__name__}" for each in (PagedGateway, ElsewhereGateway)}
GATEWAYS = {**settings.GATEWAYS, **NAMES}
"""The setting with these among the others."""


def an_account(world: World, gateway: str, name: str) -> GatewayAccount:
    """An account at one of them, with a bank behind it that does not answer."""
    return add_gateway_account(actor=world.olive, gateway=gateway, name=name, settings=SETTINGS)
