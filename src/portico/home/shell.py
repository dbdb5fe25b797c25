"""The frame around every page of the portal: whose it is, what it leads to, who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portico.access.actors import ContactActor, Permission, StaffActor
from portico.access.middleware import PortalRequest
from portico.access.models import User
from portico.access.scope import is_open, scope
from portico.comments.queries import kinds_seen, unread_kinds
from portico.customers.models import Customer
from portico.home.ageing import Ageing, ageing, open_count
from portico.home.menu import menu
from portico.kit import clock
from portico.kit.errors import ForbiddenError
from portico.organisations.models import Organisation, Preferences
from portico.organisations.previews import banner_html
from portico.ui.brand import stylesheet_href
from portico.ui.shell import FooterLine, MenuEntry, Notice, Shell, Switch, Theme

TRANSLATED: Final = frozenset({"en"})
"""Languages the portal speaks; a person who prefers another reads the first of these."""


@dataclass(frozen=True)
class Portal:
    """What every page of a contact person's portal rests on, read once a request in one statement."""

    actor: ContactActor
    organisation: Organisation
    preferences: Preferences
    customer: Customer
    today: date
    """The organisation's calendar day."""
    language: str
    shell: Shell
    new_comments: int = 0
    """Comments that the person has not read yet."""

    @cached_property
    def outstanding(self) -> tuple[Ageing, ...]:
        """What is open on invoices, by currency; empty for somebody who may not see amounts.

        One statement where a page first asks, in the page's scope; most pages never do.
        """
        return ageing(self.actor, self.today) if self.actor.may(Permission.VIEW_BILLING) else ()


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a template in the portal's frame, in the organisation's time zone and the person's language.

    The template finds `shell` and `portal` beside its own context. Works inside a scope and outside of one.

    Raises:
        ForbiddenError: whoever asks is no contact person.
    """
    portal = portal_of(request)
    with (
        timezone.override(ZoneInfo(portal.organisation.time_zone)),
        translation.override(portal.language),
    ):
        given = {"portal": portal, "shell": portal.shell, "today": portal.today, **(context or {})}
        return render(request, template, given, status=status)


def portal_of(request: HttpRequest) -> Portal:
    """The portal of the request's actor; the same object each time within one request.

    Raises:
        ForbiddenError: whoever asks is no contact person.
    """
    asked = cast("PortalRequest", request)
    known: Portal | None = getattr(asked, "portal", None)
    if known is None:
        actor = asked.actor
        if not isinstance(actor, ContactActor):
            raise ForbiddenError(_("This page belongs to a customer's portal."))
        with nullcontext() if is_open() else scope(actor, read_only=True):
            known = _read(asked, actor)
        asked.portal = known  # type: ignore[attr-defined]
    return known


def _read(request: PortalRequest, actor: ContactActor) -> Portal:
    customer = (
        Customer.objects.visible_to(actor)
        .select_related("organisation__preferences", "payment_terms")
        .defer("organisation__logo")
        .annotate(unread_comments=unread_kinds(actor), open_invoices=open_count(actor))
        .get()
    )
    organisation = customer.organisation
    seen = {each.kind for each in kinds_seen(actor, organisation.preferences)}
    unread = sum(kind in seen for kind in customer.unread_comments)
    today = clock.today(organisation.time_zone)
    user = cast("User", request.user)
    own = "" if actor.previewed_by else user.language
    language = _spoken(own, customer.portal_language, organisation.language)
    with translation.override(language):
        shell = _shell(request, actor, customer, customer.open_invoices, unread)
    return Portal(actor, organisation, organisation.preferences, customer, today, language, shell, unread)


def _shell(
    request: PortalRequest,
    actor: ContactActor,
    customer: Customer,
    to_pay: int,
    unread: int,
) -> Shell:
    organisation = customer.organisation
    counts = {
        "invoices": (to_pay, _("to pay")),
        "conversations": (unread, _("new")),
    }
    banner = organisation.preferences.banner_message
    user = cast("User", request.user)
    return Shell(
        organisation_name=organisation.name,
        person_name=actor.name,
        logo_url=reverse("logo") if organisation.logo_type else None,
        stylesheet_href=stylesheet_href(organisation.accent_colour),
        customer_name=customer.display_name,
        account_id=str(customer.pk),
        menu=menu(request.path, actor, organisation.preferences, counts),
        account_menu=() if actor.previewed_by else _account_menu(request),
        switches=() if actor.previewed_by else _switches(request, actor),
        staff_preview=_preview_says(actor, customer),
        leave_preview_href=reverse("leave_preview") if actor.previewed_by else "",
        switch_action=reverse("account_switch"),
        theme_action=reverse("account_theme"),
        sign_out_href=reverse("account_logout"),
        notice=Notice(text=banner_html(banner)) if banner else None,
        footer=(FooterLine(text=", ".join([organisation.name, *organisation.address_lines])),),
        theme=cast("Theme", user.theme) if user.theme else None,
        language=translation.get_language(),
    )


def _preview_says(actor: ContactActor, customer: Customer) -> str:
    """What stands above everything while staff look on."""
    if actor.previewed_by is None:
        return ""
    given = {"person": actor.name, "customer": customer.display_name}
    return _("You see what %(person)s of %(customer)s sees. Nothing can be changed here.") % given


def _account_menu(request: PortalRequest) -> tuple[MenuEntry, ...]:
    entries = [
        MenuEntry(label=_("Sign-in and security"), href=reverse("mfa_index"), icon="key"),
    ]
    if any(isinstance(each.actor, StaffActor) for each in request.memberships):
        entries.append(MenuEntry(label=_("Office"), href="/office/", icon="wallet"))
    return tuple(entries)


def _switches(request: PortalRequest, actor: ContactActor) -> tuple[Switch, ...]:
    """The customers this person may switch between; none when there is only one."""
    mine = [each for each in request.memberships if isinstance(each.actor, ContactActor)]
    if len(mine) == 1:
        return ()
    several = len({each.actor.organisation_id for each in mine}) > 1
    return tuple(
        Switch(
            name=each.customer_name,
            value=str(each.actor.customer_id),
            detail=each.organisation_name if several else "",
            current=each.actor.customer_id == actor.customer_id,
        )
        for each in mine
        if isinstance(each.actor, ContactActor)
    )


def _spoken(*wanted: str) -> str:
    """The first wanted language that the portal speaks; a regional one counts as its language."""
    plain = (tag.split("-")[0].lower() for tag in wanted)
    return next((tag for tag in plain if tag in TRANSLATED), "en")
