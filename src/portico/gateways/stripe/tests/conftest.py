"""A running stand-in for Stripe, and an account at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from portico.gateways.stripe.gateway import StripeGateway
from portico.gateways.stripe.tests.bench import StripeBench
from portico.gateways.stripe.tests.fake_stripe import Accounts, running_stripe
from portico.kit.ids import new_id
from portico.payments.gateway import (
    Account,
)


@pytest.fixture(scope="module")
def accounts() -> Iterator[Accounts]:
    """A running stand-in."""
    with running_stripe() as made, override_settings(STRIPE_API=made.url):
        yield made


@pytest.fixture
def bench(accounts: Accounts) -> StripeBench:
    stripe = accounts.open(str(new_id()))
    public = {"publishable_key": stripe.publishable_key}
    secrets = {"secret_key": stripe.secret_key, "webhook_secret": stripe.webhook_secret}
    return StripeBench(stripe, StripeGateway(), Account(new_id(), public, secrets))
