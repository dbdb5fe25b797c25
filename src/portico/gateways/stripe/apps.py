"""The Stripe gateway's app, which in production speaks to Stripe and to nobody else."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from portico.gateways.stripe.addresses import API, SCRIPT


class StripeConfig(AppConfig):
    name = "portico.gateways.stripe"
    label = "stripe_gateway"
    verbose_name = "Stripe"

    def ready(self) -> None:
        register(refuse_others_in_production)


def refuse_others_in_production(**_: Any) -> list[CheckMessage]:
    """An error wherever PORTICO_PRODUCTION is set while a stand-in takes Stripe's place."""
    if settings.PRODUCTION and (settings.STRIPE_API, settings.STRIPE_SCRIPT) != (API, SCRIPT):
        hint = "Unset PORTICO_STRIPE_API and PORTICO_STRIPE_SCRIPT."
        return [
            Error("Payments would go to a stand-in instead of Stripe.", hint=hint, id="portico.stripe.E001")
        ]
    return []
