"""Pages that write, confirm, ship, invoice and cancel sales orders."""

from __future__ import annotations

from typing import Any, Final

from django.db import models

from portico.access.actors import Actor, Duty
from portico.customers.models import Customer
from portico.invoices.actions.send import send_invoice
from portico.kit.money import format_money
from portico.office.forms.orders import (
    DayForm,
    ShipForm,
    came_back,
    order_form,
    to_cancel,
    to_invoice,
    to_ship,
)
from portico.office.forms.simple import NothingForm, ReasonForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one, today
from portico.sales_orders.actions import (
    OrderDraft,
    ShipmentDraft,
    cancel_order,
    cancel_quantities,
    close_order,
    confirm_order,
    delete_order_draft,
    delete_shipment,
    deliver,
    draft_order,
    edit_order,
    edit_shipment,
    invoice_order,
    mark_in_transit,
    pack_shipment,
    reopen_order,
    return_shipment,
    ship,
    take_back,
)
from portico.sales_orders.models import SalesOrder, Shipment
from portico.sales_orders.states import ShipmentStatus


def _delete_draft(actor: Actor, it: SalesOrder, _data: dict[str, Any]) -> models.Model:
    customer = it.customer
    delete_order_draft(actor=actor, order=it)
    return customer


def _invoice(actor: Actor, it: SalesOrder, data: dict[str, Any]) -> models.Model:
    """The invoice, issued and sent where that was asked for; all of it or nothing."""
    invoice = invoice_order(actor=actor, order=it, **data)
    if data["issue"]:
        send_invoice(actor=actor, invoice=invoice)
    return invoice


def _edit_shipment(actor: Actor, it: Shipment, data: dict[str, Any]) -> models.Model:
    if it.status != ShipmentStatus.PACKED:
        data = {**data, "quantities": None}  # what has left stays as it is
    return edit_shipment(actor=actor, shipment=it, draft=ShipmentDraft(**data))


def _summary(it: Any) -> str:
    return (
        f"{it.customer}, {format_money(it.total)}. It gets its number and is shown to the customer. A confirmed order"
        " is frozen: quantities of it can be cancelled, nothing else is changed."
    )


ORDER_PAGES: Final[dict[str, ActionPage]] = {
    "new-order": ActionPage(
        "New sales order for %(it)s", "Save draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: order_form(actor, it, data, today(actor)),
        lambda actor, it, data: draft_order(actor=actor, customer=it, draft=OrderDraft(**data)), load=one(Customer),
    ),
    "edit-order": ActionPage(
        "Change draft sales order", "Save draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: order_form(actor, it, data, today(actor)),
        lambda actor, it, data: edit_order(actor=actor, order=it, draft=OrderDraft(**data)), load=one(SalesOrder),
    ),
    "confirm-order": ActionPage(
        "Confirm sales order", "Confirm and send", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: confirm_order(actor=actor, order=it), load=one(SalesOrder), intro=_summary,
    ),
    "delete-order-draft": ActionPage(
        "Delete draft sales order", "Delete draft", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data), _delete_draft, load=one(SalesOrder), danger=True,
    ),
    "invoice-order": ActionPage(
        "Invoice %(it)s", "Make invoice", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: to_invoice(actor, it, data, today(actor)), _invoice, load=one(SalesOrder),
        intro=lambda it: "What no invoice holds yet is filled in; invoice less of it by typing less.",
    ),
    "cancel-order": ActionPage(
        "Cancel %(it)s", "Cancel order", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ReasonForm(data),
        lambda actor, it, data: cancel_order(actor=actor, order=it, reason=data["reason"]), load=one(SalesOrder),
        danger=True, intro=lambda it: "All of it: nothing is in a shipment or on an invoice.",
    ),
    "cancel-quantities": ActionPage(
        "Cancel part of %(it)s", "Cancel quantities", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: to_cancel(actor, it, data),
        lambda actor, it, data: cancel_quantities(actor=actor, order=it, **data), load=one(SalesOrder), danger=True,
        intro=lambda it: "How many of each line will not be supplied.",
    ),
    "close-order": ActionPage(
        "Close %(it)s", "Close order", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: close_order(actor=actor, order=it), load=one(SalesOrder),
        intro=lambda it: "Nothing more of it will be shipped or invoiced. It can be opened again.",
    ),
    "reopen-order": ActionPage(
        "Open %(it)s again", "Open again", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: reopen_order(actor=actor, order=it), load=one(SalesOrder),
    ),
    "new-shipment": ActionPage(
        "New shipment of %(it)s", "Save shipment", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: to_ship(actor, it, data, today(actor)),
        lambda actor, it, data: pack_shipment(actor=actor, order=it, draft=ShipmentDraft(**data)),
        load=one(SalesOrder), intro=lambda it: "What no shipment holds yet is filled in.",
    ),
    "edit-shipment": ActionPage(
        "Change %(it)s", "Save shipment", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: to_ship(actor, it, data, today(actor)), _edit_shipment, load=one(Shipment),
    ),
    "ship": ActionPage(
        "%(it)s has left", "Mark as shipped", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ShipForm(data, initial={"date": today(actor), "expected_on": it.expected_on}),
        lambda actor, it, data: ship(actor=actor, shipment=it, **data), load=one(Shipment),
        intro=lambda it: "Those at the customer who may see orders get an e-mail with the tracking link.",
    ),
    "in-transit": ActionPage(
        "%(it)s is in transit", "Mark as in transit", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: mark_in_transit(actor=actor, shipment=it), load=one(Shipment),
    ),
    "deliver": ActionPage(
        "%(it)s has arrived", "Mark as delivered", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: DayForm(data, initial={"date": today(actor)}),
        lambda actor, it, data: deliver(actor=actor, shipment=it, **data), load=one(Shipment),
    ),
    "return-shipment": ActionPage(
        "Goods of %(it)s came back", "Save returns", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: came_back(actor, it, data, today(actor)),
        lambda actor, it, data: return_shipment(actor=actor, shipment=it, **data), load=one(Shipment),
        intro=lambda it: "How many have come back in all. What was never delivered comes back whole, to be sent again.",
    ),
    "take-back-shipment": ActionPage(
        "Undo the last step of %(it)s", "Undo", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: take_back(actor=actor, shipment=it), load=one(Shipment),
        intro=lambda it: "A shipment that was marked by mistake: shipped becomes packed, delivered becomes shipped.",
    ),
    "delete-shipment": ActionPage(
        "Unpack %(it)s", "Delete shipment", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: delete_shipment(actor=actor, shipment=it), load=one(Shipment), danger=True,
    ),
}  # fmt: skip
