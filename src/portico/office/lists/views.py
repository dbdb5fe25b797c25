"""Views of lists that the organisation publishes to its customers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.transactions.lists import in_words, listing_of, read
from portico.transactions.models import PublishedView


@admin.display(description="What it shows")
def filters(row: PublishedView) -> str:
    """The view's filters, order and columns as customers read them, and not as an address says them."""
    asked = read(
        listing_of(row.kind).spec,
        QueryDict(row.query),
        today=timezone.localdate(),
        language=get_language() or "en",
    )
    return ", ".join(in_words(asked))


@admin.register(PublishedView, site=office)
class PublishedViewAdmin(OfficeAdmin):
    """Published views (S4.3)."""

    list_display = ("name", "kind", filters, "created_at")
    hidden = frozenset({"query"})
    list_filter = ("kind",)
    ordering = ("kind", "name")
    list_verbs = (Verb("publish-view", "Publish a view", duty=Duty.CONFIGURE),)
    verbs = (
        Verb("edit-published-view", "Change", duty=Duty.CONFIGURE),
        Verb("withdraw-view", "Withdraw", duty=Duty.CONFIGURE),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The columns, and the query in words."""
        return [*super().get_fields(request, obj), filters]
