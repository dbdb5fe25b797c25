"""The page of paying charges what it showed, for the customer it showed it for, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.organisations.actions.edit import edit_preferences
from portico.payments.models import GatewayAccount, PaymentAttempt
from portico.payments.tests.making import card_account, start
from portico.testing.books import A_DAY, Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture
def account(world: World) -> GatewayAccount:
    return card_account(world)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


def send(client: Client, account: GatewayAccount, *invoices: Invoice, **more: str) -> Any:
    data: dict[str, Any] = {
        "submission_key": str(new_id()),
        "way": f"{account.pk}:card",
        "token": "tok_from_the_fields",
        "invoice": [str(each.pk) for each in invoices],
        **more,
    }
    return client.post("/pay/", data)


def attempts(world: World) -> list[PaymentAttempt]:
    with scope(world.job):
        return list(PaymentAttempt.objects.visible_to(world.job))


def test_a_form_of_another_customer_charges_nothing(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    answer = send(signed_in(world.ines), account, invoice, **{f"amount-{invoice.pk}": "100.00"})
    assert answer.status_code == 404
    assert send(signed_in(world.maya), account, all="USD").status_code == 422, "“all” is not charged unseen"
    assert attempts(world) == []


def test_an_amount_that_was_not_sent_is_not_filled_in(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    answer = send(signed_in(world.maya), account, invoice)
    assert answer.status_code == 422
    assert b"Enter an amount" in answer.content
    assert attempts(world) == []


def test_an_invoice_paid_in_full_is_charged_as_it_was_shown(world: World, account: GatewayAccount) -> None:
    books = Books(world.olive, world.greenleaf)
    draft = InvoiceDraft(date=A_DAY, lines=books.lines("100.00"), allow_partial_payments=False)
    whole = issue_invoice(
        actor=world.olive, invoice=draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    )
    books.pay("30.00", (whole, "30.00"))
    answer = send(signed_in(world.maya), account, whole, **{f"amount-{whole.pk}": "100.00"})
    assert answer.status_code == 422
    assert b"$70.00 is open now" in answer.content
    assert attempts(world) == []


@pytest.mark.parametrize("typed", ["0", "-5", "0.001", "1e9", "1,000,000,000", "100.01", "ten", ""])
def test_a_wrong_amount_is_said_at_its_field(
    world: World, account: GatewayAccount, invoice: Invoice, typed: str
) -> None:
    answer = send(signed_in(world.maya), account, invoice, **{f"amount-{invoice.pk}": typed})
    assert answer.status_code == 422
    assert f'id="error-{invoice.pk}"' in answer.content.decode()
    assert attempts(world) == []


def test_what_is_on_its_way_can_be_paid_again_only_without_preference_4(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    start(world.maya, account, (invoice, "100.00"))
    maya = signed_in(world.maya)
    assert b"Nothing left to pay" in maya.get(f"/pay/?invoice={invoice.pk}").content
    edit_preferences(actor=world.olive, prevent_duplicate_payments=False)
    assert b"Pay $100.00" in maya.get(f"/pay/?invoice={invoice.pk}").content


@pytest.mark.parametrize(
    "address", ["/pay/?all=%00", "/pay/?all=ZZZ", "/pay/?invoice=1", "/pay/", "/pay/?retainer=x"]
)
def test_an_address_that_cannot_be_is_told_so(world: World, address: str) -> None:
    assert signed_in(world.maya).get(address).status_code in (404, 422)


def test_who_may_only_look_cannot_open_the_page(world: World, invoice: Invoice) -> None:
    with scope(world.job):
        person = Customer.objects.get(pk=world.greenleaf.pk).contact_persons.get(pk=world.maya.person_id)
        person.can_pay = False
        person.save(update_fields=["can_pay"])
    looker = replace(world.maya, permissions=frozenset({Permission.VIEW_BILLING}))
    assert signed_in(looker).get(f"/pay/?invoice={invoice.pk}").status_code == 403


def test_without_a_gateway_the_page_says_how_to_pay_otherwise(world: World, invoice: Invoice) -> None:
    page = signed_in(world.maya).get(f"/pay/?invoice={invoice.pk}")
    assert page.status_code == 200
    assert b"cannot be paid online" in page.content


def test_who_may_not_pay_by_bank_account_is_told_why_where_nothing_else_is_offered(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    with scope(world.job):
        GatewayAccount.objects.filter(pk=account.pk).update(gateway="gocardless")
    maya = signed_in(world.maya)
    document, paying = f"/invoices/{invoice.pk}/", f"/pay/?invoice={invoice.pk}"
    assert b"Pay now" not in maya.get(document).content
    page = maya.get(paying).content.decode()
    assert "from a bank account only" in page
    assert world.organisation.email in page
    assert "Pay $100.00" not in page
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(allow_bank_payments=True)
    assert b"Pay now" in maya.get(document).content
