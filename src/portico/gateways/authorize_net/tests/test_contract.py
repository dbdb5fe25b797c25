"""The contract of gateways, at the stand-in for Authorize.Net."""

from __future__ import annotations

from typing import ClassVar

from portico.kit.money import Money
from portico.payments.gateway import Intent, Observed, Seen
from portico.testing.gateway_contract import Bench, GatewayContract, pay


class TestAuthorizeNet(GatewayContract):
    """Cards in dollars; what is different here is said where it is."""

    amounts: ClassVar[tuple[tuple[str, str, int], ...]] = (("60.00", "USD", 6000),)

    def paid(self, bench: Bench, intent: Intent) -> Observed:
        """Charged, and settled, since a part is paid back only then."""
        seen = super().paid(bench, intent)
        bench.settle(seen.reference)
        return seen

    def test_where_the_customer_is_asked_it_says_where_to_go(self, bench: Bench) -> None:
        """Authorize.Net asks the customer nothing; a payment may be held for the merchant to look at."""
        intent = self.intent()
        reference = bench.gateway.start(bench.account, intent).reference
        seen = bench.gateway.confirm(bench.account, intent, reference, bench.card_that_asks())
        assert seen.state is Seen.PROCESSING
        assert bench.charged("USD") == 0
        assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.PROCESSING
        bench.approve(reference)
        assert bench.gateway.fetch(bench.account, reference).state is Seen.READY
        assert bench.gateway.confirm(bench.account, intent, reference, "").state is Seen.SUCCEEDED
        assert bench.charged("USD") == 6000

    def test_cents_and_dollars_stay_what_they_are(self, bench: Bench) -> None:
        for amount in ("0.01", "0.10", "19.99", "12345.60"):
            seen = pay(bench, self.intent(amount), bench.good_card())
            assert (seen.state, seen.amount) == (Seen.SUCCEEDED, Money.of(amount, "USD"))
        assert bench.charged("USD") == 1 + 10 + 1999 + 1234560
