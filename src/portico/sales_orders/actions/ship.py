"""Shipments of a sales order: packed, shipped, on the way, delivered, returned; and what puts a slip right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.locking import lock_books, reread
from portico.kit.errors import ConflictError, InvalidError
from portico.sales_orders.actions.mails import mail_shipped
from portico.sales_orders.actions.quantities import Quantities, check_open, chosen, lines_of
from portico.sales_orders.models import SalesOrder, Shipment, ShipmentLine
from portico.sales_orders.states import SHIPMENT_MOVES, ShipmentStatus
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import check_day, check_happened, today_at
from portico.transactions.history import note
from portico.transactions.models import DocumentKind
from portico.transactions.numbering import next_number
from portico.transactions.texts import check_texts

_COLUMNS: Final = ("carrier", "tracking_number", "tracking_url", "packed_on", "expected_on", "notes")
_HTTPS: Final = URLValidator(schemes=["https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDraft:
    """A shipment as written: what it holds by order line (None for all that is left), who carries it.

    `packed_on` is today when not given; dates are in the organisation's time zone. `tracking_url` is https.
    """

    quantities: Quantities | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    packed_on: dt.date | None = None
    expected_on: dt.date | None = None
    notes: str = ""


def pack_shipment(*, actor: Actor, order: SalesOrder, draft: ShipmentDraft) -> Shipment:
    """Make a shipment of what is chosen, with its number; the goods have not left yet.

    Raises:
        ConflictError: the order is not confirmed.
        ForbiddenError: the actor may not write documents.
        InvalidError: more than is left of a line, or nothing; a link that is not https; `field` names the input.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(order.customer_id)
        order = reread(actor, order)
        check_open(order)
        shipment = Shipment(organisation_id=order.organisation_id, customer_id=order.customer_id, order=order)
        _fill(shipment, draft)
        shipment.number = next_number(order.organisation_id, "shipment")
        shipment.save(force_insert=True)
        _put_lines(shipment, order, draft.quantities)
        audit.record(actor, "pack_shipment", order, f"{order.number}, {shipment.number}")
        return shipment


def edit_shipment(*, actor: Actor, shipment: Shipment, draft: ShipmentDraft) -> Shipment:
    """Write a shipment anew; what it holds can be changed only while it is packed (None leaves it).

    Raises:
        ConflictError: it has left, and `quantities` are given.
        ForbiddenError, InvalidError: as for `pack_shipment`.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(shipment.customer_id)
        shipment = reread(actor, shipment)
        before = {name: str(getattr(shipment, name)) for name in _COLUMNS}
        _fill(shipment, draft)
        if draft.quantities is not None:
            if shipment.status != ShipmentStatus.PACKED:
                raise ConflictError(_("%(shipment)s has left: what is in it stays.") % {"shipment": shipment})
            ShipmentLine.objects.filter(shipment=shipment).delete()
            _put_lines(shipment, reread(actor, shipment.order), draft.quantities)
        shipment.save(update_fields=[*_COLUMNS])
        changes = {name: [was, str(getattr(shipment, name))] for name, was in before.items()}
        audit.record(
            actor,
            "edit_shipment",
            shipment.order,
            shipment.number,
            {k: v for k, v in changes.items() if v[0] != v[1]},
        )
        return shipment


def delete_shipment(*, actor: Actor, shipment: Shipment) -> SalesOrder:
    """Unpack a shipment that has not left; its goods are to be shipped again.

    Raises:
        ConflictError: it has left.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(shipment.customer_id)
        shipment = reread(actor, shipment)
        if shipment.status != ShipmentStatus.PACKED:
            raise ConflictError(_("%(shipment)s has left already.") % {"shipment": shipment})
        order = shipment.order
        audit.record(actor, "delete_shipment", order, f"{order.number}, {shipment.number}")
        shipment.delete()
        return order


