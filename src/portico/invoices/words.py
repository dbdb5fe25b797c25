"""What an invoice's standing is called: the design's status words, by the badge's tone."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STANDINGS: Final[dict[str, str | Promise]] = {
    "due": _("Due"),
    "part": _("Part paid"),
    "overdue": _("Overdue"),
    "pending": _("On its way"),
    "paid": _("Paid"),
    "void": _("Void"),
}
