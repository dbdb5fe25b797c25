"""Quantities that a person chooses by line, checked against what the order's lines allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _

from portico.kit.errors import ConflictError, InvalidError
from portico.sales_orders.models import SalesOrder, SalesOrderLine
from portico.sales_orders.states import OrderStatus

Quantities: TypeAlias = Mapping[UUID, Decimal]
"""How many, by the order line's id."""
_DECIMALS = Decimal("0.0001")


def check_open(order: SalesOrder) -> None:
    """Raise ConflictError unless the order is confirmed: only then something can be done with it."""
    if order.status != OrderStatus.CONFIRMED:
        raise ConflictError(
            _("%(order)s is %(status)s. Only a confirmed order can be shipped, invoiced or cancelled.")
            % {"order": order, "status": order.get_status_display().lower()}
        )


def lines_of(order: SalesOrder) -> list[SalesOrderLine]:
    """The order's lines; the caller holds the order's lock, so nobody changes them meanwhile."""
    return list(SalesOrderLine.objects.filter(document=order).order_by("position"))


def chosen(
    lines: Sequence[SalesOrderLine],
    asked: Quantities | None,
    most: Callable[[SalesOrderLine], Decimal],
    nothing: str,
) -> list[tuple[SalesOrderLine, Decimal]]:
    """What was chosen of each line, without those of which nothing was.

    Args:
        lines: the order's, read under its lock.
        asked: by line; None for all that is possible.
        most: how many of a line are possible.
        nothing: the message where nothing is chosen, or possible.

    Raises:
        InvalidError: not a line of the order, less than nothing, more than is possible; `field` is
            “quantity-<position>”.
    """
    by_id = {line.pk: line for line in lines}
    if asked is not None and not asked.keys() <= by_id.keys():
        raise InvalidError(_("This is not a line of the order."), field="quantities")
    found = []
    for line in lines:
        limit = most(line)
        quantity = limit if asked is None else asked.get(line.pk, Decimal(0))
        field = f"quantity-{line.position}"
        if not quantity.is_finite() or quantity < 0 or quantity != quantity.quantize(_DECIMALS):
            raise InvalidError(_("Give a number, not below zero, of at most 4 decimals."), field=field)
        if quantity > limit:
            raise InvalidError(
                _("At most %(most)s of “%(name)s” are possible.")
                % {"most": f"{limit.normalize():f}", "name": line.name},
                field=field,
            )
        if quantity:
            found.append((line, quantity))
    if not found:
        raise InvalidError(nothing, field="quantities")
    return found
