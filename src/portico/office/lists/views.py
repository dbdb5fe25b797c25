"""Views of lists that the organisation publishes to its customers."""

from __future__ import annotations

from django.contrib import admin

from portico.access.actors import Duty
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office
from portico.transactions.models import PublishedView


@admin.register(PublishedView, site=office)
class PublishedViewAdmin(OfficeAdmin):
    """Published views (S4.3)."""

    list_display = ("name", "kind", "query", "created_at")
    list_filter = ("kind",)
    ordering = ("kind", "name")
    list_verbs = (Verb("publish-view", "Publish a view", duty=Duty.CONFIGURE),)
    verbs = (
        Verb("edit-published-view", "Change", duty=Duty.CONFIGURE),
        Verb("withdraw-view", "Withdraw", duty=Duty.CONFIGURE),
    )
