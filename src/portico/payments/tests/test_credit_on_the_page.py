"""The page of paying offers Greenleaf's credit, shows what it comes to, and charges nobody what it did not show."""

from __future__ import annotations

from typing import Any

import pytest

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.organisations.actions.edit import edit_preferences
from portico.payments.models import GatewayAccount, PaymentAttempt
from portico.payments.tests.making import card_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World

OFFER = "Use what you already have with us"


@pytest.fixture
def account(world: World) -> GatewayAccount:
    return card_account(world)


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


def form(account: GatewayAccount, invoice: Invoice, **more: str) -> dict[str, Any]:
    return {
        "submission_key": str(new_id()),
        "way": f"{account.pk}:card",
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "100.00",
        **more,
    }


def is_charged_nothing(world: World) -> bool:
    with scope(world.job):
        return not PaymentAttempt.objects.visible_to(world.job).exists()


def test_credit_is_offered_only_with_preference_17(
    world: World, books: Books, account: GatewayAccount
) -> None:
    invoice = books.invoice("100.00")
    maya = signed_in(world.maya)
    address = f"/pay/?invoice={invoice.pk}"
    assert OFFER not in maya.get(address).content.decode(), "there is none"
    books.credit_note("30.00")
    assert OFFER in maya.get(address).content.decode()
    edit_preferences(actor=world.olive, customers_may_apply_credits=False)
    assert OFFER not in maya.get(address).content.decode()
    sent = form(account, invoice, credit="all", shown_charge="70.00 USD", token="t")
    assert maya.post("/pay/", sent).status_code == 422
    assert is_charged_nothing(world)


def test_the_sum_shows_the_arithmetic_with_and_without_javascript(
    world: World, books: Books, account: GatewayAccount
) -> None:
    invoice, retainer = books.invoice("100.00"), books.retainer("20.00")
    books.pay("20.00", retainer=retainer)
    books.credit_note("30.00")
    maya, sent = signed_in(world.maya), form(account, invoice, credit="all")
    for headers in ({}, {"HX-Request": "true"}):
        says = maya.post("/pay/summary/", sent, headers=headers).content.decode()
        assert all(each in says for each in ("Credit note CN-0001", "Retainer RET-0001", "Pay $50.00"))
        assert ("<html" in says) is not bool(headers)


def test_maya_ticks_the_credits_that_she_wants_to_use(
    world: World, books: Books, account: GatewayAccount
) -> None:
    invoice, small, large = books.invoice("100.00"), books.credit_note("30.00"), books.credit_note("40.00")
    maya, sent = signed_in(world.maya), form(account, invoice, credit=str(large.pk))
    page = maya.post("/pay/summary/", sent).content.decode()
    assert "Pay $60.00" in page
    assert f'value="{large.pk}" checked' in page
    assert f'value="{small.pk}" checked' not in page
    both = {**sent, "credit": [str(small.pk), str(large.pk)], "shown_charge": "60.00 USD", "token": "t"}
    assert maya.post("/pay/", both).status_code == 422, "one more was ticked than the sum has shown"
    all_of_it = form(account, books.invoice("40.00"), credit=str(large.pk), shown_charge="0.00 USD")
    all_of_it[next(key for key in all_of_it if key.startswith("amount-"))] = "40.00"
    assert maya.post("/pay/", all_of_it).status_code == 302
    with scope(world.job):
        small.refresh_from_db()
        large.refresh_from_db()
    assert (str(small.balance), str(large.balance)) == ("30.00 USD", "0.00 USD")


def test_many_small_credits_are_ticked_together(world: World, books: Books, account: GatewayAccount) -> None:
    invoice = books.invoice("100.00")
    for _ in range(13):
        books.credit_note("1.00")
    maya = signed_in(world.maya)
    assert "All 13 credits and retainers" in maya.get(f"/pay/?invoice={invoice.pk}").content.decode()
    sent = form(account, invoice, credit="all")
    page = maya.post("/pay/summary/", sent).content.decode()
    assert "Pay $87.00" in page
    assert 'value="all" checked' in page


def test_a_sum_that_was_not_shown_is_not_charged(world: World, books: Books, account: GatewayAccount) -> None:
    invoice = books.invoice("100.00")
    books.credit_note("30.00")
    maya = signed_in(world.maya)
    for shown in ({}, {"shown_charge": "60.00 USD"}):
        answer = maya.post("/pay/", form(account, invoice, credit="all", token="t", **shown))
        assert answer.status_code == 422
        assert "The sum has changed" in answer.content.decode()
        assert "Pay $70.00" in answer.content.decode()
    unticked = form(account, invoice, shown_charge="70.00 USD", token="t")
    assert maya.post("/pay/", unticked).status_code == 422
    assert is_charged_nothing(world)


def test_what_credit_covers_is_paid_without_a_gateway_and_its_page_says_so(
    world: World, books: Books, account: GatewayAccount
) -> None:
    invoice = books.invoice("100.00")
    note = books.credit_note("130.00")
    maya, sent = signed_in(world.maya), form(account, invoice, credit="all", shown_charge="0.00 USD")
    assert "Use $100.00 of my credit" in maya.post("/pay/summary/", sent).content.decode()
    answers = [maya.post("/pay/", sent) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]
    page = maya.get(answers[0]["Location"]).content.decode()
    assert all(
        each in page for each in ("$100.00 of your credit was used", "Nothing was charged", note.number)
    )
    assert signed_in(world.ines).get(answers[0]["Location"]).status_code == 404
    assert is_charged_nothing(world)
    with scope(world.job):
        invoice.refresh_from_db()
        note.refresh_from_db()
    assert (str(invoice.balance), str(note.balance)) == ("0.00 USD", "30.00 USD")
    books.assert_clean()


def test_where_nothing_can_be_paid_online_credit_still_pays_its_part(world: World, books: Books) -> None:
    invoice = books.invoice("100.00")
    books.credit_note("30.00")
    maya = signed_in(world.maya)
    ticked = {
        "submission_key": str(new_id()),
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "100.00",
        "credit": "all",
    }
    says = maya.post("/pay/summary/", ticked).content.decode()
    assert "Use $30.00 of my credit" in says
    assert "stays open" in says
    assert "data-free" in says
    done = maya.post("/pay/", {**ticked, "shown_charge": "70.00 USD"}, follow=True)
    assert "$30.00 of your credit was used" in done.content.decode()
    with scope(world.job):
        invoice.refresh_from_db()
        assert str(invoice.balance) == "70.00 USD"
    assert is_charged_nothing(world)
