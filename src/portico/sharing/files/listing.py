"""What the list of shared documents can do: all, from the organisation, from us; by day, name or size (S9.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.sharing.files.content import type_of
from portico.sharing.files.models import SharedFile
from portico.transactions.lists import (
    Column,
    KeyKind,
    Listing,
    ListSpec,
    Range,
    Sort,
    Tab,
    Things,
    by_name,
    choices_by_name,
    plain,
    register,
)
from portico.transactions.models import OtherList


def _search(text: str) -> Q:
    """Files with the text in their name or note."""
    return Q(name__icontains=text) | Q(note__icontains=text)


def _type(values: Mapping[str, Any], _today: date) -> str:
    return type_of(values["media_type"]).label


COLUMNS: Final = (
    plain("name", _("Document"), fixed=True),
    plain("note", _("What it is"), shown=False),
    Column("type", _("Type"), ("media_type",), _type),
    plain("from", _("From"), "shared_by"),
    plain("date", _("Shared"), "shared_on"),
    Column("size", _("Size"), ("size",), lambda values, _today: int(values["size"])),
)

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
    columns=COLUMNS,
)

LISTING: Final = Listing(
    OtherList.FILE,
    FILES,
    things=Things(_("Documents"), SharedFile, "documents", zip_url_name="documents_zip"),
)
register(LISTING)
