"""The sandbox gateway's app, which refuses to run in production."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


class SandboxConfig(AppConfig):
    name = "portico.gateways.sandbox"
    label = "sandbox_gateway"
    verbose_name = "Sandbox gateway"

    def ready(self) -> None:
        register(refuse_in_production)


def refuse_in_production(**_: Any) -> list[CheckMessage]:
    """An error wherever PORTICO_PRODUCTION is set while the sandbox is among the gateways."""
    if settings.PRODUCTION and "sandbox" in settings.GATEWAYS:
        hint = "Set PORTICO_GATEWAYS without it."
        return [Error("The sandbox gateway takes no real money.", hint=hint, id="portico.E001")]
    return []
