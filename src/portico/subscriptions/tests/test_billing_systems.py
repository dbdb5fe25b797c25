"""Subscriptions come from Stripe Billing and Zoho Billing: in pages, resumably, at the pace these ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from procrastinate.contrib.django.models import ProcrastinateJob

from portico.access.scope import ScopeError, scope
from portico.customers.actions import edit_customer
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.models import Notification
from portico.subscriptions import jobs
from portico.subscriptions.actions import (
    change_connection,
    connect,
    link_billed_customer,
    set_connection_active,
)
from portico.subscriptions.actions.sync import Went, read_on
from portico.subscriptions.connectors import stripe, zoho
from portico.subscriptions.connectors.known import connector_of
from portico.subscriptions.models import (
    BilledCustomer,
    BillingConnection,
    Status,
    Subscription,
    SubscriptionInvoice,
)
from portico.subscriptions.tests.stands import (
    Stand,
    StripeHandler,
    ZohoHandler,
    running,
    stripe_subscription,
    zoho_subscription,
)
from portico.testing.books import Books
from portico.testing.people import World


@dataclass
class Case:
    """A billing system's stand-in, how to connect it, and its way of writing a subscription."""

    stand: Stand
    system: str
    page: int

    @property
    def settings(self) -> dict[str, str]:
        """What an owner types."""
        if self.system == "stripe":
            return {"secret_key": "rk_test_1", "url": self.stand.url}
        return {
            "organization_id": "1000",
            "client_id": "client",
            "client_secret": "secret",
            "refresh_token": "refresh-1",
            "accounts_url": self.stand.url,
            "url": self.stand.url,
        }

    def subscription(self, number: int, email: str, **changes: Any) -> dict[str, Any]:
        """One as this system writes it."""
        made = stripe_subscription if self.system == "stripe" else zoho_subscription
        return made(number, email, **changes)