def ship(
    *,
    actor: Actor,
    shipment: Shipment,
    date: dt.date | None = None,
    expected_on: dt.date | None = None,
    tell: bool = True,
) -> Shipment:
    """Say that a packed shipment has left; those at the customer who may see orders get an e-mail.

    Args:
        actor: staff who may write documents.
        shipment: a packed one.
        date: when it left, in the organisation's time zone; today when not given.
        expected_on: when it is to arrive; what the shipment says already when not given.
        tell: whether e-mails go out; an import of old shipments tells nobody.

    Raises:
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it has left already.
        InvalidError: a date that cannot be.
    """
    with scope(actor):
        shipment, day = _open(actor, shipment, ShipmentStatus.SHIPPED, date, only_from=ShipmentStatus.PACKED)
        expected = expected_on or shipment.expected_on
        if expected is not None and expected < day:
            raise InvalidError(_("It cannot arrive before it has left."), field="expected_on")
        moved = {"status": ShipmentStatus.SHIPPED, "shipped_on": day, "expected_on": expected}
        _move(actor, shipment, moved, "shipped")
        if tell:
            mail_shipped(actor, shipment)
        return shipment


def mark_in_transit(*, actor: Actor, shipment: Shipment) -> Shipment:
    """Say that the carrier has it.

    Raises:
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it has not left, or has arrived.
    """
    with scope(actor):
        shipment, _day = _open(actor, shipment, ShipmentStatus.IN_TRANSIT, None)
        _move(actor, shipment, {"status": ShipmentStatus.IN_TRANSIT}, "in_transit", in_portal=False)
        return shipment


def deliver(*, actor: Actor, shipment: Shipment, date: dt.date | None = None) -> Shipment:
    """Say that a shipment has arrived, on a day in the organisation's time zone, today when not given.

    Raises:
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it has not left, or has come back.
        InvalidError: a date before it left, or in the future.
    """
    with scope(actor):
        shipment, day = _open(
            actor, shipment, ShipmentStatus.DELIVERED, date, not_from=ShipmentStatus.RETURNED
        )
        _not_before(day, shipment.shipped_on)
        _move(actor, shipment, {"status": ShipmentStatus.DELIVERED, "delivered_on": day}, "delivered")
        return shipment


def take_back(*, actor: Actor, shipment: Shipment) -> Shipment:
    """Undo a slip: a shipment that was said to have left is packed again, one said to have arrived is on its way.

    Raises:
        ConflictError: neither, or goods of it have come back.
        ForbiddenError: the actor may not write documents.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(shipment.customer_id)
        shipment = reread(actor, shipment)
        here = ShipmentStatus(shipment.status)
        to = {
            ShipmentStatus.SHIPPED: ShipmentStatus.PACKED,
            ShipmentStatus.DELIVERED: ShipmentStatus.SHIPPED,
        }.get(here)
        if to is None or ShipmentLine.objects.filter(shipment=shipment, returned__gt=0).exists():
            raise ConflictError(_("This cannot be undone on %(shipment)s.") % {"shipment": shipment})
        SHIPMENT_MOVES.check_change(here, to)
        column = "shipped_on" if to == ShipmentStatus.PACKED else "delivered_on"
        _move(actor, shipment, {"status": to, column: None}, "taken_back", in_portal=False)
        return shipment


def return_shipment(
    *, actor: Actor, shipment: Shipment, quantities: Quantities | None = None, date: dt.date | None = None
) -> Shipment:
    """Say how many goods of a shipment have come back by now.

    Of a delivered shipment any part may come back; when all has, it is returned, and when it turns out that less
    has, it is delivered again. One that never arrived comes back whole, and its goods are to be shipped again.

    Args:
        actor: staff who may write documents.
        shipment: one that has left.
        quantities: how many of each of the order's lines have come back in all; None for everything.
        date: when, in the organisation's time zone; today when not given.

    Raises:
        ForbiddenError: the actor may not write documents.
        IllegalMoveError: it has not left.
        InvalidError: more than it holds; a part of one that has not arrived; a date that cannot be.
    """
    with scope(actor):
        require_office(actor, Duty.WRITE_DOCUMENTS)
        lock_books(shipment.customer_id)
        shipment = reread(actor, shipment)
        here = ShipmentStatus(shipment.status)
        lines = list(
            ShipmentLine.objects.filter(shipment=shipment).select_related("order_line").order_by("pk")
        )
        back = {line.pk: _came_back(line, quantities) for line in lines}
        whole = all(back[line.pk] == line.quantity for line in lines)
        if here != ShipmentStatus.RETURNED:
            SHIPMENT_MOVES.check(here, ShipmentStatus.RETURNED)
        if shipment.delivered_on is None and not whole:
            raise InvalidError(_("It has not been delivered, so it comes back whole."), field="quantities")
        day = date or today_at(shipment.organisation_id)
        check_happened(day, shipment.organisation_id)
        _not_before(day, shipment.delivered_on or shipment.shipped_on)
        for line in lines:
            line.returned = back[line.pk]
        ShipmentLine.objects.bulk_update(lines, ["returned"])
        to = ShipmentStatus.RETURNED if whole else ShipmentStatus.DELIVERED
        SHIPMENT_MOVES.check(here, to)
        any_back = any(back.values())
        _move(actor, shipment, {"status": to, "returned_on": day if any_back else None}, "goods_returned")
        return shipment


def _came_back(line: ShipmentLine, quantities: Quantities | None) -> Any:
    quantity = line.quantity if quantities is None else quantities.get(line.order_line_id, line.returned)
    if not quantity.is_finite() or not 0 <= quantity <= line.quantity:
        raise InvalidError(
            _("At most %(most)s were in this shipment.") % {"most": f"{line.quantity.normalize():f}"},
            field=f"quantity-{line.order_line.position}",
        )
    return quantity


def _open(
    actor: Actor,
    shipment: Shipment,
    to: ShipmentStatus,
    date: dt.date | None,
    *,
    only_from: ShipmentStatus | None = None,
    not_from: ShipmentStatus | None = None,
) -> tuple[Shipment, dt.date]:
    """The shipment under its customer's lock, allowed to move, and the day it does."""
    require_office(actor, Duty.WRITE_DOCUMENTS)
    lock_books(shipment.customer_id)
    shipment = reread(actor, shipment)
    here = ShipmentStatus(shipment.status)
    SHIPMENT_MOVES.check_change(here, to)
    if here == not_from or (only_from is not None and here != only_from):
        raise ConflictError(
            _("%(shipment)s is %(status)s.")
            % {"shipment": shipment, "status": shipment.get_status_display().lower()}
        )
    day = date or today_at(shipment.organisation_id)
    check_happened(day, shipment.organisation_id)
    if to == ShipmentStatus.SHIPPED:
        _not_before(day, shipment.packed_on)
    return shipment, day


