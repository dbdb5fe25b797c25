"""The page of paying offers what each gateway can charge this customer with, each typed where the gateway wants it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit.errors import InvalidError
from portico.kit.ids import new_id
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.models import PaymentAttempt
from portico.payments.tests.gateways import GATEWAYS, an_account
from portico.payments.tests.making import SETTINGS, card_account
from portico.payments.views.fields import policy
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture(autouse=True)
def _with_other_gateways(settings: Any) -> None:
    settings.GATEWAYS = GATEWAYS


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


@pytest.fixture
def maya(world: World) -> Client:
    return signed_in(world.maya)


def let_pay_by_bank(world: World) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)


def ways(client: Client, invoice: Invoice) -> list[str]:
    page = client.get(f"/pay/?invoice={invoice.pk}").content.decode()
    return re.findall(r'name="way" value="([^"]+)"', page)


def send(client: Client, way: str, invoice: Invoice, **more: str) -> Any:
    data = {
        "submission_key": str(new_id()),
        "way": way,
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "100.00",
        **more,
    }
    return client.post("/pay/", data)


def attempts(world: World) -> list[PaymentAttempt]:
    with scope(world.job):
        return list(PaymentAttempt.objects.visible_to(world.job))


def test_a_bank_account_is_offered_only_to_customers_flagged_for_it(
    world: World, invoice: Invoice, maya: Client
) -> None:
    account = card_account(world)
    assert ways(maya, invoice) == [f"{account.pk}:card"]
    refused = send(maya, f"{account.pk}:bank_debit", invoice, token="tok")
    assert refused.status_code == 422
    assert b"not offered" in refused.content
    let_pay_by_bank(world)
    assert ways(maya, invoice) == [f"{account.pk}:card", f"{account.pk}:bank_debit"]
    send(maya, f"{account.pk}:bank_debit", invoice, token="tok")
    assert [each.mode for each in attempts(world)] == ["bank_debit"]


def test_where_the_customer_agrees_elsewhere_no_token_is_asked_for(
    world: World, invoice: Invoice, maya: Client
) -> None:
    account = an_account(world, "elsewhere", "Wallet")
    assert ways(maya, invoice) == [f"{account.pk}:wallet"]
    page = maya.get(f"/pay/?invoice={invoice.pk}").content
    assert b"You go to PayElsewhere to agree, and come back" in page
    assert b"<iframe" not in page
    assert send(maya, f"{account.pk}:wallet", invoice).status_code == 302
    assert [each.mode for each in attempts(world)] == ["wallet"]


def test_where_fields_are_shown_a_token_is_asked_for(world: World, invoice: Invoice, maya: Client) -> None:
    account = card_account(world)
    assert send(maya, f"{account.pk}:card", invoice).status_code == 422
    assert send(maya, f"{account.pk}:card", invoice, token="x" * 4001).status_code == 422
    assert send(maya, "", invoice, token="tok").status_code == 422
    for nonsense in ("card", f"{account.pk}:gold", f"{account.pk}", "saved:"):
        assert send(maya, nonsense, invoice, token="tok").status_code == 404, nonsense
    assert attempts(world) == []


def frame_of(client: Client, invoice: Invoice) -> str:
    page = client.get(f"/pay/?invoice={invoice.pk}").content.decode()
    found = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_gateways_script_runs_in_a_page_of_its_own_that_only_ours_may_frame(
    world: World, invoice: Invoice, maya: Client
) -> None:
    account = an_account(world, "paged", "Card")
    around = maya.get(f"/pay/?invoice={invoice.pk}")
    assert "provider.example" not in around["Content-Security-Policy"]
    assert around["X-Frame-Options"] == "DENY"
    address = frame_of(maya, invoice)
    assert address == f"/pay/fields/{account.pk}/card/?currency=USD&amount=100.00"
    page = maya.get(address)
    assert (page.status_code, page["X-Frame-Options"]) == (200, "SAMEORIGIN")
    rules = dict(each.split(" ", 1) for each in page["Content-Security-Policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self' https://js.provider.example",
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "frame-src": "https://js.provider.example",
        "connect-src": "https://api.provider.example",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    assert 'data-amount="100.00"' in page.content.decode()
    assert "app.js" not in page.content.decode()


def test_fields_are_shown_for_what_can_be_paid_so_and_for_nothing_else(
    world: World, invoice: Invoice, maya: Client
) -> None:
    account, hosted = an_account(world, "paged", "Card"), card_account(world, "Hosted")
    good = f"/pay/fields/{account.pk}/card/?currency=USD"
    assert maya.get(good).status_code == 200
    for wrong in (
        f"/pay/fields/{account.pk}/bank_debit/?currency=USD",
        f"/pay/fields/{account.pk}/gold/?currency=USD",
        f"/pay/fields/{account.pk}/card/",
        f"/pay/fields/{account.pk}/card/?currency=ZZZ",
        f"/pay/fields/{account.pk}/card/?currency=USD&amount=-1",
        f"/pay/fields/{account.pk}/card/?currency=USD&amount=NaN",
        f"/pay/fields/{hosted.pk}/card/?currency=USD",
        f"/pay/fields/{new_id()}/card/?currency=USD",
    ):
        assert maya.get(wrong).status_code == 404, wrong


@pytest.mark.parametrize(
    "sources",
    [
        {"script-src": ("'unsafe-inline'",)},
        {"script-src": ("https://a.example; frame-ancestors *",)},
        {"script-src": ("https://a.example https://b.example",)},
        {"script-src": ("https:",)},
        {"script-src": ("*",)},
        {"frame-ancestors": ("https://a.example",)},
        {"default-src": ("https://a.example",)},
    ],
    ids=["inline", "injected", "two", "all-https", "all", "ancestors", "default"],
)
def test_a_gateway_lets_in_addresses_and_nothing_wider(sources: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="may not have"):
        policy(sources)


def test_an_account_is_offered_in_its_own_currencies_alone(world: World, maya: Client) -> None:
    yen = Books(world.olive, world.greenleaf, "JPY").invoice("1200")
    account = add_gateway_account(
        actor=world.olive, gateway="sandbox", name="Dollars", settings=SETTINGS | {"currencies": "usd, EUR"}
    )
    assert ways(maya, yen) == []
    assert f"/pay/?invoice={yen.pk}" not in maya.get(f"/invoices/{yen.pk}/").content.decode()
    with pytest.raises(InvalidError, match="not offered"):
        start_payment(
            actor=world.maya,
            submission_key=new_id(),
            gateway_account_id=account.pk,
            lines=[PayLine(yen.pk, yen.balance)],
        )
    dollars = Books(world.olive, world.greenleaf).invoice("100.00")
    assert ways(maya, dollars) == [f"{account.pk}:card"]
    anything = add_gateway_account(actor=world.olive, gateway="sandbox", name="All", settings=SETTINGS)
    assert ways(maya, yen) == [f"{anything.pk}:card"]
    assert f"/pay/?invoice={yen.pk}" in maya.get(f"/invoices/{yen.pk}/").content.decode()


def test_currencies_that_a_gateway_cannot_take_are_not_listed_for_its_account(world: World) -> None:
    for wrong in ("USD, ZZZ", "DOLLARS"):
        with pytest.raises(InvalidError) as refused:
            add_gateway_account(
                actor=world.olive, gateway="sandbox", name="Card", settings=SETTINGS | {"currencies": wrong}
            )
        assert refused.value.field == "currencies"
