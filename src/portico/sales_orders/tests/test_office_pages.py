"""Sales orders in the office, from draft to delivered and invoiced."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.notifications.models import Notification
from portico.sales_orders.models import SalesOrder, Shipment
from portico.sales_orders.tests.making import again, draft, lines, of, order, planters, shipped, states, today
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.people import World


@pytest.fixture
def client(world: World) -> Client:
    """Olive's browser."""
    return signed_in(world.olive)


def _send(client: Client, page: str, it: object, _status: int = 302, **data: Any) -> str:
    address = reverse(f"admin:{page}", args=[it.pk])  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200, page
    answer = client.post(address, data)
    assert answer.status_code == _status, answer.content.decode()[-3000:]
    return answer.content.decode()


def _one(world: World, model: type) -> object:
    with scope(world.olive):
        return model.objects.get()  # type: ignore[attr-defined]


def _written(**more: object) -> dict[str, Any]:
    return {
        "date": today().isoformat(),
        "discount_kind": "none",
        "discount_value": "0",
        "discount_when": "before_tax",
        "rounding": "none",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-name": "Planter",
        "lines-0-quantity": "10",
        "lines-0-rate": "12.50",
        **more,
    }


def test_an_order_from_draft_to_delivered_and_invoiced(world: World, client: Client) -> None:
    _send(client, "new-order", world.greenleaf, **_written(reference="PO 1"))
    mine = _one(world, SalesOrder)
    assert isinstance(mine, SalesOrder)
    _send(
        client,
        "edit-order",
        mine,
        **_written(reference="PO 2", delivery_method="By ship", **{"lines-INITIAL_FORMS": "1"}),
    )
    _send(client, "confirm-order", mine)
    assert (again(world, mine).reference, again(world, mine).delivery_method) == ("PO 2", "By ship")
    packed: dict[str, Any] = {"packed_on": today().isoformat(), "carrier": "Pacific", "quantity_1": "6"}
    assert "begins with https" in _send(
        client, "new-shipment", mine, 422, **packed, tracking_url="http://x.example/1"
    )
    assert "At most 10 of" in _send(client, "new-shipment", mine, 422, **{**packed, "quantity_1": "11"})
    _send(client, "new-shipment", mine, **packed, tracking_url="https://x.example/1")
    sent = _one(world, Shipment)
    _send(client, "edit-shipment", sent, **{**packed, "quantity_1": "7"})
    assert lines(world, mine)[0].packed == 7
    _send(client, "ship", sent, date=today().isoformat())
    _send(client, "in-transit", sent)
    _send(client, "deliver", sent, date=today().isoformat())
    _send(client, "return-shipment", sent, date=today().isoformat(), quantity_1="2")
    _send(client, "cancel-quantities", mine, reason="Sold out", quantity_1="1")
    (line,) = lines(world, mine)
    assert of(line, "shipped", "delivered", "returned", "cancelled") == (7, 7, 2, 1)
    _send(client, "invoice-order", mine, date=today().isoformat(), quantity_1="9", issue="on")
    assert states(world, mine) == ("confirmed", "fully", "partly", "unpaid")
    invoice = _one(world, Invoice)
    assert isinstance(invoice, Invoice)
    assert invoice.number
    run_jobs()
    assert any(invoice.number in each.subject for each in mail.outbox)
    _send(client, "close-order", mine)
    _send(client, "reopen-order", mine)
    for page, it in (("salesorder", mine), ("shipment", sent)):
        for address in (
            reverse(f"admin:sales_orders_{page}_changelist"),
            reverse(f"admin:sales_orders_{page}_change", args=[it.pk]),  # type: ignore[attr-defined]
        ):
            assert client.get(address).status_code == 200


def test_slips_drafts_and_whole_orders_are_undone(world: World, client: Client) -> None:
    drafted = draft(world)
    _send(client, "delete-order-draft", drafted)
    mine = order(world, [planters("4")])
    sent = shipped(world, mine)
    assert "Undo that first" in _send(client, "cancel-order", mine, 409, reason="Late")
    _send(client, "take-back-shipment", sent)
    _send(client, "delete-shipment", sent)
    _send(client, "cancel-order", mine, reason="Late")
    assert states(world, mine)[0] == "void"
    assert "already" in _send(client, "confirm-order", mine, 409)


def test_the_first_view_leads_staff_to_the_order(world: World, client: Client) -> None:
    mine = order(world)
    signed_in(world.maya).get(f"/sales-orders/{mine.pk}/")
    with scope(world.olive):
        told = Notification.objects.get(event="order_viewed")
    answer = client.get(reverse("admin:open_notification", args=[told.pk]))
    assert answer.headers["Location"] == reverse("admin:sales_orders_salesorder_change", args=[mine.pk])
