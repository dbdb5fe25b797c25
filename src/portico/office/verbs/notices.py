"""Notifications and e-mail in the office: opening and reading, choosing, settings, reminders, bouncing addresses."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import ngettext

from portico.access.actors import Duty, StaffActor
from portico.customers.models import ContactPerson, Customer
from portico.kit.errors import NotFoundError
from portico.notifications.customers import set_choices_for
from portico.notifications.events import StaffGroup, group_of
from portico.notifications.models import BouncingAddress, Mail, MailSettings, Notification
from portico.notifications.settings import customer_mails, set_customer_mails, set_mail_settings, settings_of
from portico.notifications.staff import mark_all_read, mark_read, set_staff_choices
from portico.notifications.undelivered import send_again, try_address_again
from portico.office.forms.mail import ContactMailsForm, CustomerMailsForm, MailSettingsForm, StaffChoicesForm
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.site import staff_actor
from portico.office.verbs.loading import one
from portico.organisations.models import StaffMember

_PAGES: Final = {
    "invoice": "admin:invoices_invoice_change",
    "payment": "admin:payments_payment_change",
    "retainer_invoice": "admin:retainers_retainerinvoice_change",
    "credit_note": "admin:credit_notes_creditnote_change",
    "sales_order": "admin:sales_orders_salesorder_change",
    "file": "admin:files_sharedfile_change",
    "mail": "admin:notifications_mail_change",
}
"""Where each kind of thing has its page in the office."""


def office_read_notification(request: HttpRequest, object_id: UUID) -> HttpResponse:
    """Opening counts as read, by the one who opens; it leads to the document, or else the customer, it is about.

    A browser that reads ahead opens nothing.
    """
    actor = _staff(request)
    notification = Notification.objects.one_for(actor, pk=object_id)
    if request.method != "HEAD" and "Sec-Purpose" not in request.headers:
        mark_read(actor=actor, notification=notification)
    return HttpResponseRedirect(_where(notification))


def office_read_all(request: HttpRequest) -> HttpResponse:
    """POST marks everything as read by the one who asks."""
    actor = _staff(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    count = mark_all_read(actor=actor)
    said = ngettext("%(count)s notification is read.", "%(count)s notifications are read.", count)
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(reverse("admin:notifications_notification_changelist"))


def office_mark_read(request: HttpRequest, object_id: UUID) -> HttpResponse:
    """POST marks one as read and stays in the list."""
    actor = _staff(request)
    notification = Notification.objects.one_for(actor, pk=object_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    mark_read(actor=actor, notification=notification)
    return HttpResponseRedirect(reverse("admin:notifications_notification_changelist"))


def _staff(request: HttpRequest) -> StaffActor:
    actor = staff_actor(request)
    if not isinstance(actor, StaffActor):
        raise NotFoundError
    return actor


def _where(notification: Notification) -> str:
    if notification.document_id and group_of(notification.event) is StaffGroup.COMMENTS:
        return reverse("admin:conversation", args=[notification.document_id])
    page = _PAGES.get(notification.document_kind)
    if page and notification.document_id:
        try:
            return reverse(page, args=[notification.document_id])
        except NoReverseMatch:  # a kind whose office page is not registered
            pass
    if notification.customer_id:
        return reverse("admin:customers_customer_change", args=[notification.customer_id])
    return reverse("admin:notifications_notification_changelist")


def _own_choices(actor: Any, _it: None, data: dict[str, Any]) -> StaffMember:
    return set_staff_choices(actor=actor, hears=data)


def _contact_mails(actor: Any, it: ContactPerson, data: dict[str, Any]) -> ContactPerson:
    set_choices_for(actor=actor, person=it, wanted=data)
    return it


def _customer_mails(actor: Any, it: Customer, data: dict[str, Any]) -> Customer:
    set_customer_mails(actor=actor, customer=it, no_reminders=data["no_reminders"])
    return it


def _settings(actor: Any, _it: None, data: dict[str, Any]) -> MailSettings:
    return set_mail_settings(actor=actor, **data)


def _mail_again(actor: Any, it: Mail, _data: dict[str, Any]) -> Mail:
    return send_again(actor=actor, mail=it)


def _address_again(
    actor: Any, it: BouncingAddress, _data: dict[str, Any]
) -> StaffMember | Mail | BouncingAddress:
    return try_address_again(actor=actor, bouncing=it)


NOTICE_PAGES: Final[dict[str, ActionPage]] = {
    "my-notifications": ActionPage(
        "What you hear of", "Save", Duty.READ,
        lambda actor, it, data: StaffChoicesForm(actor, data), _own_choices,
        intro=lambda it: "Each of you chooses. Portal preference 6 can switch either way off for all.",
    ),
    "mail-settings": ActionPage(
        "E-mail and reminders", "Save settings", Duty.CONFIGURE,
        lambda actor, it, data: MailSettingsForm(settings_of(actor), data), _settings,
    ),
    "customer-mails": ActionPage(
        "E-mails to %(it)s", "Save", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: CustomerMailsForm(customer_mails(actor, it), data), _customer_mails,
        load=one(Customer),
    ),
    "contact-mails": ActionPage(
        "E-mails to %(it)s", "Save", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: ContactMailsForm(it, data), _contact_mails, load=one(ContactPerson),
    ),
    "send-mail-again": ActionPage(
        "Send the e-mail again", "Send again", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data), _mail_again, load=one(Mail),
        intro=lambda it: f"“{it.subject}” goes to {it.to} once more.",
    ),
    "try-address-again": ActionPage(
        "Write to %(it)s again", "Write again", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data), _address_again, load=one(BouncingAddress),
        intro=lambda it: "E-mails will be sent there again. What was held back meanwhile is not.",
    ),
}  # fmt: skip
