"""What a retainer invoice's standing is called, and the tone of its badge."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
