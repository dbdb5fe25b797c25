"""Files that the organisation and its customers share."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.sharing.files.models import SharedFile


@admin.display(description="Size", ordering="size")
def size(row: SharedFile) -> str:
    """In people's units."""
    return filesizeformat(row.size)


@admin.display(description="File")
def download(row: SharedFile) -> str:
    """A link to save it; none where its bytes are gone."""
    if row.purged_at is not None:
        return "–"
    return format_html(
        '<a class="text-primary-600" href="{}">Download</a>', reverse("admin:download_file", args=[row.pk])
    )


@admin.register(SharedFile, site=office)
class FileAdmin(OfficeAdmin):
    """What is shared, by whom, and whether the other side has opened it."""

    list_display = ("name", "customer", "side", "shared_by", "shared_at", size, "opened_at", download)
    list_filter = ("side", ("removed_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "note", "customer__display_name")
    ordering = ("-shared_at",)
    hidden = frozenset({"storage_key", "shared_by_id", "purged_at", "sha256", "media_type", "size"})
    verbs = (
        Verb("remove-file", "Remove", lambda row: row.removed_at is None, Duty.KEEP_CUSTOMERS),
        Verb(
            "restore-file",
            "Bring back",
            lambda row: row.removed_at is not None and row.purged_at is None,
            Duty.KEEP_CUSTOMERS,
        ),
    )
