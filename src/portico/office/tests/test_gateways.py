"""Olive connects a gateway: its keys are tried, kept sealed, shown to nobody, and kept when she changes the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from portico.access.scope import scope
from portico.kit.ids import new_id
from portico.payments.accounts import open_account
from portico.payments.models import GatewayAccount, GatewayCredential
from portico.sandbox_bank.running import running_bank
from portico.testing.bank import BankAccount
from portico.testing.bank import open_account as open_at_bank
from portico.testing.clients import signed_in
from portico.testing.people import World

CONNECT = "admin:connect-sandbox"


@pytest.fixture(scope="module")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running bank."""
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank.url


@pytest.fixture
def bank(bank_url: str) -> BankAccount:
    """An account at the bank."""
    return open_at_bank(bank_url, f"office {new_id()}")


def _accounts(world: World) -> list[GatewayAccount]:
    with scope(world.job):
        return list(GatewayAccount.objects.filter(organisation=world.organisation))


def test_keys_that_the_gateway_refuses_are_not_kept_and_not_repeated(world: World, bank: BankAccount) -> None:
    wrong = {**bank.settings, "secret_key": "sk_very_wrong", "name": "Card"}
    answer = signed_in(world.olive).post(reverse(CONNECT), wrong)
    assert answer.status_code == 422
    assert "does not accept this" in answer.context["form"].errors["secret_key"][0], "said at its field"
    assert "sk_very_wrong" not in answer.content.decode()
    assert _accounts(world) == []


@pytest.mark.parametrize("key", ["sk_live_12…", "sk\u200b_test"], ids=["shortened", "with a hidden sign"])
def test_a_key_that_was_copied_wrongly_is_said_at_its_field(
    world: World, bank: BankAccount, key: str
) -> None:
    answer = signed_in(world.olive).post(
        reverse(CONNECT), {**bank.settings, "secret_key": key, "name": "Card"}
    )
    assert answer.status_code == 422
    assert "Copy it again" in answer.content.decode()
    assert _accounts(world) == []


def test_a_gateway_that_cannot_be_reached_is_not_kept(world: World, bank: BankAccount) -> None:
    gone = {**bank.settings, "url": "http://127.0.0.1:9", "name": "Card"}
    answer = signed_in(world.olive).post(reverse(CONNECT), gone)
    assert "could not be reached" in answer.content.decode()
    assert _accounts(world) == []


def test_good_keys_are_sealed_and_the_page_says_where_events_go(world: World, bank: BankAccount) -> None:
    client = signed_in(world.olive)
    shown = client.post(reverse(CONNECT), {**bank.settings, "name": "Card"}, follow=True).content.decode()
    [account] = _accounts(world)
    assert f"/webhooks/{account.pk}/" in shown
    assert bank.secret_key not in shown
    with scope(world.job):
        sealed = bytes(GatewayCredential.objects.get(gateway_account=account).sealed)
    assert bank.secret_key.encode() not in sealed


def test_a_second_account_needs_a_name_of_its_own(world: World, bank: BankAccount) -> None:
    client = signed_in(world.olive)
    for name, status in (("Card", 302), ("Card", 409), ("Card in euros", 302)):
        answer = client.post(reverse(CONNECT), {**bank.settings, "name": name})
        assert answer.status_code == status
        assert ("Another account has this name" in answer.content.decode()) == (status == 409)
    second = next(each for each in _accounts(world) if each.name == "Card in euros")
    address = reverse("admin:edit-gateway", args=[second.pk])
    assert client.post(address, {**bank.settings, "name": "Card"}).status_code == 409
    assert sorted(each.name for each in _accounts(world)) == ["Card", "Card in euros"]


def test_secrets_left_empty_stay_as_they_are(world: World, bank: BankAccount) -> None:
    client = signed_in(world.olive)
    client.post(reverse(CONNECT), {**bank.settings, "name": "Card"})
    [account] = _accounts(world)
    address = reverse("admin:edit-gateway", args=[account.pk])
    assert bank.secret_key not in client.get(address).content.decode()
    changed = {**bank.settings, "secret_key": "", "webhook_secret": "", "name": "Pay by card"}
    assert client.post(address, changed).status_code == 302
    assert [each.name for each in _accounts(world)] == ["Pay by card"]
    _gateway, opened = open_account(world.organisation.pk, account.pk)
    assert opened.secrets == {"secret_key": bank.secret_key, "webhook_secret": bank.webhook_secret}
