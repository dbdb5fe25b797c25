"""Opening a notification: it counts as read, and leads to what it is about."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import NotFoundError
from portico.notifications.models import Notification
from portico.office.site import staff_actor

_PAGES = {
    "invoice": "admin:invoices_invoice_change",
    "payment": "admin:payments_payment_change",
    "retainer_invoice": "admin:retainers_retainerinvoice_change",
    "credit_note": "admin:credit_notes_creditnote_change",
}


def office_read_notification(request: HttpRequest, object_id: UUID) -> HttpResponseRedirect:
    """POST marks it read; both ways lead to the document, or else the customer, it is about."""
    actor = staff_actor(request)
    if actor is None:
        raise NotFoundError
    notification = Notification.objects.one_for(actor, pk=object_id)
    if request.method == "POST":
        mark_read(actor=actor, notification=notification)
    if notification.document_kind in _PAGES and notification.document_id:
        return HttpResponseRedirect(
            reverse(_PAGES[notification.document_kind], args=[notification.document_id])
        )
    if notification.customer_id:
        return HttpResponseRedirect(
            reverse("admin:customers_customer_change", args=[notification.customer_id])
        )
    return HttpResponseRedirect(reverse("admin:notifications_notification_changelist"))


def mark_read(*, actor: Actor, notification: Notification) -> None:
    """Write down that a notification was read; the first reader counts."""
    with scope(actor):
        require_office(actor, Duty.READ)
        Notification.objects.visible_to(actor).filter(pk=notification.pk, read_at=None).update(
            read_at=clock.now()
        )
