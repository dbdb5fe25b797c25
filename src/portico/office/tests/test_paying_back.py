"""Olive pays a customer back through the gateway, and ends what a gateway does not agree on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.errors import ConflictError
from portico.kit.ids import new_id
from portico.payments.actions.end import end_attempt
from portico.payments.actions.settle import settle
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import Seen
from portico.payments.models import GatewayRefund, Payment, PaymentAttempt
from portico.payments.tests.gone_back import open_counter
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank


def test_she_sees_the_arithmetic_before_anything_goes_out(world: World, running: RunningBank) -> None:
    bank = open_account(running.url, f"Northwind {world.tag}")
    account = connect(world.olive, bank)
    books = Books(world.olive, world.greenleaf)
    invoice = books.invoice("100")
    attempt = start_payment(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk,
        lines=[PayLine(invoice.pk, books.money("100"))],
    )  # fmt: skip
    submit_payment(
        organisation_id=world.organisation.pk, attempt_id=attempt.pk, token=bank.card(),
        return_url="http://127.0.0.1/back",
    )  # fmt: skip
    with scope(world.job):
        payment = Payment.objects.get(attempt=attempt)
    olive, address = signed_in(world.olive), f"/office/do/pay-back/{payment.pk}/"
    typed = {"amount": "40", "to": "method", "reason": "Broken roses"}
    shown = olive.post(address, typed).content.decode()
    assert "$40.00 comes off invoice INV-0001, which opens by it" in shown
    assert "$40.00 goes to Visa ending 4242" in shown
    with scope(world.job):
        assert not GatewayRefund.objects.exists()
    confirmed = re.search(r'name="confirmed" value="(\w+)"', shown)
    assert confirmed
    other = olive.post(address, typed | {"amount": "50", "confirmed": confirmed[1]})
    assert other.status_code == 200, "another amount is worked out first"
    done = olive.post(address, typed | {"confirmed": confirmed[1]})
    assert done.status_code == 302
    with scope(world.job):
        assert str(Invoice.objects.get(pk=invoice.pk).balance) == "40.00 USD"
    assert bank.payments()[0]["amount_refunded"] == 4000
    again = olive.post(address, typed | {"confirmed": confirmed[1]})
    assert again.status_code == 200, "sent twice it is worked out anew, and goes out once"
    assert bank.payments()[0]["amount_refunded"] == 4000
    page = olive.get(f"/office/payments/payment/{payment.pk}/change/").content.decode()
    assert "Broken roses" in page


def test_she_ends_what_the_gateway_does_not_agree_on(world: World, running: RunningBank) -> None:
    """The bank has another amount than was asked for: it would stay pending for ever."""
    bank = open_account(running.url, f"Northwind {world.tag}")
    account = connect(world.olive, bank)
    books = Books(world.olive, world.greenleaf)
    attempt = start_payment(
        actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk,
        lines=[PayLine(books.invoice("100").pk, books.money("100"))],
    )  # fmt: skip
    submit_payment(
        organisation_id=world.organisation.pk, attempt_id=attempt.pk, token=bank.card("4000000000003220"),
        return_url="http://127.0.0.1/back",
    )  # fmt: skip
    with pytest.raises(ConflictError):
        end_attempt(actor=world.olive, attempt=attempt, reason="It agrees")
    with scope(world.job):
        PaymentAttempt.objects.filter(pk=attempt.pk).update(amount=books.money("99"))
    olive, address = signed_in(world.olive), f"/office/do/end-attempt/{attempt.pk}/"
    assert "Asked for: $99.00" in olive.get(address).content.decode()
    assert olive.post(address, {"reason": "Typed twice"}).status_code == 302
    with scope(world.job):
        attempt.refresh_from_db()
    assert attempt.state == "failed"
    assert bank.payments()[0]["status"] == "cancelled", "and nobody can pay it there any more"


def test_what_was_ended_books_nothing_later(world: World) -> None:
    counter = open_counter(world)
    paid = counter.paid((counter.books.invoice("100"), "60"))
    wrong = replace(paid.seen, amount=counter.books.money("59"), state=Seen.RETURNED)
    settle(organisation_id=world.organisation.pk, attempt_id=paid.attempt.pk, observed=wrong, via="event")
    assert paid.payment.returned_at is None
    counter.books.assert_clean()
