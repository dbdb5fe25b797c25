"""The office's sidebar: what staff open, by the work it belongs to."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.urls import reverse, reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


def _list(title: Any, name: str, icon: str, badge: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}_changelist")}
    if badge:
        entry["badge"] = badge
    return entry


NAVIGATION: Final[list[dict[str, Any]]] = [
    {
        "title": "",
        "items": [
            {"title": _("Today"), "icon": "home", "link": reverse_lazy("admin:index")},
            _list(
                _("Notifications"),
                "notifications_notification",
                "notifications",
                "portico.office.navigation.unread",
            ),
        ],
    },
    {
        "title": _("Customers"),
        "separator": True,
        "items": [
            _list(_("Customers"), "customers_customer", "storefront"),
            _list(_("Contact persons"), "customers_contactperson", "group"),
            _list(_("Invitations"), "customers_wave", "outgoing_mail"),
            _list(_("Requests for erasure"), "profile_erasurerequest", "person_off"),
            _list(_("Comments"), "comments_comment", "forum", "portico.office.navigation.waiting"),
            _list(_("Reviews"), "comments_review", "star"),
            _list(_("Items"), "items_item", "inventory_2"),
        ],
    },
    {
        "title": _("Documents"),
        "separator": True,
        "items": [
            _list(_("Sales orders"), "sales_orders_salesorder", "shopping_cart"),
            _list(_("Shipments"), "sales_orders_shipment", "local_shipping"),
            _list(_("Invoices"), "invoices_invoice", "receipt_long"),
            _list(_("Retainer invoices"), "retainers_retainerinvoice", "savings"),
            _list(_("Credit notes"), "credit_notes_creditnote", "undo"),
            _list(_("Subscriptions"), "subscriptions_subscription", "autorenew"),
            _list(_("Shared files"), "files_sharedfile", "folder_shared"),
            _list(_("Public links"), "links_publiclink", "link"),
        ],
    },
    {
        "title": _("Money"),
        "separator": True,
        "items": [
            _list(_("Payments"), "payments_payment", "payments"),
            _list(_("Refunds"), "payments_refund", "currency_exchange"),
            _list(_("Disputes"), "disputes_dispute", "gavel"),
            _list(_("Payouts"), "payouts_payout", "account_balance_wallet"),
            _list(_("Payment attempts"), "payments_paymentattempt", "credit_card"),
            _list(_("Transfers and cheques"), "transfers_transfernotice", "move_to_inbox"),
            _list(_("Automatic payments"), "autopay_autopay", "event_repeat"),
            _list(_("Saved payment methods"), "payments_savedmethod", "credit_card"),
            _list(_("Gateway events"), "payments_gatewayevent", "inbox"),
        ],
    },
    {
        "title": _("Watch"),
        "separator": True,
        "items": [
            _list(_("Who looked at what"), "transactions_documentview", "visibility"),
            _list(_("Audit trail"), "access_auditrecord", "history"),
            _list(_("E-mails"), "notifications_mail", "mail"),
            _list(_("Bouncing addresses"), "notifications_bouncingaddress", "unsubscribe"),
        ],
    },
    {
        "title": _("Settings"),
        "separator": True,
        "items": [
            _list(_("Organisation"), "organisations_organisation", "apartment"),
            _list(_("Portal preferences"), "organisations_preferences", "tune"),
            _list(_("Published views"), "transactions_publishedview", "bookmark"),
            _list(_("E-mail and reminders"), "notifications_mailsettings", "schedule_send"),
            _list(_("Staff members"), "organisations_staffmember", "badge"),
            _list(_("Gateways"), "payments_gatewayaccount", "account_balance"),
            _list(_("Paying by hand"), "transfers_transferway", "account_balance_wallet"),
            _list(_("Billing systems"), "subscriptions_billingconnection", "sync"),
            _list(_("Customers of billing systems"), "subscriptions_billedcustomer", "contacts"),
            _list(_("Payment terms"), "organisations_paymentterms", "event"),
            _list(_("Tax rates"), "organisations_taxrate", "percent"),
            _list(_("Number series"), "organisations_numberseries", "pin"),
        ],
    },
]


def list_of(model: type[models.Model]) -> str:
    """The address of a model's list."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def name_of_list(model: type[models.Model]) -> str:
    """What the sidebar calls a model's list; of one that it does not name, what the model is called."""
    address = list_of(model)
    items = (item for group in NAVIGATION for item in group["items"])
    named = next((item["title"] for item in items if str(item["link"]) == address), "")
    return str(named) or capfirst(str(model._meta.verbose_name_plural))


def unread(request: Any) -> str:
    """How many notifications nobody has read; empty for none."""
    from portico.office.queries import unread_count
    from portico.office.site import staff_actor

    actor = staff_actor(request)
    count = unread_count(actor) if actor is not None else 0
    return str(count) if count else ""


def waiting(request: Any) -> str:
    """How many conversations have words of customers that the one who looks has not read; empty for none."""
    from portico.access.actors import StaffActor
    from portico.comments.queries import waiting_for_staff
    from portico.office.site import staff_actor

    actor = staff_actor(request)
    count = waiting_for_staff(actor) if isinstance(actor, StaffActor) else 0
    return str(count) if count else ""
