"""A person keeps their own cards and accounts: sees them, chooses a default, removes and adds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.autopay.actions import plan_charges, start_autopay
from portico.autopay.models import Autopay
from portico.customers.actions import accept_invitation, edit_contact, revoke_access
from portico.customers.models import ContactPerson, Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.notifications.models import Mail
from portico.organisations.actions.edit import edit_preferences
from portico.payments.actions.methods import make_default, remove_method, tidy_methods
from portico.payments.actions.saving import clear_up_savings, settle_saving, start_saving
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.gateway import MethodKind, SavedSeen, SavingSeen, Seen
from portico.payments.intents import owner_of
from portico.payments.letters import warn_of_expiry
from portico.payments.models import GatewayAccount, MethodSaving, PaymentAttempt, SavedMethod
from portico.payments.tests.making import card_account, card_at_bank, saved_card
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import World
from portico.testing.together import together

LIST = "/payment-methods/"


@pytest.fixture
def account(world: World) -> GatewayAccount:
    return card_account(world)


@pytest.fixture
def maya(world: World) -> Client:
    return signed_in(world.maya)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    folder: Path = tmp_path_factory.mktemp("methods")
    with running_bank(folder / "bank.sqlite3") as running:
        yield running


@pytest.fixture
def at_bank(world: World, bank: RunningBank) -> BankAccount:
    return open_account(bank.url, f"Methods {world.tag}")


def fresh(world: World, method: SavedMethod) -> SavedMethod:
    with scope(world.job):
        return SavedMethod.objects.get(pk=method.pk)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_list_shows_ones_own_and_what_expires(
    world: World, account: GatewayAccount, maya: Client
) -> None:
    assert "No saved payment methods" in text(maya.get(LIST))
    today = clock.today("UTC")
    saved_card(world.maya, account, "1111", expires=today - timedelta(days=1))
    saved_card(world.maya, account, "2222", expires=today + timedelta(days=900))
    saved_card(world.ines, account, "3333")
    page = text(maya.get(LIST))
    assert "Visa ending 1111 Default Expired" in page
    assert "Visa ending 2222" in page
    assert "ending 3333" not in page
    assert signed_in(world.leo).get(LIST).status_code == 403


def test_with_preference_16_off_what_one_has_can_be_seen_and_removed_and_then_the_page_is_gone(
    world: World, account: GatewayAccount, maya: Client
) -> None:
    card = saved_card(world.maya, account)
    edit_preferences(actor=world.olive, customers_may_save_methods=False)
    page = maya.get(LIST)
    assert "Visa ending 4242" in text(page)
    assert "Add a payment method" not in text(page)
    assert maya.get(f"{LIST}new/").status_code == 404
    gone = maya.post(f"{LIST}{card.pk}/remove/", follow=True)
    assert gone.redirect_chain[-1][0] == "/profile/"
    assert maya.get(LIST).status_code == 404


def test_one_is_the_default_and_only_a_good_one_of_ones_own(
    world: World, account: GatewayAccount, maya: Client
) -> None:
    first, second = saved_card(world.maya, account, "1111"), saved_card(world.maya, account, "2222")
    old = saved_card(world.maya, account, "0000", expires=date(2020, 1, 31))
    assert maya.post(f"{LIST}{second.pk}/default/").status_code == 302
    assert [fresh(world, each).is_default for each in (first, second)] == [False, True]
    with pytest.raises(InvalidError):
        make_default(actor=world.maya, method=old)
    with pytest.raises(NotFoundError):
        make_default(actor=world.ines, method=first)
    together(*(lambda each=each: make_default(actor=world.maya, method=each) for each in (first, second)))
    assert sum(fresh(world, each).is_default for each in (first, second)) == 1


def test_what_is_removed_is_gone_here_and_at_the_bank_and_autopay_stops(
    world: World, at_bank: BankAccount, maya: Client
) -> None:
    account = connect(world.olive, at_bank)
    card = card_at_bank(world.maya, account, at_bank)
    other = saved_card(world.maya, account, "1111")
    start_autopay(actor=world.maya, method_id=card.pk, maximum=None, agreement="I allow it.")
    page = text(maya.get(f"{LIST}{card.pk}/remove/"))
    assert "Automatic payments use it, and stop." in page
    assert maya.post(f"{LIST}{card.pk}/remove/").status_code == 302
    assert fresh(world, card).removed_at is not None
    assert fresh(world, other).is_default
    assert "Visa ending 4242 is removed" in text(maya.get(LIST))
    assert "Visa ending 4242" not in text(maya.get(LIST))
    assert maya.post(f"{LIST}{card.pk}/remove/").status_code == 404, "twice"
    run_jobs()
    assert fresh(world, card).forgotten_at is not None
    with scope(world.job):
        assert Autopay.objects.get().stopped_because == Autopay.Stop.METHOD
    kept = httpx.get(
        f"{at_bank.url}/v1/methods/{card.gateway_reference}",
        headers={"Authorization": f"Bearer {at_bank.secret_key}"},
        timeout=60,
    )
    assert kept.status_code == 404


def test_a_bank_that_does_not_answer_is_asked_again_to_forget(
    world: World, account: GatewayAccount, maya: Client
) -> None:
    card = saved_card(world.maya, account)
    remove_method(actor=world.maya, method=card)
    run_jobs()
    assert fresh(world, card).forgotten_at is None
    assert tidy_methods(actor=world.job) == []
    with scope(world.job):
        SavedMethod.objects.filter(pk=card.pk).update(removed_at=clock.now() - timedelta(hours=1))
    assert tidy_methods(actor=world.job) == [card.pk]


def test_nobody_else_removes_one_but_staff_who_keep_customers(
    world: World, account: GatewayAccount, maya: Client, mailbox: Mailbox
) -> None:
    card = saved_card(world.maya, account)
    with pytest.raises(NotFoundError):
        remove_method(actor=world.ines, method=card)
    for other in (world.ines, world.leo):
        assert signed_in(other).post(f"{LIST}{card.pk}/remove/").status_code in (403, 404)
    olive = signed_in(world.olive)
    shown = olive.get(f"/office/payments/savedmethod/{card.pk}/change/")
    assert "4242" in shown.content.decode()
    assert card.gateway_reference not in shown.content.decode()
    answer = olive.post(f"/office/do/remove-method/{card.pk}/", {})
    assert answer.status_code == 302
    assert fresh(world, card).removed_at is not None
    with pytest.raises(ConflictError):
        remove_method(actor=world.olive, method=card)
    with scope(world.job):
        assert AuditRecord.objects.filter(action="saved_method.removed").count() == 1
    run_jobs()
    assert "has removed Visa ending 4242" in text_of(mailbox.wait_for(world.email("maya")))


def test_who_has_no_access_any_more_keeps_no_method(world: World, account: GatewayAccount) -> None:
    card = saved_card(world.maya, account)
    tidy_methods(actor=world.job)
    assert fresh(world, card).removed_at is None
    with scope(world.job):
        person = ContactPerson.objects.get(pk=world.maya.person_id)
    revoke_access(actor=world.olive, person=person)
    tidy_methods(actor=world.job)
    assert fresh(world, card).removed_at is not None


def test_who_takes_over_mayas_place_gets_none_of_her_cards(
    world: World, account: GatewayAccount, mailbox: Mailbox
) -> None:
    card = saved_card(world.maya, account)
    autopay = start_autopay(actor=world.maya, method_id=card.pk, maximum=None, agreement="Yes.")
    waiting = start_saving(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, kind=MethodKind.CARD
    )
    invoice = Books(world.olive, world.greenleaf).invoice("60.00")
    paid = start_payment(
        actor=world.maya,
        submission_key=new_id(),
        gateway_account_id=account.pk,
        lines=[PayLine(invoice.pk, invoice.balance)],
        save=True,
    )
    with scope(world.job):
        maya = ContactPerson.objects.get(pk=world.maya.person_id)
        SavedMethod.objects.filter(pk=card.pk).update(owner_reference="cus_of_maya")
    edit_contact(actor=world.olive, person=maya, email=world.email("nora"), first_name="Nora")
    run_jobs()
    token = text_of(mailbox.wait_for(world.email("nora"))).split("/account/invitation/")[1].split("/")[0]
    nora = accept_invitation(token, "a long password for Nora")
    # No job has tidied up since.
    assert fresh(world, card).removed_at is not None
    browser = signed_in(replace(world.maya, user_id=nora.pk))
    assert "ending 4242" not in text(browser.get(LIST))
    assert f"saved:{card.pk}" not in browser.get(f"/pay/?invoice={invoice.pk}").content.decode()
    saved = SavedSeen("pm_of_maya", "cus_of_maya", MethodKind.CARD, "Visa", "1111")
    settle_saving(world.organisation.pk, waiting.pk, SavingSeen("seti_1", Seen.SUCCEEDED, saved))
    with scope(world.job):
        assert not SavedMethod.objects.filter(removed_at=None).exists(), "what Maya began to save"
        assert not PaymentAttempt.objects.get(pk=paid.pk).saves_method
        person = ContactPerson.objects.get(pk=world.maya.person_id)
        owner = owner_of(person, account.pk)
        assert owner is not None
        assert owner.reference == "", "at the gateway she is somebody else"
    plan_charges(actor=world.job)
    with scope(world.job):
        assert Autopay.objects.get(pk=autopay.pk).stopped_because == "method"


def test_who_may_not_pay_any_more_still_sees_and_removes_their_own(
    world: World, account: GatewayAccount
) -> None:
    card, other = saved_card(world.maya, account), saved_card(world.ines, account, "1111")
    with scope(world.job):
        ContactPerson.objects.filter(pk=world.maya.person_id).update(can_pay=False, can_view_billing=False)
    maya = signed_in(world.maya)
    page = text(maya.get(LIST))
    assert "Visa ending 4242" in page
    assert "Make default" not in page
    assert "Automatic payments" not in page
    assert "Payment methods" in text(maya.get("/profile/"))
    assert [maya.get(f"{LIST}new/").status_code, maya.post(f"{LIST}{card.pk}/default/").status_code] == [
        403,
        403,
    ]
    assert maya.post(f"{LIST}{other.pk}/remove/").status_code == 404
    assert maya.post(f"{LIST}{card.pk}/remove/")["Location"] == "/profile/"
    assert fresh(world, card).removed_at is not None
    assert maya.get(LIST).status_code == 403


def test_a_card_that_expires_soon_is_written_about_once_a_month(
    world: World, account: GatewayAccount, mailbox: Mailbox
) -> None:
    today = clock.today("UTC")
    saved_card(world.maya, account, "4242", expires=today)
    saved_card(world.maya, account, "2222", expires=today + timedelta(days=200))
    saved_card(world.maya, account, "1111", expires=today - timedelta(days=1))
    assert [warn_of_expiry(actor=world.job) for _ in range(2)] == [1, 0]
    run_jobs()
    assert "Visa ending 4242, which you saved" in text_of(mailbox.wait_for(world.email("maya")))


def form(account: GatewayAccount, token: str, kind: str = "card") -> dict[str, str]:
    return {"submission_key": str(new_id()), "way": f"{account.pk}:{kind}", "token": token}


def test_one_is_added_without_paying_and_once_for_one_form(
    world: World, at_bank: BankAccount, maya: Client
) -> None:
    account = connect(world.olive, at_bank)
    page = maya.get(f"{LIST}new/")
    assert "Nothing is charged now" in text(page)
    assert at_bank.url in page["Content-Security-Policy"]
    sent = form(account, at_bank.card())
    for _ in range(2):
        done = maya.post(f"{LIST}new/", sent, follow=True)
        assert "It is saved" in text(done) or "Visa ending 4242" in text(done)
    with scope(world.job):
        (card,) = SavedMethod.objects.all()
    assert (card.brand, card.last4, card.is_default, card.expires) == (
        "Visa",
        "4242",
        True,
        date(2034, 12, 31),
    )
    assert at_bank.charges() == {}
    (tried,) = savings(world)
    assert signed_in(world.ines).get(f"{LIST}new/{tried.pk}/").status_code == 404


def savings(world: World) -> list[MethodSaving]:
    with scope(world.job):
        return list(MethodSaving.objects.all())


def test_a_bank_account_is_saved_with_what_was_agreed_to(
    world: World, at_bank: BankAccount, maya: Client
) -> None:
    account = connect(world.olive, at_bank)
    sent = form(account, at_bank.bank_account(), "bank_debit")
    assert maya.post(f"{LIST}new/", sent).status_code == 422, "not flagged"
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    assert "to debit this bank account for payments that I make here" in text(maya.get(f"{LIST}new/"))
    maya.post(f"{LIST}new/", sent)
    (row,) = savings(world)
    assert (row.state, row.mandate["ip"]) == ("succeeded", "127.0.0.1")
    assert "I authorise Northwind Traders" in row.mandate["words"]


def test_an_account_that_waits_for_small_deposits_is_listed_until_it_is_saved(
    world: World, at_bank: BankAccount, maya: Client
) -> None:
    account = connect(world.olive, at_bank)
    row = start_saving(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, kind=MethodKind.CARD
    )
    told = SavingSeen(
        "seti_1", Seen.NEEDS_ACTION, action_url=f"{at_bank.url}/deposits", patience=timedelta(days=10)
    )
    with scope(world.job):
        MethodSaving.objects.update(created_at=clock.now() - timedelta(hours=2))
    assert settle_saving(world.organisation.pk, row.pk, told).waits_until is not None
    page = text(maya.get(LIST))
    assert "Being verified" in page
    assert "Tell the deposits" in page
    assert "Being verified" not in text(signed_in(world.ines).get(LIST))
    late = SavingSeen("seti_1", Seen.FAILED, failure_message="The amounts were wrong three times.")
    settle_saving(world.organisation.pk, row.pk, late, tell=True)
    with scope(world.job):
        mail = Mail.objects.get(subject="Your bank account was not saved")
    assert "The amounts were wrong three times." in mail.text
    assert "/payment-methods/new/" in mail.text


def test_what_cannot_be_saved_is_said(world: World, at_bank: BankAccount, maya: Client) -> None:
    account = connect(world.olive, at_bank)
    assert maya.post(f"{LIST}new/", form(account, "")).status_code == 422
    refused = maya.post(f"{LIST}new/", form(account, "tok_of_nobody"), follow=True)
    assert "It was not saved" in text(refused)
    gone = card_account(world, "Gone")
    lost = maya.post(f"{LIST}new/", form(gone, "tok"), follow=True)
    assert "does not answer" in text(lost)
    with scope(world.job):
        MethodSaving.objects.update(created_at=clock.now() - timedelta(hours=2))
    clear_up_savings(organisation_id=world.organisation.pk, old=True)
    assert {row.state for row in savings(world)} == {"failed"}
    edit_preferences(actor=world.olive, customers_may_save_methods=False)
    with pytest.raises(ForbiddenError):
        start_saving(
            actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, kind=MethodKind.CARD
        )
