"""Public links: to what, for whom, by whom, until when."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html

from portico.kit import clock
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.sharing.links.models import PublicLink
from portico.transactions.kinds import kind_of


@admin.display(description="Document")
def document(link: PublicLink) -> str:
    """What it shows, with a link to its page in the office."""
    kind = kind_of(link.document_kind)
    return format_html(
        '<a class="text-primary-600" href="{}">{}</a>', kind.office_page(link.document_id), kind.name
    )


@admin.display(description="Works", boolean=True)
def works(link: PublicLink) -> bool:
    """Whether it is neither ended nor expired."""
    return link.is_open(clock.now())


@admin.register(PublicLink, site=office)
class PublicLinkAdmin(OfficeAdmin):
    """Public links."""

    list_display = (
        "email",
        "customer",
        document,
        "made_by_name",
        "created_at",
        "expires_at",
        "confirmed_at",
        works,
    )
    list_filter = ("document_kind", "may_pay")
    search_fields = ("email", "customer__display_name")
    ordering = ("-created_at", "-id")
    hidden = frozenset({"token_hash", "document_id", "made_by_id"})
    verbs = (Verb("revoke-link", "End", lambda row: row.is_open(clock.now())),)
