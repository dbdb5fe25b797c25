"""Greenleaf is reminded of what falls due, by the organisation's schedule, of each step once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portico.access.models import User
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice, void_invoice
from portico.invoices.models import Invoice
from portico.invoices.reminders import send_reminders, step_of
from portico.kit import clock
from portico.kit.ids import new_id
from portico.notifications.customers import set_choices
from portico.notifications.models import Mail
from portico.notifications.settings import set_customer_mails, set_mail_settings
from portico.payments.models import AttemptAllocation, AttemptState, GatewayAccount, PaymentAttempt
from portico.testing.books import Books
from portico.testing.people import World, make_world
from portico.transactions.drafts import LineDraft

DUE = date(2026, 6, 15)
USUAL = [-3, 0, 7, 14]


@pytest.fixture
def world() -> World:
    """An organisation that reminds, and a clock that is set by hand."""
    made = make_world()
    set_mail_settings(actor=made.olive, reminders=True, reminder_days=USUAL)
    return made


def _invoice(world: World, amount: str = "100", *, due: date = DUE, currency: str = "USD") -> Invoice:
    draft = InvoiceDraft(
        date=date(2026, 5, 1),
        due_date=due,
        lines=[LineDraft(name="Roses", rate=Decimal(amount))],
        currency=currency,
    )
    drafted = draft_invoice(actor=world.olive, customer=world.greenleaf, draft=draft)
    return issue_invoice(actor=world.olive, invoice=drafted)


def _morning(world: World, days: int, *, hour: int = 9) -> list[Mail]:
    """Run the job so many days from the due date; returns the e-mails that this wrote."""
    moment = datetime(DUE.year, DUE.month, DUE.day, hour, tzinfo=UTC) + timedelta(days=days)
    with scope(world.job):
        before = set(Mail.objects.values_list("pk", flat=True))
    with clock.held_at(moment):
        send_reminders(world.job)
    with scope(world.job):
        return list(Mail.objects.exclude(pk__in=before).order_by("created_at"))


def test_maya_is_reminded_at_each_step_of_the_schedule_and_on_no_other_day(world: World) -> None:
    invoice = _invoice(world)
    subjects = {days: [mail.subject for mail in _morning(world, days)] for days in range(-6, 30)}
    early = f"Reminder: invoice {invoice.number} from Northwind Traders falls due soon"
    late = f"Reminder: invoice {invoice.number} from Northwind Traders is overdue"
    assert {days: said for days, said in subjects.items() if said} == {
        -3: [early],
        0: [early],
        7: [late],
        14: [late],
    }


def test_a_second_run_of_the_day_writes_nothing(world: World) -> None:
    _invoice(world)
    assert len(_morning(world, 0)) == 1
    assert _morning(world, 0, hour=10) == []
    assert _morning(world, 1) == []


def test_after_a_stop_only_the_latest_step_is_sent(world: World) -> None:
    _invoice(world)
    (mail,) = _morning(world, 9)
    assert "overdue" in mail.subject
    assert _morning(world, 10) == []


def test_what_was_due_long_before_reminders_were_switched_on_is_left_alone(world: World) -> None:
    _invoice(world)
    assert _morning(world, 400) == []


def test_nobody_is_woken_before_eight_by_the_organisations_clock(world: World) -> None:
    _invoice(world)
    assert _morning(world, 0, hour=7) == []
    assert len(_morning(world, 0, hour=8)) == 1


def test_several_invoices_make_one_mail_with_totals_by_currency(world: World) -> None:
    first, second, third = (
        _invoice(world, "100"),
        _invoice(world, "50.50"),
        _invoice(world, "70", currency="EUR"),
    )
    (mail,) = _morning(world, 0)
    for piece in (first.number, second.number, third.number, "$150.50", "€70.00", "15 Jun 2026"):
        assert piece in mail.text, piece
    assert mail.subject == "3 invoices from Northwind Traders fall due soon"
    assert (
        "Pay now: http://127.0.0.1:8000/invoices/" in mail.text
    )  # of two currencies, one cannot pay at once


def test_the_button_leads_to_the_page_of_paying_with_the_invoices_chosen(world: World) -> None:
    first, second = _invoice(world), _invoice(world)
    (mail,) = _morning(world, 0)
    assert f"/pay/?invoice={first.pk}&invoice={second.pk}" in mail.text


def test_the_reminder_is_in_its_readers_language(world: World) -> None:
    with scope(world.job):
        User.objects.filter(pk=world.maya.user_id).update(language="de")
    invoice = _invoice(world)
    (mail,) = _morning(world, 7)
    assert mail.language == "de"
    assert mail.subject == f"Erinnerung: Rechnung {invoice.number} von Northwind Traders ist überfällig"
    assert "100,00\N{NO-BREAK SPACE}$" in mail.text
    assert "15.06.2026" in mail.text


def test_paid_and_void_invoices_are_not_reminded_of(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    paid, void, part = _invoice(world), _invoice(world), _invoice(world)
    books.pay("100", (paid, "100"))
    books.pay("30", (part, "30"))
    void_invoice(actor=world.olive, invoice=void, reason="A mistake")
    (mail,) = _morning(world, 0)
    assert part.number in mail.text
    assert "$70.00" in mail.text
    assert paid.number not in mail.text
    assert void.number not in mail.text


def test_an_invoice_whose_pending_payment_covers_it_is_left_out(world: World) -> None:
    covered, partly = _invoice(world), _invoice(world)
    with scope(world.job):
        account = GatewayAccount.objects.create(
            organisation=world.organisation, gateway="sandbox", name="Bank"
        )
        attempt = PaymentAttempt.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            gateway_account=account,
            contact_person_id=world.maya.person_id,
            currency="USD",
            submission_key=new_id(),
            amount=Books(world.olive, world.greenleaf).money("140"),
            state=AttemptState.PROCESSING,
        )
        for invoice, amount in ((covered, "100"), (partly, "40")):
            AttemptAllocation.objects.create(
                organisation=world.organisation,
                customer=world.greenleaf,
                attempt=attempt,
                invoice=invoice,
                currency="USD",
                amount=Books(world.olive, world.greenleaf).money(amount),
            )
    (mail,) = _morning(world, 0)
    assert covered.number not in mail.text
    assert partly.number in mail.text
    assert "$60.00" in mail.text


def test_reminders_stop_when_they_are_switched_off(world: World) -> None:
    _invoice(world)
    set_mail_settings(actor=world.olive, reminders=False)
    assert _morning(world, 0) == []
    set_mail_settings(actor=world.olive, reminders=True)
    assert len(_morning(world, 0)) == 1


def test_a_customer_whom_staff_spare_is_not_reminded(world: World) -> None:
    _invoice(world)
    set_customer_mails(actor=world.olive, customer=world.greenleaf, no_reminders=True)
    assert _morning(world, 0) == []
    set_customer_mails(actor=world.olive, customer=world.greenleaf, no_reminders=False)
    assert len(_morning(world, 0)) == 1


def test_maya_who_wants_no_reminders_gets_none_and_leo_never_did(world: World) -> None:
    _invoice(world)
    set_choices(world.maya, {"reminder": False})
    assert _morning(world, 0) == []


def test_a_customer_who_is_inactive_is_not_reminded(world: World) -> None:
    _invoice(world)
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(is_active=False)
    assert _morning(world, 0) == []


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (DUE - timedelta(days=4), None),
        (DUE - timedelta(days=3), -3),
        (DUE - timedelta(days=1), -3),
        (DUE, 0),
        (DUE + timedelta(days=13), 7),
        (DUE + timedelta(days=21), 14),
        (DUE + timedelta(days=22), None),
    ],
)
def test_the_latest_step_counts(today: date, expected: int | None) -> None:
    assert step_of(DUE, date(2026, 5, 1), USUAL, today) == expected


def test_an_invoice_that_is_due_on_receipt_is_its_own_first_reminder() -> None:
    assert step_of(DUE, DUE, USUAL, DUE) is None
    assert step_of(DUE, DUE, USUAL, DUE + timedelta(days=7)) == 7
