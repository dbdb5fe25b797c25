"""What a retainer invoice's standing is called, and the tone of its badge."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.kit.money import Money
from portico.retainers.models import RetainerStatus

STANDINGS: Final[dict[str, tuple[Promise, str]]] = {
    "due": (_("Due"), "due"),
    "part": (_("Part paid"), "part"),
    "overdue": (_("Overdue"), "overdue"),
    "pending": (_("On its way"), "pending"),
    "paid": (_("Paid"), "paid"),
    "part_used": (_("Part used"), "open"),
    "used": (_("Used"), ""),
    "void": (_("Void"), "void"),
}


def standing(
    status: str, balance: Money | Decimal, paid: Money | Decimal, on_its_way: Money | Decimal, days_late: int
) -> str:
    """How a retainer invoice stands, a key of STANDINGS; amounts all of one kind, in its currency."""
    if status == RetainerStatus.VOID:
        return "void"
    if balance:
        if on_its_way and on_its_way >= balance:  # type: ignore[operator] # both of one kind
            return "pending"
        if days_late > 0:
            return "overdue"
        return "part" if paid else "due"
    return {RetainerStatus.PARTIALLY_DRAWN.value: "part_used", RetainerStatus.DRAWN.value: "used"}.get(
        status, "paid"
    )
