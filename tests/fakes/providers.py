"""All stand-ins for providers at once, each with one account, and what each has taken of whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.test import override_settings

from portico.gateways.authorize_net.api import _client
from portico.gateways.authorize_net.numbers import read_reference
from portico.gateways.authorize_net.tests.benches import AuthorizeNetBench, open_bench
from portico.gateways.gocardless.reading import REFERENCE
from portico.gateways.gocardless.tests.bench import GoCardlessBench, bench_at
from portico.gateways.paypal.tests.bench import PayPalBench, make_bench
from portico.gateways.stripe.gateway import StripeGateway
from portico.gateways.stripe.tests.bench import StripeBench
from portico.gateways.stripe.tests.fake_stripe import FakeStripe, running_stripe
from portico.kit.ids import new_id
from portico.payments.gateway import Account
from portico.testing.gateway_contract import Bench
from tests.fakes.authorize_net import CHARGED, running_authorize_net
from tests.fakes.gocardless import running_gocardless
from tests.fakes.paypal import running_paypal

HELD = ("FDSAuthorizedPendingReview", "FDSPendingReview")
REFUNDED = ("refundPendingSettlement", "refundSettledSuccessfully")


@dataclass(frozen=True)
class StandIn:
    """One account at a stand-in, and its own books of it."""

    name: str
    bench: Bench
    taken: Callable[[], Mapping[str, int]]
    key: Callable[[str], str] = str
    days_go_by: Callable[[], None] = lambda: None


@contextmanager
def running_providers() -> Iterator[tuple[StandIn, ...]]:
    """Stripe, PayPal, Authorize.Net and GoCardless, each on a port of its own."""
    with (
        running_stripe() as stripe,
        running_paypal() as paypal,
        running_authorize_net() as authorize_net,
        running_gocardless() as gocardless,
        override_settings(STRIPE_API=stripe.url),
    ):
        yield (
            _at_stripe(stripe.open(str(new_id()))),
            _at_paypal(make_bench(paypal, paypal.url)),
            _at_authorize_net(open_bench(authorize_net)),
            _at_gocardless(bench_at(gocardless)),
        )
    _client().close()
    _client.cache_clear()


def _at_stripe(stripe: FakeStripe) -> StandIn:
    public = {"publishable_key": stripe.publishable_key}
    secrets = {"secret_key": stripe.secret_key, "webhook_secret": stripe.webhook_secret}

    def taken() -> Mapping[str, int]:
        with stripe.lock:
            return Counter(
                {
                    each["payment_intent"]: each["amount"] - each["amount_refunded"]
                    for each in stripe.keep.all("charge")
                    if each["status"] == "succeeded"
                }
            )

    return StandIn("Stripe", StripeBench(stripe, StripeGateway(), Account(new_id(), public, secrets)), taken)


def _at_paypal(bench: PayPalBench) -> StandIn:
    def taken() -> Mapping[str, int]:
        held: Counter[str] = Counter()
        with bench.fake.lock:
            for order, _currency, amount in bench.merchant.charged:
                held[order] += int(amount * 100)
            for reference, each in bench.merchant.orders.items():
                for refund in each["purchase_units"][0].get("payments", {}).get("refunds", ()):
                    held[reference] -= int(Decimal(refund["amount"]["value"]) * 100)
        return held

    return StandIn("PayPal", bench, taken)


def _at_authorize_net(bench: AuthorizeNetBench) -> StandIn:
    merchant = bench.merchant

    def taken() -> Mapping[str, int]:
        held: Counter[str] = Counter()
        with merchant.lock:
            for each in merchant.transactions.values():
                cents = int(Decimal(each["settleAmount"]) * 100)
                if each["transactionStatus"] in CHARGED and each["transactionType"] != "refundTransaction":
                    held[each["order"]["invoiceNumber"]] += cents
                elif each["transactionStatus"] in REFUNDED:
                    charge = merchant.transactions[each["refTransId"]]
                    held[charge["order"]["invoiceNumber"]] -= cents
        return held

    def close_the_day() -> None:
        """What was held is looked at and let through, and what is captured settles."""
        with merchant.lock:
            held = [each for each in merchant.transactions.values() if each["transactionStatus"] in HELD]
            for each in held:
                authorised = each["transactionStatus"] == HELD[0]
                each["transactionStatus"] = (
                    "authorizedPendingCapture" if authorised else "capturedPendingSettlement"
                )
            merchant.settle()

    return StandIn(
        "Authorize.Net", bench, taken, lambda reference: read_reference(reference).number, close_the_day
    )


def _at_gocardless(bench: GoCardlessBench) -> StandIn:
    def taken() -> Mapping[str, int]:
        held: Counter[str] = Counter()
        with bench.books.lock:
            for each in bench.books.rows["payments"].values():
                charged = each["amount"] if each["status"] in ("confirmed", "paid_out") else 0
                held[each["metadata"].get(REFERENCE, each["id"])] += charged - each["amount_refunded"]
        return held

    def pay_back() -> None:
        with bench.books.lock:
            for each in bench.books.rows["refunds"].values():
                each["status"] = "paid"

    return StandIn("GoCardless", bench, taken, days_go_by=pay_back)
