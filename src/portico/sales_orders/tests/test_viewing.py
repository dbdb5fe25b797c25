"""Who looked at an order, what the first look sets going, and what goes out by e-mail."""

from __future__ import annotations

import io

from django.core import mail
from pypdf import PdfReader
from structlog.testing import capture_logs

from portico.access.scope import scope
from portico.notifications.models import Notification
from portico.organisations.models import Preferences
from portico.sales_orders.models import SalesOrderLine
from portico.sales_orders.tests.making import again, order, shipped
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.people import World
from portico.testing.together import together
from portico.transactions.models import DocumentView


def _views(world: World) -> list[str]:
    with scope(world.olive):
        return [view.how for view in DocumentView.objects.order_by("at")]


def _told(world: World) -> list[str]:
    with scope(world.olive):
        return [each.title for each in Notification.objects.filter(event="order_viewed")]


def _to(world: World, name: str) -> list[str]:
    return [str(each.subject) for each in mail.outbox if each.to == [world.email(name)]]


def test_the_first_look_is_told_once_and_every_look_is_logged(world: World) -> None:
    mine = order(world)
    client = signed_in(world.leo)
    for path in ("", "pdf", "print", ""):
        client.get(f"/sales-orders/{mine.pk}/{path}")
        client.head(f"/sales-orders/{mine.pk}/{path}")
        client.get(f"/sales-orders/{mine.pk}/{path}", headers={"Sec-Purpose": "prefetch"})
    assert _views(world) == ["page", "pdf", "print", "page"]
    assert _told(world) == [f"Leo of Greenleaf Gardens Ltd opened sales order {mine.number}"]
    assert "First opened by Leo" in client.get(f"/sales-orders/{mine.pk}/").content.decode()


def test_two_who_open_it_at_once_are_told_of_once(world: World) -> None:
    mine = order(world)
    clients = [signed_in(world.maya) for _each in range(4)]
    together(*(lambda client=each: client.get(f"/sales-orders/{mine.pk}/") for each in clients))
    assert len(_views(world)) == 4
    assert len(_told(world)) == 1


def test_a_confirmed_order_is_frozen_and_a_change_behind_the_actions_is_noticed(world: World) -> None:
    mine = order(world)
    client = signed_in(world.maya)
    client.get(f"/sales-orders/{mine.pk}/")
    kept = again(world, mine).fingerprint
    shipped(world, mine)
    with capture_logs() as logs:
        client.get(f"/sales-orders/{mine.pk}/")
    assert again(world, mine).fingerprint == kept
    assert not [each for each in logs if each["event"] == "issued_document_changed"]
    with scope(world.olive):
        SalesOrderLine.objects.filter(document=mine).update(name="Something else")
    with capture_logs() as logs:
        client.get(f"/sales-orders/{mine.pk}/")
    assert [each for each in logs if each["event"] == "issued_document_changed"]


def test_those_who_may_see_orders_are_written_to(world: World) -> None:
    mine = order(world, reference="PO 5")
    sent = shipped(
        world,
        mine,
        carrier="Pacific Freight",
        tracking_number="PF 1",
        tracking_url="https://track.example/PF1",
    )
    run_jobs()
    for name in ("maya", "leo"):
        assert _to(world, name) == [
            f"Sales order {mine.number} from Northwind Traders",
            f"On its way: goods of order {mine.number}",
        ]
    confirmed, left = [each for each in mail.outbox if each.to == [world.email("leo")]]
    ((name, content, _type),) = confirmed.attachments
    assert name == f"{mine.number}.pdf"
    assert mine.number in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert f"/sales-orders/{mine.pk}/" in confirmed.body
    assert "https://track.example/PF1" in left.body
    assert "Pacific Freight" in left.body
    assert sent.number
    assert _views(world) == []


def test_nobody_is_written_to_where_orders_are_not_shown(world: World) -> None:
    with scope(world.olive):
        Preferences.objects.update(show_sales_orders=False)
    shipped(world, order(world))
    run_jobs()
    assert _to(world, "maya") == []
