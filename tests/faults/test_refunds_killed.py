"""Whoever is killed at whichever step of a refund: it goes out once, and the books have it once."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from portico.access.scope import scope
from portico.kit.ids import new_id
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.reconcile import reconcile
from portico.payments.models import GatewayRefund, RefundState
from portico.testing.clients import signed_in
from tests.faults.paying import Shop

pytestmark = pytest.mark.xdist_group("faults")

REFUND = "portico.payments.actions.gateway_refunds"
GATEWAY = "portico.gateways.sandbox.gateway:SandboxGateway"
STEPS = [
    f"{GATEWAY}.refund:before",
    f"{REFUND}:settle_refund:before",
    f"{REFUND}:settle_refund:after",
]


@pytest.mark.parametrize("step", STEPS)
def test_the_web_process_dies_while_olive_pays_back(shop: Shop, step: str) -> None:
    assert shop.pay(new_id(), amount="60.00").status_code == 302
    (payment,) = shop.payments()
    shop.bank.faults(hold_events=True)
    signed = signed_in(shop.world.olive).cookies
    cookies = {name: morsel.value for name, morsel in signed.items()} | {
        **{name: value for name, value in shop.cookies.items() if value == "c" * 32},
    }  # fmt: skip
    typed = {"csrfmiddlewaretoken": "c" * 32, "amount": "25", "to": "method", "reason": ""}
    address = f"/office/do/pay-back/{payment.pk}/"
    with httpx.Client(
        base_url=shop.site.url, cookies=cookies, timeout=60, headers={"Referer": shop.site.url}
    ) as browser:
        shown = browser.post(address, data=typed)
        assert shown.status_code == 200, shown.text[:500]
        confirmed = shown.text.partition('name="confirmed" value="')[2].partition('"')[0]
        shop.crash_at(step)
        with pytest.raises(httpx.TransportError):
            browser.post(address, data=typed | {"confirmed": confirmed})
    assert shop.has_crashed
    shop.site.restart_web()
    shop.bank.behave()
    for _ in range(2):
        reconcile(organisation_id=shop.world.organisation.pk, grace=timedelta(0), patience=timedelta(0))
    with scope(shop.world.job):
        row = GatewayRefund.objects.get()
        payment.refresh_from_db()
        shop.invoice.refresh_from_db()
    assert row.state == RefundState.SUCCEEDED
    assert shop.bank.payments()[0]["amount_refunded"] == 2500
    assert str(payment.refunded) == "25.00 USD"
    assert str(shop.invoice.balance) == "65.00 USD"
    assert not selfcheck(shop.world.organisation.pk)
