"""Comments beside documents, and private reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from portico.access.actors import StaffActor
from portico.comments.models import Comment, Review
from portico.comments.models.review import BEST
from portico.comments.queries import review_figures
from portico.comments.queries.thread import unread_by_staff
from portico.kit.errors import NotFoundError
from portico.office.lists.base import OfficeAdmin
from portico.office.site import office, staff_actor


class ReadFilter(admin.SimpleListFilter):
    """What the staff member who looks has not read yet."""

    title = _("read by you")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one choice beside all."""
        return [("no", _("Not read yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Customers' comments after what this staff member has read to."""
        actor = staff_actor(request)
        if self.value() == "no" and isinstance(actor, StaffActor):
            return queryset.filter(unread_by_staff(actor))
        return queryset


class SideFilter(admin.SimpleListFilter):
    """Who wrote."""

    title = _("written by")
    parameter_name = "side"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Either side."""
        return [("customer", _("Customers")), ("staff", _("Staff"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The comments of that side."""
        if self.value() in {"customer", "staff"}:
            return queryset.filter(contact_person__isnull=self.value() == "staff")
        return queryset


@admin.display(description=_("Document"))
def conversation(row: Comment) -> str:
    """A link to the conversation it belongs to."""
    words = f"{row.get_document_kind_display()} {row.number}".strip()
    return format_html(
        '<a class="text-primary-600" href="{}">{}</a>',
        reverse("admin:conversation", args=[row.document_id]),
        words,
    )


@admin.display(description=_("Comment"))
def beginning(row: Comment) -> str:
    """The first words."""
    return str(Truncator(row.text).chars(80))


@admin.register(Comment, site=office)
class CommentAdmin(OfficeAdmin):
    """Comments of both sides."""

    list_display = ("at", "author_name", "customer", conversation, beginning, "in_portal", "hidden_at")
    list_filter = (
        ReadFilter,
        SideFilter,
        "in_portal",
        "document_kind",
        ("hidden_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("text", "author_name", "number", "customer__display_name")
    ordering = ("-at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What it says, to whom, and what became of it."""
        return ["at", "author_name", "customer", conversation, "text", "in_portal", "hidden_at", "hidden_by"]


@admin.display(description=_("Stars"), ordering="rating")
def stars(row: Review) -> str:
    """Five stars, some of them filled."""
    return f"{'★' * row.rating}{'☆' * (BEST - row.rating)} {row.rating}/{BEST}"


@admin.display(description=_("About"))
def about(row: Review) -> str:
    """The document, or the whole."""
    return f"{row.get_document_kind_display()} {row.number}" if row.document_id else str(_("The whole"))


@admin.register(Review, site=office)
class ReviewAdmin(OfficeAdmin):
    """Private reviews, with their average."""

    list_display = ("at", stars, about, "author_name", "customer", "text", "edited_at")
    list_filter = ("rating", "document_kind")
    search_fields = ("text", "author_name", "number", "customer__display_name")
    ordering = ("-at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The stars, and why."""
        return ["at", stars, about, "author_name", "customer", "text", "edited_at"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The list, under the average of all."""
        actor = staff_actor(request)
        if actor is None:
            raise NotFoundError
        figures = review_figures(actor)
        title = str(_("Reviews"))
        if figures.average is not None:
            title = _("Reviews: %(average).1f of 5 on average, %(count)d in all") % {
                "average": figures.average,
                "count": figures.count,
            }
        return super().changelist_view(request, {**(extra_context or {}), "title": title})
