"""Olive reads the office's pages of payments in words: none of the program's, each thing once, and nothing to press in vain."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portico.access.scope import scope
from portico.disputes.models import Dispute
from portico.kit import clock
from portico.kit.money import Money
from portico.office.forms.simple import GatewayForm
from portico.office.navigation import list_of
from portico.office.pages import address_of
from portico.payments.gateway import DisputeSeen, DisputeState, gateway_for
from portico.payments.models import PaymentAttempt
from portico.payments.tests.gone_back import Paid, open_counter
from portico.testing.clients import signed_in
from portico.testing.people import World

OF_THE_PROGRAM = re.compile(r"PaymentMode|GATEWAYS| object \(|[Ss]ubmission key|\d\.\d\d USD\b")


def _disputed(world: World) -> Paid:
    counter = open_counter(world)
    paid = counter.paid((counter.books.invoice("100"), "100"), mode="card")
    due = clock.now() + timedelta(days=2)
    paid.says(disputes=(DisputeSeen("dp_1", Money.of("100", "USD"), DisputeState.OPEN, "Denied", due, True),))
    return paid


def test_a_payment_that_is_wholly_disputed_offers_no_paying_back_and_says_why(world: World) -> None:
    paid, olive = _disputed(world), signed_in(world.olive)
    back = reverse("admin:pay-back", args=[paid.payment.pk])
    page = olive.get(reverse("admin:payments_payment_change", args=[paid.payment.pk])).content.decode()
    assert back not in page
    assert "Taken back" in page
    said = olive.get(back).content.decode()
    assert "can be paid back: $100.00 of it has been taken back by the customer&#x27;s bank" in said


def test_rows_of_paying_are_told_in_words_and_named_once(world: World) -> None:
    paid, olive = _disputed(world), signed_in(world.olive)
    with scope(world.job):
        dispute = Dispute.objects.get(payment=paid.payment)
        attempt = PaymentAttempt.objects.get(pk=paid.attempt.pk)
    for row, name in (
        (paid.payment, "Payments"), (attempt, "Payment attempts"), (dispute, "Disputes"),
        (paid.counter.account, "Gateways"),
    ):  # fmt: skip
        for where, steps in ((list_of(type(row)), [name]), (address_of(row), [name, str(row)])):
            page = olive.get(where)
            assert [step["title"] for step in page.context["trail"]] == steps
            assert not OF_THE_PROGRAM.search(page.content.decode())


def test_a_gateway_s_yes_or_no_is_ticked_and_its_mode_is_chosen() -> None:
    typed = {
        "name": "Debit",
        "mode": "sandbox",
        "currency": "EUR",
        "access_token": "t",
        "webhook_secret": "s",
    }
    off, on = (GatewayForm(gateway_for("gocardless"), (typed | more, {})) for more in ({}, {"instant": "on"}))
    assert off.is_valid()
    assert on.is_valid()
    assert (off.cleaned_data["instant"], on.cleaned_data["instant"]) == ("no", "yes")
    wrong = GatewayForm(gateway_for("gocardless"), (typed | {"mode": "Live!"}, {}))
    assert list(wrong.errors) == ["mode"]


@pytest.mark.parametrize("page", ["read-payouts", "connect-stripe"])
def test_a_form_says_what_is_usual(world: World, page: str) -> None:
    form = signed_in(world.olive).get(reverse(f"admin:{page}")).context["form"]
    assert form.initial["since" if page == "read-payouts" else "name"]
