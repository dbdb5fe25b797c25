"""Customers, contact persons and items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portico.access.actors import Actor, Duty, JobActor
from portico.customers.actions.waves import choose_people, choose_uninvited, progress_of
from portico.customers.letters import Wording
from portico.customers.models import Address, ContactPerson, Customer, InvitationText, Wave, WaveMember
from portico.items.models import Item
from portico.kit.errors import NotFoundError, PorticoError
from portico.kit.money import Money, format_money
from portico.ledger.models import Account, Balance
from portico.office.lists.base import OfficeAdmin, Rows, Verb, link
from portico.office.site import office, staff_actor
from portico.office.verbs.people import sample
from portico.organisations.models import Organisation
from portico.profile.models import ErasureRequest

_KEEP = Duty.KEEP_CUSTOMERS


@admin.action(description="Invite everybody not yet invited there")
def invite_uninvited(_admin: Any, request: HttpRequest, customers: QuerySet[Customer]) -> HttpResponse:
    """To the page that says who would be invited; as many customers as were chosen, those of all pages included."""
    return _to_wave(request, lambda actor: choose_uninvited(actor=actor, customers=customers))


@admin.action(description="Invite chosen")
def invite_chosen(_admin: Any, request: HttpRequest, people: QuerySet[ContactPerson]) -> HttpResponse:
    """The same for contact persons that were chosen one by one, or all that the list finds."""
    return _to_wave(request, lambda actor: choose_people(actor=actor, people=people))


def _to_wave(request: HttpRequest, choose: Callable[[Actor], Wave]) -> HttpResponse:
    actor = staff_actor(request)
    if actor is None:
        raise NotFoundError
    try:
        wave = choose(actor)
    except PorticoError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(request.get_full_path())
    return HttpResponseRedirect(reverse("admin:send-wave", args=[wave.pk]))


class People(Rows):
    """Contact persons of a customer."""

    model = ContactPerson
    shown = (
        "full_name", "email", "portal_state", "is_primary", "can_view_orders", "can_view_billing", "can_pay",
        "can_manage_profile", link("edit-contact", "Change"),
        link("invite-contact", "Invite", lambda row: row.portal_state != "active"),
        link("revoke-contact", "End access", lambda row: row.portal_state in ("active", "invited")),
    )  # fmt: skip


class Addresses(Rows):
    """Addresses of a customer."""

    model = Address
    shown = ("kind", "attention", "street", "street2", "city", "state", "postal_code", "country", "phone")


@admin.register(Customer, site=office)
class CustomerAdmin(OfficeAdmin):
    """Customers."""

    list_display = ("display_name", "customer_number", "currency", "email", "is_active")
    list_filter = ("is_active", "kind", "currency", "allow_bank_payments")
    search_fields = ("display_name", "company_name", "customer_number", "email")
    ordering = ("display_name",)
    inlines = (People, Addresses)
    hidden = frozenset({"custom_fields"})
    actions = (invite_uninvited,)  # type: ignore[assignment] # the others have none
    list_verbs = (Verb("new-customer", "New customer", duty=_KEEP),)
    verbs = (
        Verb("new-order", "New sales order"),
        Verb("new-invoice", "New invoice"),
        Verb("record-payment", "Record payment", duty=Duty.MOVE_MONEY),
        Verb("new-credit-note", "New credit note"),
        Verb("new-retainer", "New retainer invoice"),
        Verb("send-statement", "Send statement"),
        Verb("new-contact", "New contact person", duty=_KEEP),
        Verb("share-file", "Share a file", duty=_KEEP),
        Verb("new-subscription", "Subscription"),
        Verb("preview-customer", "Preview as customer", lambda row: row.is_active, duty=Duty.READ),
        Verb("edit-customer", "Change", duty=_KEEP),
        Verb("customer-mails", "E-mails", duty=_KEEP),
        Verb("opening-balance", "Opening balance", duty=Duty.MOVE_MONEY),
        Verb("close-customer", "Make inactive", lambda row: row.is_active, duty=_KEEP),
        Verb("reopen-customer", "Make active", lambda row: not row.is_active, duty=_KEEP),
    )

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """What the customer owes comes first."""
        return [owes, credit, set_aside, *super().get_fields(request, obj)]


def _balance(customer: Customer, account: Account, sign: int) -> str:
    rows = Balance.objects.filter(customer=customer, account=account)
    amounts = [row.amount if sign > 0 else -row.amount for row in rows if row.amount]
    return ", ".join(format_money(amount) for amount in amounts) or format_money(
        Money.zero(customer.currency)
    )


@admin.display(description="Owes")
def owes(customer: Customer) -> str:
    """Receivable, by currency."""
    return _balance(customer, Account.RECEIVABLE, 1)


@admin.display(description="Has credit")
def credit(customer: Customer) -> str:
    """Open credit notes and excess payments, by currency."""
    return _balance(customer, Account.CREDIT, -1)


@admin.display(description="Retainers set aside")
def set_aside(customer: Customer) -> str:
    """Available retainer payments, by currency."""
    return _balance(customer, Account.RETAINER, -1)


@admin.register(ContactPerson, site=office)
class ContactAdmin(OfficeAdmin):
    """Contact persons."""

    list_display = ("full_name", "email", "customer", "portal_state", "is_primary")
    list_filter = ("portal_state", "is_primary")
    search_fields = ("first_name", "last_name", "email", "customer__display_name")
    ordering = ("first_name", "last_name")
    hidden = frozenset({"invitation_token_hash", "user"})
    actions = (invite_chosen,)  # type: ignore[assignment] # the others have none
    list_verbs = (Verb("edit-invitation-text", "Text of invitations", duty=Duty.CONFIGURE),)
    verbs = (
        Verb("invite-contact", "Invite", lambda row: row.portal_state != "active", duty=_KEEP),
        Verb("preview-contact", "Preview as this person", duty=Duty.READ),
        Verb("edit-contact", "Change", duty=_KEEP),
        Verb("contact-mails", "E-mails", duty=_KEEP),
        Verb("make-primary", "Make primary", lambda row: not row.is_primary, duty=_KEEP),
        Verb(
            "revoke-contact", "End access", lambda row: row.portal_state in ("active", "invited"), duty=_KEEP
        ),
    )


@admin.register(Item, site=office)
class ItemAdmin(OfficeAdmin):
    """Items."""

    list_display = ("name", "sku", "rate", "unit", "tax_rate", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "sku")
    ordering = ("name",)
    list_verbs = (Verb("new-item", "New item"),)
    verbs = (Verb("edit-item", "Change"),)


@admin.register(ErasureRequest, site=office)
class ErasureAdmin(OfficeAdmin):
    """Who asks to be erased."""

    empty = "When somebody asks for their data to be erased, it waits here for your answer."
    list_display = ("person", "customer", "state", "asked_at", "decided_by")
    list_filter = ("state",)
    ordering = ("-asked_at",)
    verbs = (
        Verb("erase-person", "Erase", lambda row: row.state == "asked", duty=Duty.CONFIGURE),
        Verb("decline-erasure", "Decline", lambda row: row.state == "asked", duty=Duty.CONFIGURE),
    )


class Members(Rows):
    """Who could not be invited, and why."""

    model = WaveMember
    verbose_name_plural = "Left out"
    shown = ("person", "reason")

    def get_queryset(self, request: HttpRequest) -> Any:
        """The first hundred of those left out."""
        left_out = super().get_queryset(request).filter(outcome=WaveMember.Outcome.LEFT_OUT)
        return left_out.filter(pk__in=left_out.order_by("pk").values("pk")[:100])


@admin.register(Wave, site=office)
class WaveAdmin(OfficeAdmin):
    """Invitations sent together, and how far they are."""

    empty = "Each round of invitations appears here, with what became of it."
    list_display = ("created_at", "created_by", "state")
    list_filter = ("state",)
    ordering = ("-created_at",)
    inlines = (Members,)
    verbs = (Verb("send-wave", "Send", lambda row: row.state == Wave.State.CHOSEN, duty=_KEEP),)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """How far it is comes first."""
        return [progress, *super().get_fields(request, obj)]


@admin.display(description="So far")
def progress(wave: Wave) -> str:
    """How many were invited, left out, and wait."""
    actor = JobActor(wave.organisation_id)
    counts = progress_of(actor, wave)
    total = sum(counts.values())
    words = {"invited": "invited", "left_out": "left out", "waiting": "waiting"}
    said = ", ".join(f"{counts[key]:,} {word}" for key, word in words.items() if key in counts)
    return f"{said} (of {total:,})"


@admin.register(InvitationText, site=office)
class InvitationTextAdmin(OfficeAdmin):
    """The organisation's own text of invitations, as it would be read."""

    list_display = ("subject",)
    list_verbs = (Verb("edit-invitation-text", "Change the text", duty=Duty.CONFIGURE),)
    verbs = (Verb("reset-invitation-text", "Take the usual text again", duty=Duty.CONFIGURE),)
    ordering = ("subject",)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """The preview is what matters."""
        return ["subject", "message", preview]


@admin.display(description="Preview")
def preview(text: InvitationText) -> str:
    """An invitation to somebody made up."""
    organisation = Organisation.objects.defer("logo").get(pk=text.organisation_id)
    return sample(organisation, Wording(text.subject, text.message))
