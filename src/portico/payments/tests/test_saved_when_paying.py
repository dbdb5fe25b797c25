"""A person pays with a card or account they saved before; nobody else does, and nobody after it was removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.autopay.actions import start_autopay
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.selfcheck import selfcheck
from portico.organisations.actions.edit import edit_preferences
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.gateway import MethodKind
from portico.payments.models import GatewayAccount, PaymentAttempt, SavedMethod
from portico.payments.tests.making import card_account, card_at_bank, saved_card
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.sharing.links.tests.making import share, without_confirming
from portico.testing.bank import BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact
from portico.testing.together import together


@pytest.fixture
def account(world: World) -> GatewayAccount:
    return card_account(world)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


def form(way: str, *invoices: Invoice, **more: str) -> dict[str, Any]:
    return {
        "submission_key": str(new_id()),
        "way": way,
        "invoice": [str(each.pk) for each in invoices],
        **{f"amount-{each.pk}": "100.00" for each in invoices},
        **more,
    }


def saved(method: SavedMethod) -> str:
    return f"saved:{method.pk}"


def attempts(world: World) -> list[PaymentAttempt]:
    with scope(world.job):
        return list(PaymentAttempt.objects.visible_to(world.job).order_by("created_at"))


def radios(client: Client, invoice: Invoice) -> dict[str, str]:
    page = client.get(f"/pay/?invoice={invoice.pk}").content.decode()
    return dict(re.findall(r'name="way" value="([^"]+)"([^>]*)>', page))


def pay(actor: ContactActor, method: SavedMethod, invoice: Invoice) -> PaymentAttempt:
    return start_payment(
        actor=actor,
        submission_key=new_id(),
        gateway_account_id=method.gateway_account_id,
        lines=[PayLine(invoice.pk, Money.of("100.00", "USD"))],
        method_id=method.pk,
    )


def test_what_has_expired_comes_last_and_cannot_be_chosen(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    today = clock.today("UTC")
    old = saved_card(world.maya, account, "1111", expires=today - timedelta(days=1), default=True)
    good = saved_card(world.maya, account, "4242", expires=today + timedelta(days=400))
    found = radios(signed_in(world.maya), invoice)
    assert list(found) == [saved(good), saved(old), f"{account.pk}:card"]
    assert list(found.values()) == [" checked", " disabled", ""]
    page = signed_in(world.maya).get(f"/pay/?invoice={invoice.pk}").content.decode()
    assert "Expired" in page
    refused = signed_in(world.maya).post("/pay/", form(saved(old), invoice))
    assert refused.status_code == 422
    assert "has expired" in refused.content.decode()
    assert attempts(world) == []


def test_nobody_elses_method_is_shown_or_charged(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    with scope(world.job):
        customer = Customer.objects.get(pk=world.greenleaf.pk)
        pia = make_contact(customer, "Pia", frozenset(Permission), tag=world.tag, company="greenleaf")
    of_ines = saved_card(world.ines, account, "3333")
    colleagues = saved_card(pia, account, "2222")
    maya = signed_in(world.maya)
    assert list(radios(maya, invoice)) == [f"{account.pk}:card"]
    for theirs in (colleagues, of_ines):
        answer = maya.post("/pay/", form(saved(theirs), invoice))
        assert answer.status_code == 422
        assert "not there any more" in answer.content.decode()
        with pytest.raises(NotFoundError):
            pay(world.maya, theirs, invoice)
    assert attempts(world) == []


def test_one_that_is_removed_while_the_page_is_open_is_not_charged(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    card = saved_card(world.maya, account, "4242")
    maya = signed_in(world.maya)
    assert saved(card) in radios(maya, invoice)
    with scope(world.job):
        SavedMethod.objects.filter(pk=card.pk).update(removed_at=clock.now(), is_default=False)
    answer = maya.post("/pay/", form(saved(card), invoice))
    assert answer.status_code == 422
    with pytest.raises(InvalidError, match="was removed"):
        pay(world.maya, card, invoice)
    assert attempts(world) == []


def test_a_mandate_for_another_currency_is_not_offered_charged_or_used_by_autopay(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    mandate = saved_card(world.maya, account, "3000", currency="EUR")
    maya = signed_in(world.maya)
    assert list(radios(maya, invoice)) == [f"{account.pk}:card"]
    answer = maya.post("/pay/", form(saved(mandate), invoice))
    assert answer.status_code == 422
    with pytest.raises(InvalidError, match="pays in EUR only"):
        pay(world.maya, mandate, invoice)
    assert attempts(world) == []
    assert maya.get(f"/autopay/start/{mandate.pk}/").status_code == 404
    with pytest.raises(InvalidError):
        start_autopay(actor=world.maya, method_id=mandate.pk, maximum=None, agreement="Yes", agreed_from=None)
    assert "Pays in EUR only" in maya.get("/payment-methods/").content.decode()


def test_one_of_an_account_that_is_not_offered_is_not_charged(world: World, invoice: Invoice) -> None:
    one, other = card_account(world, "One"), card_account(world, "Other")
    card = saved_card(world.maya, one, "4242")
    with pytest.raises(InvalidError):
        start_payment(
            actor=world.maya,
            submission_key=new_id(),
            gateway_account_id=other.pk,
            lines=[PayLine(invoice.pk, Money.of("100.00", "USD"))],
            method_id=card.pk,
        )
    with scope(world.job):
        GatewayAccount.objects.filter(pk=one.pk).update(is_active=False)
    assert list(radios(signed_in(world.maya), invoice)) == [f"{other.pk}:card"]
    with pytest.raises(InvalidError):
        pay(world.maya, card, invoice)


def test_a_public_link_never_shows_or_charges_one(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    without_confirming(world)
    card = saved_card(world.maya, account, "4242")
    link = share(world.olive, invoice)
    page = Client().get(link.at("pay/")).content.decode()
    assert "ending 4242" not in page
    assert "future transactions" not in page
    answer = Client().post(link.at("pay/"), form(saved(card), invoice))
    assert answer.status_code == 422
    kept = Client().post(
        link.at("pay/"),
        form(f"{account.pk}:card", invoice, token="tok", **{f"save-{account.pk}:card": "on"}),
    )
    assert kept.status_code == 422
    assert attempts(world) == []


def test_the_tick_box_is_there_and_is_heeded_only_with_preference_16(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    maya, way = signed_in(world.maya), f"{account.pk}:card"
    words = b"Use this card for future transactions"
    edit_preferences(actor=world.olive, customers_may_save_methods=False)
    assert words not in maya.get(f"/pay/?invoice={invoice.pk}").content
    ticked = {f"save-{way}": "on"}
    assert maya.post("/pay/", form(way, invoice, token="tok", **ticked)).status_code == 422
    edit_preferences(actor=world.olive, customers_may_save_methods=True)
    assert words in maya.get(f"/pay/?invoice={invoice.pk}").content
    assert maya.post("/pay/", form(way, invoice, token="tok", **ticked)).status_code == 302
    assert [each.saves_method for each in attempts(world)] == [True]


def test_what_is_agreed_to_for_a_debit_is_shown_and_kept(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    maya, way = signed_in(world.maya), f"{account.pk}:bank_debit"
    page = maya.get(f"/pay/?invoice={invoice.pk}").content.decode()
    assert "I authorise Northwind Traders, through its payment provider Sandbox, to debit" in page
    maya.post("/pay/", form(way, invoice, token="tok"), HTTP_USER_AGENT="Firefox", REMOTE_ADDR="192.0.2.7")
    (attempt,) = attempts(world)
    assert attempt.mandate["ip"] == "192.0.2.7"
    assert attempt.mandate["user_agent"] == "Firefox"
    assert "I authorise Northwind Traders" in attempt.mandate["words"]
    assert attempt.mandate["words"].endswith("Amount: $100.00.")
    with pytest.raises(InvalidError, match="Agree"):
        start_payment(
            actor=world.maya,
            submission_key=new_id(),
            gateway_account_id=account.pk,
            kind=MethodKind.BANK,
            lines=[PayLine(invoice.pk, Money.of("1.00", "USD"))],
        )


def test_where_somebody_agreed_from_is_known_behind_a_proxy(
    world: World, account: GatewayAccount, invoice: Invoice, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    signed_in(world.maya).post(
        "/pay/",
        form(f"{account.pk}:bank_debit", invoice, token="tok"),
        HTTP_X_FORWARDED_FOR="203.0.113.1, 192.0.2.7",
        REMOTE_ADDR="10.0.0.2",
    )
    (attempt,) = attempts(world)
    assert attempt.mandate["ip"] == "192.0.2.7", "what the proxy says, and not what the browser adds to it"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    folder: Path = tmp_path_factory.mktemp("saved")
    with running_bank(folder / "bank.sqlite3") as running:
        yield running


@pytest.fixture
def at_bank(world: World, bank: RunningBank) -> BankAccount:
    return open_account(bank.url, f"Saved {world.tag}")


def test_a_card_saved_while_paying_pays_the_next_invoice_once_in_two_tabs(
    world: World, at_bank: BankAccount, invoice: Invoice
) -> None:
    account = connect(world.olive, at_bank)
    maya, way = signed_in(world.maya), f"{account.pk}:card"
    token = at_bank.card()
    first = maya.post("/pay/", form(way, invoice, token=token, **{f"save-{way}": "on"}), follow=True)
    assert b"Payment received" in first.content
    with scope(world.job):
        card = SavedMethod.objects.get(contact_person_id=world.maya.person_id)
    assert (card.brand, card.last4, card.is_default) == ("Visa", "4242", True)
    books = Books(world.olive, world.greenleaf)
    second = books.invoice("100.00")
    sent = form(saved(card), second)
    # A double click sends the same form twice; the other tab sends a form of its own.
    other_tab = replace_key(sent)

    def send(data: dict[str, Any]) -> int:
        return signed_in(world.maya).post("/pay/", data).status_code

    codes = together(lambda: send(sent), lambda: send(sent), lambda: send(other_tab))
    assert 302 in codes
    assert at_bank.charges() == {"USD": (2, 20000)}
    assert not selfcheck(world.organisation.pk)


def replace_key(sent: dict[str, Any]) -> dict[str, Any]:
    return {**sent, "submission_key": str(new_id())}


def test_the_receipt_says_which_credit_was_used_beside_the_charge(
    world: World, at_bank: BankAccount, invoice: Invoice
) -> None:
    account = connect(world.olive, at_bank)
    note = Books(world.olive, world.greenleaf).credit_note("30.00")
    card = card_at_bank(world.maya, account, at_bank)
    assert card.used_at is None
    maya = signed_in(world.maya)
    sent = form(saved(card), invoice, credit="all", shown_charge="70.00 USD")
    page = maya.post("/pay/", sent, follow=True)
    assert "Payment received" in page.content.decode()
    assert f"Credit used beside it: {note.number}" in page.content.decode()
    pdf = maya.get(page.redirect_chain[-1][0] + "pdf")
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(pdf.content)).pages)
    assert f"Credit used beside it: {note.number}" in text
    assert "$30.00" in text
    assert at_bank.charges() == {"USD": (1, 7000)}
    with scope(world.job):
        assert SavedMethod.objects.get(pk=card.pk).used_at is not None, "it has been charged now"
    assert not selfcheck(world.organisation.pk)
