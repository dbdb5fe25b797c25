"""What the bank pays out, line by line, and what the report finds that only one side has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from portico.access.scope import scope
from portico.disputes.models import Dispute
from portico.kit import clock
from portico.kit.ids import new_id
from portico.notifications.models import Notification
from portico.payments.accounts import open_account as opened
from portico.payments.actions.reconcile import ask_about
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.models import GatewayAccount, Payment, PaymentAttempt
from portico.payouts.actions.read import keep_payout, read_payouts
from portico.payouts.models import Payout, PayoutLine
from portico.payouts.report import Differs, Report, report
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    with running_bank(tmp_path_factory.mktemp("bank") / "bank.sqlite3") as bank:
        yield bank


@dataclass
class Till:
    """An organisation with an account at the sandbox bank."""

    world: World
    bank: BankAccount
    account: GatewayAccount
    books: Books

    def paid(self, amount: str) -> Payment:
        attempt = start_payment(
            actor=self.world.maya, submission_key=new_id(), gateway_account_id=self.account.pk,
            lines=[PayLine(self.books.invoice(amount).pk, self.books.money(amount))],
        )  # fmt: skip
        submit_payment(
            organisation_id=self.world.organisation.pk, attempt_id=attempt.pk, token=self.bank.card(),
            return_url="http://127.0.0.1/back",
        )  # fmt: skip
        with scope(self.world.job):
            return Payment.objects.select_related("attempt").get(attempt=attempt)

    def elsewhere(self, path: str, **body: object) -> dict[str, object]:
        """What somebody does at the bank without us."""
        answer = httpx.post(
            f"{self.bank.url}{path}", json=body, timeout=60,
            headers={"Authorization": f"Bearer {self.bank.secret_key}", "Idempotency-Key": str(new_id())},
        )  # fmt: skip
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found

    def report(self) -> Report:
        now = clock.now()
        return report(
            organisation_id=self.world.organisation.pk,
            since=now - timedelta(days=1),
            until=now + timedelta(minutes=5),
        )


@pytest.fixture
def till(world: World, running: RunningBank) -> Till:
    bank = open_account(running.url, f"Northwind {world.tag}")
    return Till(world, bank, connect(world.olive, bank), Books(world.olive, world.greenleaf))


def reference(payment: Payment) -> str:
    assert payment.attempt is not None
    return payment.attempt.gateway_reference


def test_a_payout_is_the_sum_of_its_lines_and_names_our_payments(till: Till) -> None:
    first, second = till.paid("100"), till.paid("50")
    till.elsewhere("/v1/refunds", payment=reference(first), amount=2000, reference="by hand")
    till.bank.dispute(reference(second))
    till.bank.pay_out()
    assert read_payouts(organisation_id=till.world.organisation.pk) == 1
    assert read_payouts(organisation_id=till.world.organisation.pk) == 0
    with scope(till.world.job):
        payout = Payout.objects.get()
        lines = list(PayoutLine.objects.order_by("position").values_list("kind", "payment__number"))
    # 100.00 + 50.00 - 20.00 - 50.00, less 3.20, 1.75 and 15.00 for the dispute
    assert [str(each.amount) for each in (payout.gross, payout.fee, payout.amount)] == [
        "80.00",
        "19.95",
        "60.05",
    ]
    assert sorted(lines) == [
        ("charge", first.number), ("charge", second.number), ("dispute", second.number), ("refund", first.number)
    ]  # fmt: skip
    page = signed_in(till.world.olive).get(f"/office/payouts/payout/{payout.pk}/change/").content.decode()
    assert first.number in page
    assert "$60.05" in page
    assert "Refund" in page
    assert " object (" not in page, "a row is known by its columns"


def test_what_a_payout_took_back_is_asked_about_until_the_bank_has_answered(till: Till) -> None:
    payment = till.paid("100")
    till.bank.dispute(reference(payment))
    till.bank.pay_out()
    gateway, account = opened(till.world.organisation.pk, till.account.pk)
    (seen,) = gateway.payouts(account, till.books.day)
    assert keep_payout(till.world.organisation.pk, till.account.pk, seen)  # and then the worker dies
    for _ in range(2):
        assert read_payouts(organisation_id=till.world.organisation.pk) == 0
    with scope(till.world.job):
        assert Dispute.objects.get().payment_id == payment.pk
        assert Payout.objects.exclude(asked_at=None).exists()


def test_the_database_takes_no_payout_that_is_not_its_lines(till: Till) -> None:
    with pytest.raises(IntegrityError), scope(till.world.job):
        Payout.objects.create(
            organisation=till.world.organisation, gateway_account=till.account, reference="po_x", currency="USD",
            gross=till.books.money("5"), fee=till.books.money("0"), amount=till.books.money("5"),
            arrives=till.books.day, state="paid",
        )  # fmt: skip


def test_a_payout_that_does_not_add_up_is_told_once(till: Till) -> None:
    till.paid("100")
    till.bank.pay_out()
    gateway, account = opened(till.world.organisation.pk, till.account.pk)
    (seen,) = gateway.payouts(account, till.books.day)
    wrong = replace(seen, amount=till.books.money("1"))
    for _ in range(2):
        assert not keep_payout(till.world.organisation.pk, till.account.pk, wrong)
    with scope(till.world.job):
        assert not Payout.objects.exists()
        assert Notification.objects.filter(event="payout_mismatch").count() == 1


def test_both_sides_agree(till: Till) -> None:
    till.paid("100")
    found = till.report()
    assert (found.compared, found.differences) == (1, ())


def test_what_the_bank_took_without_us_is_found(till: Till) -> None:
    made = till.elsewhere(
        "/v1/payments", amount=500, currency="USD", reference="by phone", return_url="http://127.0.0.1/",
        method_token=till.bank.card(),
    )  # fmt: skip
    till.elsewhere(f"/v1/payments/{made['id']}/confirm")
    (found,) = till.report().differences
    assert (found.what, str(found.theirs), found.attempt_id) == (Differs.THEIRS_ONLY, "5.00 USD", None)


def test_what_only_we_have_is_found(till: Till) -> None:
    payment = till.paid("100")
    with scope(till.world.job):
        PaymentAttempt.objects.filter(payment=payment).update(gateway_reference="pay_nowhere")
    found = {each.what: each for each in till.report().differences}
    assert found[Differs.OURS_ONLY].attempt_id == payment.attempt_id


def test_refunds_and_amounts_that_differ_are_found_and_mended(till: Till) -> None:
    payment, other = till.paid("100"), till.paid("50")
    till.elsewhere("/v1/refunds", payment=reference(payment), amount=2000, reference="by hand")
    with scope(till.world.job):
        PaymentAttempt.objects.filter(payment=other).update(amount=till.books.money("49"))
    found = {each.what: each for each in till.report().differences}
    assert str(found[Differs.REFUNDS].theirs) == "20.00 USD"
    assert (str(found[Differs.AMOUNT].theirs), str(found[Differs.AMOUNT].ours)) == ("50.00 USD", "49.00 USD")
    assert payment.attempt_id is not None
    assert ask_about(organisation_id=till.world.organisation.pk, attempt_id=payment.attempt_id)
    assert Differs.REFUNDS not in {each.what for each in till.report().differences}


def test_a_dispute_goes_through_the_bank_and_back(till: Till) -> None:
    payment = till.paid("100")
    dispute = till.bank.dispute(reference(payment))
    assert payment.attempt_id is not None
    ask_about(organisation_id=till.world.organisation.pk, attempt_id=payment.attempt_id)
    with scope(till.world.job):
        assert Dispute.objects.get().state == "open"
    assert till.books.balances()["receivable"] == "100.00"
    till.bank.decide(dispute, "won")
    ask_about(organisation_id=till.world.organisation.pk, attempt_id=payment.attempt_id)
    assert "receivable" not in till.books.balances()
    till.books.assert_clean()


def test_olive_reads_the_report_and_saves_it(till: Till) -> None:
    payment = till.paid("100")
    till.elsewhere("/v1/refunds", payment=reference(payment), amount=2000, reference="by hand")
    olive = signed_in(till.world.olive)
    day = clock.today("UTC")
    asked = {"since": day.isoformat(), "until": day.isoformat()}
    assert "Compare" in olive.get("/office/payouts/compare/").content.decode()
    page = olive.get("/office/payouts/compare/", asked).content.decode()
    assert "The gateway has refunded $20.00; here it is $0.00." in page
    saved = olive.get("/office/payouts/compare/", {**asked, "format": "csv"})
    assert saved["Content-Type"].startswith("text/csv")
    assert "refunds" in saved.content.decode()
    assert olive.get("/office/payouts/compare/", {**asked, "until": "2020-01-01"}).status_code == 422


def test_the_command_reports_too(till: Till) -> None:
    payment = till.paid("100")
    till.elsewhere("/v1/refunds", payment=reference(payment), amount=2000, reference="by hand")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "reconcile", "--report", "--days", "1", portal=till.world.organisation.portal_name, stdout=out
        )
    assert reference(payment) in out.getvalue()
    with pytest.raises(CommandError, match="no portal"):
        call_command("reconcile", portal="nobodyshop")
