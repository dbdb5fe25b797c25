"""What the list of shared documents can do: all, from the organisation, from us; by day, name or size (S9.1)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.sharing.files.models import SharedFile
from portico.transactions.lists import KeyKind, ListSpec, Range, Sort, Tab, by_name, choices_by_name


def _search(text: str) -> Q:
    """Files with the text in their name or note."""
    return Q(name__icontains=text) | Q(note__icontains=text)


FILES: Final = ListSpec(
    tabs=(
        Tab("all", _("All"), choices=(), sort="-date"),
        Tab(
            "received",
            _("To you"),
            choices=(),
            sort="-date",
            otherwise=lambda _today: Q(side=SharedFile.Side.ORGANISATION),
        ),
        Tab(
            "sent",
            _("From you"),
            choices=(),
            sort="-date",
            otherwise=lambda _today: Q(side=SharedFile.Side.CUSTOMER),
        ),
    ),
    choices=choices_by_name(),
    ranges=(
        Range(
            "date",
            "shared_on",
            amount=False,
            label_from=_("Shared from"),
            label_to=_("Shared to"),
            chip_from=_("Shared from %(value)s"),
            chip_to=_("Shared by %(value)s"),
        ),
    ),
    sorts=by_name(
        Sort("date", "shared_on", KeyKind.DATE, _("Oldest first"), _("Newest first")),
        Sort("name", "name", KeyKind.TEXT, _("Name, rising"), _("Name, falling")),
        Sort("size", "size", KeyKind.NUMBER, _("Smallest first"), _("Largest first")),
    ),
    search=_search,
    has_currency=False,
)
