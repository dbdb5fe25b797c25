"""Forms of sales orders and shipments: what is ordered, and how many of each line are meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor
from portico.customers.models import Customer
from portico.office.forms.base import OfficeForm, dress
from portico.office.forms.documents import DocumentForm
from portico.sales_orders.models import SalesOrder, SalesOrderLine, Shipment, ShipmentLine


class OrderForm(DocumentForm):
    """A sales order: when it is to be shipped, and how."""

    expected_on = forms.DateField(required=False, label=_("To be shipped on"))
    delivery_method = forms.CharField(max_length=60, required=False, label=_("Delivery method"))

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """As for every document, with what an order alone has in the first group."""
        first, *others = super().sections()
        return [("", [*first[1], self["expected_on"], self["delivery_method"]]), *others]


class QuantitiesForm(OfficeForm):
    """How many of each line; `quantities` is what was typed, by the order line's id."""

    def __init__(
        self,
        lines: Iterable[tuple[SalesOrderLine, Decimal, Decimal]],
        submitted: Any,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`lines`: each with what is typed already, and at most."""
        super().__init__(submitted, initial=initial)
        self._ids: dict[str, UUID] = {}
        own = [name for name in self.fields if name != "issue"]
        for line, already, most in lines:
            name = f"quantity_{line.position}"
            self._ids[name] = line.pk
            self.fields[name] = forms.DecimalField(
                max_digits=15,
                decimal_places=4,
                min_value=0,
                initial=already.normalize() if already else Decimal(0),
                required=False,
                label=line.name,
                help_text=_("At most %(most)s.") % {"most": f"{most.normalize():f}"},
            )
            dress(self.fields[name])
        self._others = (*own, *(name for name in self.fields if name == "issue"))

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Quantities first, then the rest; what is to be done at once stands last."""
        groups = ((str(_("Quantities")), tuple(self._ids)), ("", self._others))
        return [(title, [self[name] for name in names]) for title, names in groups if names]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["quantities"] = {
            row: cleaned.pop(name, None) or Decimal(0) for name, row in self._ids.items()
        }
        return cleaned


class InvoiceOrderForm(QuantitiesForm):
    """What of an order to invoice, and when."""

    date = forms.DateField(label=_("Date of the invoice"))
    due_date = forms.DateField(
        required=False, label=_("Due date"), help_text=_("Empty: by the customer's payment terms.")
    )
    issue = forms.BooleanField(required=False, label=_("Issue and send it at once"))


class CancelForm(QuantitiesForm):
    """What of an order will not be supplied, and why."""

    reason = forms.CharField(max_length=200, label=_("Reason"))


class ShipmentForm(QuantitiesForm):
    """What a shipment holds, and who carries it."""

    carrier = forms.CharField(max_length=80, required=False, label=_("Carrier"))
    tracking_number = forms.CharField(max_length=80, required=False, label=_("Tracking number"))
    tracking_url = forms.CharField(
        max_length=500, required=False, label=_("Tracking link"), help_text=_("Begins with https://.")
    )
    packed_on = forms.DateField(label=_("Packed on"))
    expected_on = forms.DateField(required=False, label=_("Expected delivery"))
    notes = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        label=_("Notes"),
        help_text=_("The customer reads them."),
    )


class ReturnForm(QuantitiesForm):
    """How many goods of a shipment have come back in all, and when."""

    date = forms.DateField(label=_("Date"))


class ShipForm(OfficeForm):
    """When a shipment left, and when it is to arrive."""

    date = forms.DateField(label=_("Shipped on"))
    expected_on = forms.DateField(required=False, label=_("Expected delivery"))


class DayForm(OfficeForm):
    """The day something happened."""

    date = forms.DateField(label=_("Date"))


def order_form(actor: Actor, it: Customer | SalesOrder, data: Any, today: dt.date) -> OrderForm:
    """For a new order of a customer, or for a draft."""
    if isinstance(it, SalesOrder):
        return OrderForm(actor, it.customer, it, data, today=today)
    return OrderForm(actor, it, None, data, today=today)


def to_invoice(actor: Actor, it: SalesOrder, data: Any, today: dt.date) -> InvoiceOrderForm:
    """All that no invoice holds is filled in."""
    lines = [(line, line.to_invoice, line.to_invoice) for line in _lines(actor, it) if line.to_invoice]
    return InvoiceOrderForm(lines, data, initial={"date": today})


def to_cancel(actor: Actor, it: SalesOrder, data: Any) -> CancelForm:
    """Nothing is filled in."""
    return CancelForm(
        [(line, Decimal(0), line.to_cancel) for line in _lines(actor, it) if line.to_cancel], data
    )


def to_ship(actor: Actor, it: SalesOrder | Shipment, data: Any, today: dt.date) -> ShipmentForm:
    """For a new shipment, with all that no shipment holds; or for one that is there, with what it holds."""
    if isinstance(it, SalesOrder):
        lines = [(line, line.to_pack, line.to_pack) for line in _lines(actor, it) if line.to_pack]
        return ShipmentForm(lines, data, initial={"packed_on": today})
    initial = {name: getattr(it, name) for name in ShipmentForm.base_fields}
    if it.status != "packed":
        return ShipmentForm((), data, initial=initial)
    held = {
        row.order_line_id: row.quantity for row in ShipmentLine.objects.visible_to(actor).filter(shipment=it)
    }
    every = [(line, held.get(line.pk, Decimal(0))) for line in _lines(actor, it.order)]
    return ShipmentForm(
        [(line, has, has + line.to_pack) for line, has in every if has or line.to_pack], data, initial=initial
    )


def came_back(actor: Actor, it: Shipment, data: Any, today: dt.date) -> ReturnForm:
    """All of the shipment is filled in, or what has come back already."""
    rows = ShipmentLine.objects.visible_to(actor).filter(shipment=it).select_related("order_line")
    lines = [
        (row.order_line, row.returned or row.quantity, row.quantity)
        for row in rows.order_by("order_line__position")
    ]
    return ReturnForm(lines, data, initial={"date": today})


def _lines(actor: Actor, order: SalesOrder) -> Iterable[SalesOrderLine]:
    return SalesOrderLine.objects.visible_to(actor).filter(document=order).order_by("position")
