"""Contact persons of the customer, kept by the customer itself (S1.5, S9.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.customers.actions import (
    add_contact,
    edit_contact,
    invite_contact,
    make_primary,
    remove_contact,
    revoke_access,
)
from portico.customers.models import ContactPerson, PortalState
from portico.customers.queries import changes_of, contact_for, contacts_of
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import PorticoError
from portico.profile.forms import ContactForm
from portico.profile.words import told
from portico.transactions.pages import spoken

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """The customer's contact persons, what each may do, how far their access is, and what was changed."""
    portal = _portal(request)
    with spoken(portal):
        context = {
            "people": contacts_of(portal.actor, portal.customer),
            "history": [told(change) for change in changes_of(portal.actor)],
            "may_edit": portal.preferences.customers_may_upload,
            "me": portal.actor.person_id,
        }
    return page(request, "profile/contacts.html", context)


@_FORM
def add(request: PortalRequest) -> HttpResponse:
    """Add a colleague, and invite them at once where that is ticked."""
    portal = _portal(request)
    with spoken(portal):
        form = ContactForm(portal.actor, None, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                person = add_contact(actor=portal.actor, customer=portal.customer, **form.details())  # type: ignore[arg-type]
                invited = "invite" in request.POST and bool(person.email)
                if invited:
                    invite_contact(actor=portal.actor, person=person)
            except PorticoError as error:
                form.add_named_error(error)
            else:
                said = _("%(name)s is added and invited.") if invited else _("%(name)s is added.")
                messages.success(request, said % {"name": person.full_name})
                return redirect("profile_contacts")
    return _form(request, form, None)


@_FORM
def edit(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Change a colleague's details and permissions."""
    portal = _portal(request)
    person = contact_for(portal.actor, person_id)
    with spoken(portal):
        form = ContactForm(portal.actor, person, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                changed = edit_contact(actor=portal.actor, person=person, **form.details())
            except PorticoError as error:
                form.add_named_error(error)
            else:
                messages.success(request, _("%(name)s is saved.") % {"name": changed.full_name})
                return redirect("profile_contacts")
    return _form(request, form, person)


@require_POST
def invite(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Invite a colleague, or send the invitation again."""
    said = _("An invitation to %(name)s is on its way.")
    return _do(request, person_id, lambda portal, it: invite_contact(actor=portal.actor, person=it), said)


@require_POST
def primary(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Let a colleague come first."""
    said = _("%(name)s is the primary contact now.")
    return _do(request, person_id, lambda portal, it: make_primary(actor=portal.actor, person=it), said)


@_FORM
def end(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Ask whether a colleague's access is to end; POST ends it."""
    if request.method != "POST":
        return _ask(request, person_id, "profile/end.html")
    said = _("%(name)s has no access any more.")
    return _do(request, person_id, lambda portal, it: revoke_access(actor=portal.actor, person=it), said)


@_FORM
def remove(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Ask whether a colleague is to be removed; POST removes them."""
    if request.method != "POST":
        return _ask(request, person_id, "profile/remove.html")
    said = _("%(name)s is removed.")
    return _do(request, person_id, lambda portal, it: remove_contact(actor=portal.actor, person=it), said)


def _portal(request: PortalRequest) -> Portal:
    portal = portal_of(request)
    require(portal.actor, Permission.MANAGE_PROFILE)
    return portal


def _ask(request: PortalRequest, person_id: UUID, template: str) -> HttpResponse:
    portal = _portal(request)
    return page(request, template, {"person": contact_for(portal.actor, person_id)})


def _do(
    request: PortalRequest, person_id: UUID, act: Callable[[Portal, ContactPerson], Any], said: str
) -> HttpResponse:
    portal = _portal(request)
    person = contact_for(portal.actor, person_id)
    try:
        with spoken(portal):
            act(portal, person)
    except PorticoError as error:
        messages.error(request, error.message)
        return redirect("profile_contact", person_id=person.pk)
    messages.success(request, said % {"name": person.full_name})
    return redirect("profile_contacts")


def _form(request: PortalRequest, form: ContactForm, person: ContactPerson | None) -> HttpResponse:
    context = {
        "form": form,
        "person": person,
        "states": PortalState,
        "me": request.actor.person_id,  # type: ignore[union-attr] # a contact person: _portal asked
        "may_edit": portal_of(request).preferences.customers_may_upload,
    }
    return page(request, "profile/contact.html", context, 422 if form.errors else 200)