def _move(
    actor: Actor, shipment: Shipment, changes: Mapping[str, Any], event: str, *, in_portal: bool = True
) -> None:
    compare_and_set(shipment, changes)
    details = {"shipment": shipment.number, "carrier": shipment.carrier}
    note(actor, shipment.order, DocumentKind.SALES_ORDER, event, details, in_portal=in_portal)
    audit.record(actor, f"shipment_{event}", shipment.order, shipment.number)


def _not_before(day: dt.date, first: dt.date | None) -> None:
    if first is not None and day < first:
        raise InvalidError(_("This date lies before what came first."), field="date")


def _fill(shipment: Shipment, draft: ShipmentDraft) -> None:
    shipment.carrier = draft.carrier.strip()
    shipment.tracking_number = draft.tracking_number.strip()
    shipment.tracking_url = _https(draft.tracking_url.strip())
    shipment.packed_on = draft.packed_on or shipment.packed_on or today_at(shipment.organisation_id)
    shipment.expected_on = draft.expected_on
    shipment.notes = draft.notes.strip()
    check_texts(shipment)
    for name in ("packed_on", "expected_on"):
        day = getattr(shipment, name)
        if day is not None:
            check_day(day, name)
    if shipment.shipped_on is not None and shipment.packed_on > shipment.shipped_on:
        raise InvalidError(_("It cannot leave before it is packed."), field="packed_on")
    if shipment.expected_on is not None and shipment.expected_on < (
        shipment.shipped_on or shipment.packed_on
    ):
        raise InvalidError(_("It cannot arrive before it has left."), field="expected_on")


def _https(url: str) -> str:
    """A link that may be shown to customers: https, and to a host without a name and password before it."""
    if not url:
        return ""
    try:
        _HTTPS(url)
        safe = url.startswith("https://") and "@" not in urlsplit(url).netloc
    except (ValidationError, ValueError):
        safe = False
    if not safe:
        raise InvalidError(_("A tracking link begins with https://."), field="tracking_url")
    return url


def _put_lines(shipment: Shipment, order: SalesOrder, quantities: Quantities | None) -> None:
    nothing = (
        _("All of this order is in shipments already.") if quantities is None else _("Choose what to ship.")
    )
    picked = chosen(lines_of(order), quantities, lambda line: line.to_pack, nothing)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            organisation_id=order.organisation_id,
            customer_id=order.customer_id,
            shipment=shipment,
            order_line=line,
            quantity=quantity,
        )
        for line, quantity in picked
    )
