"""What staff watch: notifications, who looked at what, the audit trail, e-mails, gateway events."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Duty, StaffActor
from portico.access.models import AuditRecord
from portico.notifications.events import STAFF_LABELS, StaffGroup, group_of
from portico.notifications.models import BouncingAddress, Mail, MailSettings, Notice, Notification
from portico.office.lists.base import OfficeAdmin, Verb
from portico.office.site import office, staff_actor
from portico.payments.models import GatewayEvent
from portico.transactions.models import DocumentView

_KEEP = Duty.KEEP_CUSTOMERS
_LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'


@admin.display(description=_("What happened"), ordering="title")
def what(row: Notification) -> str:
    """The title; bold and leading to what it is about."""
    style = "text-primary-600 dark:text-primary-500"
    if not getattr(row, "is_read", True):
        style += " font-semibold"
    return format_html(
        '<a class="{}" href="{}">{}</a>', style, reverse("admin:open_notification", args=[row.pk]), row.title
    )


@admin.display(description=_("About"))
def about(row: Notification) -> str:
    """The group of events it belongs to."""
    return str(STAFF_LABELS[group_of(row.event)])


@admin.display(description=_("Read"))
def reading(row: Notification) -> str:
    """Whether whoever asks has read it, and a button where they have not: the list is a form already."""
    if getattr(row, "is_read", True):
        return str(_("Read"))
    return format_html(
        '<button class="text-primary-600 dark:text-primary-500" type="submit" formmethod="post" formaction="{}">{}</button>',
        reverse("admin:read_notification", args=[row.pk]),
        _("Mark as read"),
    )


class GroupFilter(admin.SimpleListFilter):
    """By group of events."""

    title = _("event")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All groups."""
        return [(group.value, label) for group, label in STAFF_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those whose event belongs to the group."""
        if self.value() not in set(StaffGroup):
            return queryset
        known = queryset.order_by().values_list("event", flat=True).distinct()
        return queryset.filter(event__in=[event for event in known if group_of(event) == self.value()])


class ReadFilter(admin.SimpleListFilter):
    """By whether one has read it oneself."""

    title = _("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Unread or read."""
        return [("no", _("Unread")), ("yes", _("Read"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those with or without a reading of one's own."""
        return queryset.filter(is_read=self.value() == "yes") if self.value() in ("yes", "no") else queryset


@admin.register(Notification, site=office)
class NotificationAdmin(OfficeAdmin):
    """What customers did: in the list, what one chose to see there; by its address, each."""

    list_display = ("at", what, "customer", about, reading)
    list_display_links = None
    list_filter = (GroupFilter, ReadFilter)
    search_fields = ("title", "customer__display_name")
    ordering = ("-at",)
    list_verbs = (Verb("my-notifications", "Choose what you hear of", duty=Duty.READ),)
    list_before_template = "office/notices.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With `is_read`, by whoever asks."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        actor = staff_actor(request)
        assert isinstance(actor, StaffActor)
        mine = Notice.objects.filter(notification=OuterRef("pk"), staff_member_id=actor.staff_id)
        rows = rows.annotate(is_read=~Exists(mine.filter(read_at=None, in_app=True)))
        match = request.resolver_match
        if match is not None and str(match.url_name).endswith("_changelist"):
            rows = rows.filter(Exists(mine.filter(in_app=True)))
        return rows


class PersonFilter(admin.SimpleListFilter):
    """By the person who looked; offered once the address names one."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those who looked lately."""
        rows = (
            model_admin.get_queryset(request).order_by("-at")
            .values_list("contact_person_id", "contact_person__first_name", "contact_person__last_name")[:500]
        )  # fmt: skip
        found = {str(key): f"{first} {last}".strip() for key, first, last in rows}
        return sorted(found.items(), key=lambda each: each[1].lower())

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The views of one person."""
        value = self.value()
        if not value:
            return queryset
        known = dict(self.lookup_choices)
        return queryset.filter(contact_person_id=value) if value in known else queryset.none()


_PAGES = {
    "invoice": "admin:invoices_invoice_change",
    "payment": "admin:payments_payment_change",
    "retainer_invoice": "admin:retainers_retainerinvoice_change",
    "credit_note": "admin:credit_notes_creditnote_change",
    "sales_order": "admin:sales_orders_salesorder_change",
}


@admin.display(description=_("Document"))
def seen_document(row: DocumentView) -> str:
    """The document by its kind and number, as a link."""
    label = f"{row.get_document_kind_display()} {getattr(row, 'number', '')}".strip()
    try:
        return format_html(_LINK, reverse(_PAGES[row.document_kind], args=[row.document_id]), label)
    except (KeyError, NoReverseMatch):
        return label


@admin.register(DocumentView, site=office)
class ViewAdmin(OfficeAdmin):
    """The view log: every view by a person of a customer, never a preview, a HEAD or a scanner."""

    empty = "Each time a customer looks at a document it appears here."
    list_display = ("at", "contact_person", "customer", seen_document, "how")
    list_display_links = None
    list_filter = ("document_kind", "how", PersonFilter, ("at", admin.DateFieldListFilter))
    search_fields = ("contact_person__first_name", "contact_person__last_name", "customer__display_name")
    ordering = ("-at",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The list, with the documents' numbers read in one statement for each kind."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            _name_documents(shown["cl"].result_list)
        return response

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Also by one document, as its page links here."""
        return lookup == "document_id" or super().lookup_allowed(lookup, value, request)


def _name_documents(rows: Any) -> None:
    """Give each view the number of its document."""
    wanted: dict[str, set[Any]] = {}
    for row in rows:
        wanted.setdefault(row.document_kind, set()).add(row.document_id)
    numbers: dict[Any, str] = {}
    for kind, ids in wanted.items():
        model = _model_of(kind)
        if model is not None:
            numbers |= dict(model._default_manager.filter(pk__in=ids).values_list("pk", "number"))
    for row in rows:
        row.number = numbers.get(row.document_id, "")


def _model_of(kind: str) -> type[models.Model] | None:
    page = _PAGES.get(kind, "").removeprefix("admin:").removesuffix("_change")
    return next(
        (model for model in office._registry if page and model._meta.label_lower.replace(".", "_") == page),
        None,
    )


@admin.register(AuditRecord, site=office)
class AuditAdmin(OfficeAdmin):
    """The audit trail."""

    hidden = frozenset({"actor_id", "object_kind", "object_id"})
    list_display = ("at", "actor_name", "action", "summary")
    list_filter = ("actor_kind",)
    search_fields = ("actor_name", "action", "summary")
    ordering = ("-at",)


@admin.register(Mail, site=office)
class MailAdmin(OfficeAdmin):
    """The outbox."""

    list_display = ("created_at", "to", "subject", "sent_at", "failed_at", "gave_up_at")
    list_filter = (
        ("sent_at", admin.EmptyFieldListFilter),
        ("gave_up_at", admin.EmptyFieldListFilter),
        "event",
    )
    search_fields = ("to", "subject")
    ordering = ("-created_at",)
    hidden = frozenset(
        # an invitation's text holds its link, which is for the invited alone; the rest is the program's own
        {"text", "html", "key", "person_id", "claimed_at", "attachment_id"}
    )
    called: ClassVar[dict[str, str]] = {
        "event": "about",
        "attachment_kind": "with",
        "not_before": "waits until",
    }
    list_verbs = (Verb("mail-settings", "E-mail and reminders", duty=Duty.CONFIGURE),)
    verbs = (Verb("send-mail-again", "Send again", lambda row: row.gave_up_at is not None, duty=_KEEP),)


@admin.register(BouncingAddress, site=office)
class BouncingAdmin(OfficeAdmin):
    """Addresses where nobody is."""

    empty = "Addresses that no e-mail reaches appear here."
    list_display = ("address", "since", "reason", "cleared_at")
    list_filter = (("cleared_at", admin.EmptyFieldListFilter),)
    search_fields = ("address",)
    ordering = ("-since",)
    verbs = (Verb("try-address-again", "Write there again", lambda row: row.cleared_at is None, duty=_KEEP),)


@admin.register(MailSettings, site=office)
class MailSettingsAdmin(OfficeAdmin):
    """How e-mails leave, and when customers are reminded."""

    list_display = ("__str__", "sender_name", "sender_address", "reminders", "reminder_days")
    ordering = ("organisation",)
    list_verbs = (Verb("mail-settings", "Change", duty=Duty.CONFIGURE),)


@admin.register(GatewayEvent, site=office)
class EventAdmin(OfficeAdmin):
    """The inbox of gateway events."""

    empty = "What gateways tell by themselves, such as a payment that came late, appears here."
    list_display = ("received_at", "gateway_account", "kind", "outcome", "deliveries", "reason")
    list_filter = ("outcome", "kind")
    search_fields = ("event_id", "gateway_reference")
    ordering = ("-received_at",)