@pytest.fixture(params=["stripe", "zoho"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """Each billing system in turn."""
    handler: Any = StripeHandler if request.param == "stripe" else ZohoHandler
    with running(handler) as stand:
        yield Case(stand, request.param, stripe.PER_PAGE if request.param == "stripe" else zoho.PER_PAGE)


def connected(world: World, case: Case) -> BillingConnection:
    """Connected by Olive; Greenleaf has the e-mail address that the billing system knows it by."""
    edit_customer(actor=world.olive, customer=world.greenleaf, email=world.email("office"))
    return connect(actor=world.olive, system=case.system, name="Billing", settings=case.settings)


def read_all(world: World, row: BillingConnection) -> list[Went]:
    """Read until the round is at its end."""
    went: list[Went] = []
    while not went or went[-1] is Went.ON:
        went.append(read_on(world.organisation.pk, row.pk))
    return went


def shown(world: World) -> list[Subscription]:
    """What Maya sees."""
    with scope(world.maya):
        return list(Subscription.objects.visible_to(world.maya).order_by("external_id"))


def test_a_subscription_is_read_as_the_billing_system_says_it(world: World, case: Case) -> None:
    invoice = Books(world.olive, world.greenleaf).invoice("60")
    case.stand.subscriptions = [case.subscription(1, world.email("office").upper())]
    external = case.stand.subscriptions[0].get("id") or case.stand.subscriptions[0]["subscription_id"]
    case.stand.invoices[external] = [invoice.number, "unknown-1"]
    row = connected(world, case)
    assert read_all(world, row) == [Went.DONE]
    (found,) = shown(world)
    assert found.quantity == Decimal(3)
    assert (str(found.status), found.unit, found.every) == ("active", "month", 1)
    if case.system == "stripe":
        assert (str(found.price), str(found.amount), found.plan) == ("20.00 USD", "60.00 USD", "Hose care")
        assert found.billing_details == [["Paid with", "Visa ending 4242"]]
        assert found.next_billing_on == dt.date(2026, 4, 1)
    else:
        assert (str(found.price), str(found.amount), found.plan) == ("49.90 USD", "149.70 USD", "Care Basic")
        assert found.billing_details == [["Paid with", "Card ending 4242"]]
        assert (found.period_start, found.period_end) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    with scope(world.maya):
        assert [each.invoice_id for each in SubscriptionInvoice.objects.all()] == [invoice.pk]


def test_several_pages_are_read_and_the_same_again_changes_nothing(world: World, case: Case) -> None:
    count = case.page * 2 + 1
    case.stand.subscriptions = [case.subscription(each, world.email("office")) for each in range(count)]
    row = connected(world, case)
    assert read_all(world, row) == [Went.ON, Went.ON, Went.DONE]
    before = {each.pk: each.plan for each in shown(world)}
    assert len(before) == count
    assert read_all(world, row) == [Went.ON, Went.ON, Went.DONE]
    assert {each.pk: each.plan for each in shown(world)} == before


def test_a_rest_that_is_asked_for_is_kept_and_the_round_goes_on_where_it_was(
    world: World, case: Case
) -> None:
    count = case.page + 5
    case.stand.subscriptions = [case.subscription(each, world.email("office")) for each in range(count)]
    row = connected(world, case)
    assert read_on(world.organisation.pk, row.pk) is Went.ON
    case.stand.rest_after = len(case.stand.asked)
    with clock.held_at(clock.now()):
        assert read_on(world.organisation.pk, row.pk) is Went.REST
        with scope(world.job):
            row.refresh_from_db()
            assert row.wait_until is not None
            assert dt.timedelta(seconds=20) < row.wait_until - clock.now() < dt.timedelta(seconds=40)
    asked = len(case.stand.asked)
    assert read_on(world.organisation.pk, row.pk) is Went.IDLE, "it is not asked before the rest is over"
    assert len(case.stand.asked) == asked
    case.stand.rest_after = None
    with scope(world.job):
        BillingConnection.objects.filter(pk=row.pk).update(wait_until=clock.now())
    assert read_on(world.organisation.pk, row.pk) is Went.DONE
    assert len(shown(world)) == count


def test_a_rest_in_the_middle_of_a_page_loses_nothing(world: World, case: Case) -> None:
    case.stand.subscriptions = [case.subscription(each, world.email("office")) for each in range(5)]
    row = connected(world, case)
    case.stand.rest_after = len(case.stand.asked) + 3
    assert read_on(world.organisation.pk, row.pk) is Went.REST
    assert shown(world) == []
    case.stand.rest_after = None
    with scope(world.job):
        BillingConnection.objects.filter(pk=row.pk).update(wait_until=None)
    assert read_all(world, row) == [Went.DONE]
    assert len(shown(world)) == 5


def test_a_billing_system_that_breaks_off_is_said_so_and_read_again(world: World, case: Case) -> None:
    case.stand.subscriptions = [case.subscription(1, world.email("office"))]
    row = connected(world, case)
    case.stand.breaks = True
    assert read_on(world.organisation.pk, row.pk) is Went.FAILED
    with scope(world.job):
        row.refresh_from_db()
    assert "cannot be reached" in row.failure
    case.stand.breaks = False
    assert read_all(world, row) == [Went.DONE]
    with scope(world.job):
        row.refresh_from_db()
    assert row.failure == ""


def test_a_key_that_is_refused_is_told_to_staff_once(world: World, case: Case) -> None:
    row = connected(world, case)
    case.stand.refuses = True
    case.stand.token = "token-2"
    assert read_on(world.organisation.pk, row.pk) is Went.FAILED
    assert read_on(world.organisation.pk, row.pk) is Went.FAILED
    with scope(world.olive):
        assert Notification.objects.filter(event="billing_refused").count() == 1


def test_what_is_gone_there_is_gone_here_at_the_end_of_a_round(world: World, case: Case) -> None:
    case.stand.subscriptions = [case.subscription(each, world.email("office")) for each in range(3)]
    row = connected(world, case)
    read_all(world, row)
    del case.stand.subscriptions[1]
    read_all(world, row)
    assert len(shown(world)) == 2
    with scope(world.olive):
        assert Subscription.objects.filter(connection=row, gone_at__isnull=False).count() == 1


def test_nobodys_subscriptions_are_shown_to_nobody_until_staff_say_whose_they_are(
    world: World, case: Case
) -> None:
    case.stand.subscriptions = [case.subscription(1, "somebody@elsewhere.example")]
    row = connected(world, case)
    read_all(world, row)
    assert shown(world) == []
    with scope(world.olive):
        billed = BilledCustomer.objects.get(connection=row)
    assert billed.customer_id is None
    link_billed_customer(actor=world.olive, billed=billed, customer=world.harbourview)
    read_all(world, row)
    assert shown(world) == []
    link_billed_customer(actor=world.olive, billed=billed, customer=world.greenleaf)
    read_all(world, row)
    assert len(shown(world)) == 1


def test_an_address_that_two_customers_share_says_nothing(world: World, case: Case) -> None:
    case.stand.subscriptions = [case.subscription(1, world.email("office"))]
    row = connected(world, case)
    edit_customer(actor=world.olive, customer=world.harbourview, email=world.email("office"))
    read_all(world, row)
    assert shown(world) == []


def test_one_that_cannot_be_understood_keeps_no_other_out(world: World, case: Case) -> None:
    strange = case.subscription(2, world.email("office"), status="floating")
    case.stand.subscriptions = [case.subscription(1, world.email("office")), strange]
    row = connected(world, case)
    read_all(world, row)
    assert len(shown(world)) == 1
    with scope(world.job):
        row.refresh_from_db()
    assert "floating" in row.failure


def test_of_two_workers_that_read_the_same_page_one_applies_it(world: World, case: Case) -> None:
    from portico.subscriptions.actions import sync

    case.stand.subscriptions = [case.subscription(1, world.email("office"))]
    row = connected(world, case)
    begun = sync._begin(world.job, row.pk)
    assert begun is not None
    page = connector_of(begun).read_page("")
    assert sync._apply(world.job, begun, page) is Went.DONE
    assert sync._apply(world.job, begun, page) is Went.IDLE


def test_a_wrong_key_is_said_next_to_its_field_and_nothing_is_kept(world: World, case: Case) -> None:
    wrong = {name: "wrong" if name in {"secret_key", "refresh_token"} else value
             for name, value in case.settings.items()}  # fmt: skip
    with pytest.raises(InvalidError, match="does not accept") as raised:
        connect(actor=world.olive, system=case.system, name="Billing", settings=wrong)
    assert raised.value.field in {"secret_key", "client_secret"}
    with scope(world.olive):
        assert not BillingConnection.objects.exists()


def test_secrets_are_sealed_and_settings_can_be_changed(world: World, case: Case) -> None:
    row = connected(world, case)
    with database.cursor() as cursor, scope(world.olive):
        cursor.execute("SELECT row_to_json(c)::text FROM subscriptions_billingconnection c")
        kept = cursor.fetchone()[0]
    for secret in ("rk_test_1", "refresh-1", '"secret"'):
        assert secret not in kept
    changed = change_connection(actor=world.olive, connection=row, name="Other", settings=case.settings)
    assert changed.name == "Other"
    with pytest.raises(ConflictError) as raised:
        connect(actor=world.olive, system=case.system, name="Other", settings=case.settings)
    assert raised.value.field == "name"
    with pytest.raises(ForbiddenError):
        connect(actor=world.maya, system=case.system, name="Maya's", settings=case.settings)


def test_a_job_reads_the_pages_and_a_stopped_connection_is_left_alone(world: World, case: Case) -> None:
    case.stand.subscriptions = [
        case.subscription(each, world.email("office")) for each in range(case.page + 1)
    ]
    row = connected(world, case)
    waiting = ProcrastinateJob.objects.filter(task_name="subscriptions.sync", args__connection_id=str(row.pk))
    assert waiting.count() == 1
    jobs.sync(organisation_id=str(world.organisation.pk), connection_id=str(row.pk))
    assert len(shown(world)) == case.page + 1
    set_connection_active(actor=world.olive, connection=row, active=False)
    asked = len(case.stand.asked)
    jobs.sync(organisation_id=str(world.organisation.pk), connection_id=str(row.pk))
    assert len(case.stand.asked) == asked


def test_nothing_is_asked_inside_a_transaction(world: World, case: Case) -> None:
    row = connected(world, case)
    with scope(world.olive), pytest.raises(ScopeError):
        connector_of(row).read_page("")


def test_an_access_token_of_zohos_that_has_run_out_is_renewed(world: World) -> None:
    with running(ZohoHandler) as stand:
        case = Case(stand, "zoho", zoho.PER_PAGE)
        stand.subscriptions = [case.subscription(1, world.email("office"))]
        row = connected(world, case)
        connector = connector_of(row)
        connector.check()
        stand.token = "token-2"
        renewed = stand.renewals
        assert len(connector.read_page("").subscriptions) == 1
        assert stand.renewals == renewed + 1


@pytest.mark.parametrize(
    ("currency", "minor", "amount"),
    [
        ("jpy", "2000", "2000 JPY"),
        ("kwd", "2000", "2.000 KWD"),
        ("usd", "1999", "19.99 USD"),
        ("ugx", "500000", "5000 UGX"),
    ],
)
def test_stripes_minor_units_become_exact_amounts(currency: str, minor: str, amount: str) -> None:
    found = stripe._amount({"unit_amount_decimal": minor}, currency.upper())
    assert str(found) == amount
    assert isinstance(found.amount, Decimal)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "trialing"}, Status.TRIAL),
        ({"status": "unpaid"}, Status.PAST_DUE),
        ({"status": "canceled", "ended_at": 1_772_323_200}, Status.CANCELLED),
        ({"cancel_at_period_end": True}, Status.ENDING),
        ({"pause_collection": {"behavior": "void"}}, Status.PAUSED),
    ],
)
def test_stripes_states_in_our_words(changes: dict[str, Any], status: Status) -> None:
    assert stripe._status(stripe_subscription(1, "a@b.example", **changes)) is status
