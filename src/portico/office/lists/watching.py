"""What staff watch: notifications, who looked at what, the audit trail, e-mails, gateway events."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from portico.access.models import AuditRecord
from portico.notifications.models import Mail, Notification
from portico.office.lists.base import OfficeAdmin
from portico.office.site import office
from portico.payments.models import GatewayEvent
from portico.transactions.models import DocumentView


@admin.display(description="What it is about")
def leads_to(row: Notification) -> str:
    """A link to the document or the customer."""
    if not (row.customer_id or row.document_id):
        return "–"
    return format_html(
        '<a class="text-primary-600" href="{}">Open</a>', reverse("admin:open_notification", args=[row.pk])
    )


@admin.register(Notification, site=office)
class NotificationAdmin(OfficeAdmin):
    """What customers did."""

    list_display = ("at", "title", "customer", leads_to, "read_at")
    list_filter = ("event", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("title", "customer__display_name")
    ordering = ("-at",)


@admin.register(DocumentView, site=office)
class ViewAdmin(OfficeAdmin):
    """The view log."""

    list_display = ("at", "contact_person", "customer", "document_kind", "how")
    list_filter = ("document_kind", "how")
    search_fields = ("contact_person__first_name", "contact_person__last_name", "customer__display_name")
    ordering = ("-at",)


@admin.register(AuditRecord, site=office)
class AuditAdmin(OfficeAdmin):
    """The audit trail."""

    list_display = ("at", "actor_name", "actor_kind", "action", "summary")
    list_filter = ("actor_kind",)
    search_fields = ("actor_name", "action", "summary")
    ordering = ("-at",)


@admin.register(Mail, site=office)
class MailAdmin(OfficeAdmin):
    """The outbox."""

    list_display = ("created_at", "to", "subject", "sent_at", "failed_at")
    list_filter = (("sent_at", admin.EmptyFieldListFilter),)
    search_fields = ("to", "subject")
    ordering = ("-created_at",)
    hidden = frozenset(
        {"text", "html"}
    )  # an invitation's text holds its link, which is for the invited alone


@admin.register(GatewayEvent, site=office)
class EventAdmin(OfficeAdmin):
    """The inbox of gateway events."""

    list_display = ("received_at", "gateway_account", "kind", "outcome", "deliveries", "reason")
    list_filter = ("outcome", "kind")
    search_fields = ("event_id", "gateway_reference")
    ordering = ("-received_at",)
