"""Maya sees what Greenleaf subscribes to, where Northwind shows it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from portico.access.scope import scope
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.money import Money
from portico.organisations.actions import edit_preferences
from portico.subscriptions.actions import feed_subscription, remove_subscription
from portico.subscriptions.feed import Details
from portico.subscriptions.models import Status, Subscription
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


def details(external_id: str = "S-1", **changes: object) -> Details:
    """A subscription to three hoses a month."""
    values: dict[str, object] = {
        "external_id": external_id,
        "plan": "Hose care",
        "status": Status.ACTIVE,
        "price": Money.of("20", "USD"),
        "amount": Money.of("60", "USD"),
        "quantity": Decimal(3),
        "period_start": dt.date(2026, 3, 1),
        "period_end": dt.date(2026, 3, 31),
        "next_billing_on": dt.date(2026, 4, 1),
        **changes,
    }
    return Details(**values)  # type: ignore[arg-type]


def fed(world: World, external_id: str = "S-1", **changes: object) -> Subscription:
    """Fed by Olive for Greenleaf."""
    return feed_subscription(
        actor=world.olive, customer=world.greenleaf, details=details(external_id, **changes)
    )


def test_where_subscriptions_are_off_there_is_no_trace_of_them(world: World) -> None:
    row = fed(world)
    maya = signed_in(world.maya)
    assert maya.get("/subscriptions/").status_code == 404
    assert maya.get(f"/subscriptions/{row.pk}/").status_code == 404
    assert "/subscriptions/" not in maya.get("/").content.decode()
    edit_preferences(actor=world.olive, show_subscriptions=True)
    assert maya.get("/subscriptions/").status_code == 200
    assert "/subscriptions/" in maya.get("/").content.decode()


def test_maya_reads_what_one_costs_and_which_invoices_it_had(world: World) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    invoice = Books(world.olive, world.greenleaf).invoice("60")
    row = fed(world, invoices=(invoice.number,), billing_details=(("Paid with", "Visa ending 4242"),))
    maya = signed_in(world.maya)
    assert "Hose care" in maya.get("/subscriptions/").content.decode()
    page = maya.get(f"/subscriptions/{row.pk}/").content.decode()
    for text in ("Hose care", "Every month", "Visa ending 4242", invoice.number, "Apr"):
        assert text in page
    assert "60" in page


def test_the_list_of_invoices_is_narrowed_to_those_of_one_subscription(world: World) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    books = Books(world.olive, world.greenleaf)
    ours, other = books.invoice("60"), books.invoice("70")
    row = fed(world, invoices=(ours.number,))
    maya = signed_in(world.maya)
    query = f"?tab=all&subscription={row.pk}"
    page = maya.get(f"/invoices/{query}").content.decode()
    assert f'"{ours.pk}/"' in page
    assert f'"{other.pk}/"' not in page
    assert "Hose care" in page, "the chip that removes the filter"
    assert f"subscription={row.pk}&amp;sort=number" in page, "sorting keeps it"
    file = b"".join(maya.get(f"/lists/invoice/export.csv{query}")).decode()
    assert ours.number in file
    assert other.number not in file


def test_a_view_keeps_the_subscription_and_names_it(world: World) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    row = fed(world)
    maya = signed_in(world.maya)
    made = {"name": "Hoses", "query": f"tab=all&subscription={row.pk}"}
    answer = maya.post("/lists/invoice/views/new", made)
    assert f"subscription={row.pk}" in answer["Location"]
    assert "Hose care" in maya.get("/lists/invoice/views/").content.decode()


@pytest.mark.parametrize("asked", ["theirs", "1a2b", "00000000-0000-0000-0000-000000000000"])
def test_invoices_of_a_subscription_that_is_not_there_are_none(world: World, asked: str) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    books = Books(world.olive, world.greenleaf)
    books.invoice("60")
    row = feed_subscription(actor=world.olive, customer=world.harbourview, details=details(plan="Ropes"))
    query = f"?tab=all&subscription={row.pk if asked == 'theirs' else asked}"
    answer = signed_in(world.maya).get(f"/invoices/{query}")
    assert answer.status_code == 200
    assert "No invoice matches these filters" in answer.content.decode()
    assert "Ropes" not in answer.content.decode()


def test_the_filter_is_unknown_where_subscriptions_are_off(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    ours, other = books.invoice("60"), books.invoice("70")
    row = fed(world, invoices=(ours.number,))
    page = signed_in(world.maya).get(f"/invoices/?tab=all&subscription={row.pk}").content.decode()
    assert other.number in page
    assert "Hose care" not in page


def test_subscriptions_go_into_a_file_and_views_of_them_are_kept(world: World) -> None:
    fed(world)
    maya = signed_in(world.maya)
    assert maya.get("/lists/subscription/export.csv").status_code == 404
    assert maya.get("/lists/subscription/views/").status_code == 404
    edit_preferences(actor=world.olive, show_subscriptions=True)
    lines = b"".join(maya.get("/lists/subscription/export.csv")).decode("utf-8-sig").splitlines()
    assert lines[0] == "Plan,Status,Billed next,Period,Amount,Currency"
    assert lines[1] == "Hose care,Active,2026-04-01,every month,60.00,USD"
    assert signed_in(world.leo).get("/lists/subscription/export.csv").status_code == 403
    kept = {"name": "Ended", "query": "tab=all&status=cancelled", "is_default": "on"}
    assert maya.post("/lists/subscription/views/new", kept).status_code == 302
    assert "status=cancelled" in maya.get("/subscriptions/")["Location"]
    assert maya.get("/lists/subscription/pdfs").status_code == 404


def test_leo_and_ines_see_none(world: World) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    row = fed(world)
    assert signed_in(world.leo).get("/subscriptions/").status_code == 403
    assert signed_in(world.ines).get(f"/subscriptions/{row.pk}/").status_code == 404
    assert "Hose care" not in signed_in(world.ines).get("/subscriptions/").content.decode()


def test_feeding_again_changes_it_and_adds_none(world: World) -> None:
    first = fed(world)
    again = fed(world, plan="Hose care plus", status=Status.PAUSED)
    assert first.pk == again.pk
    with scope(world.olive):
        assert Subscription.objects.get().plan == "Hose care plus"


def test_ended_ones_are_under_all(world: World) -> None:
    edit_preferences(actor=world.olive, show_subscriptions=True)
    fed(world, "S-1", plan="Running hose")
    fed(world, "S-2", plan="Ended hose", status=Status.CANCELLED)
    maya = signed_in(world.maya)
    assert "Ended hose" not in maya.get("/subscriptions/").content.decode()
    everything = maya.get("/subscriptions/?tab=all").content.decode()
    assert "Ended hose" in everything
    assert "Running hose" in everything
    assert "Ended hose" in maya.get("/subscriptions/?tab=all&status=cancelled").content.decode()
    assert "No subscription matches" in maya.get("/subscriptions/?next_from=2027-01-01").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"plan": " "}, "plan"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"every": 0}, "every"),
        ({"price": Money.of("-1", "USD")}, "price"),
        ({"amount": Money.of("1", "EUR")}, "amount"),
        ({"period_end": dt.date(2026, 2, 1)}, "period_end"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(world: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as raised:
        fed(world, **changes)  # type: ignore[arg-type]
    assert raised.value.field == field


def test_an_id_belongs_to_one_customer(world: World) -> None:
    fed(world)
    with pytest.raises(ConflictError):
        feed_subscription(actor=world.olive, customer=world.harbourview, details=details())


def test_contacts_feed_nothing_and_strangers_find_nothing(world: World) -> None:
    with pytest.raises(ForbiddenError):
        feed_subscription(actor=world.maya, customer=world.greenleaf, details=details())
    row = fed(world)
    remove_subscription(actor=world.olive, subscription=row)
    with scope(world.maya), pytest.raises(NotFoundError):
        Subscription.objects.one_for(world.maya, pk=row.pk)
