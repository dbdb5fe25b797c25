"""One's own profile: name and phone, language and look, e-mails."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portico.access.actors import Permission
from portico.access.middleware import PortalRequest
from portico.access.models import User
from portico.access.people import set_reading
from portico.access.views import THEME_COOKIE
from portico.customers.actions import edit_own_details
from portico.customers.queries import addresses_of, contact_for
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import PorticoError
from portico.notifications.customers import choices_of, set_choices
from portico.notifications.events import ABOUT_MONEY, ALWAYS, CUSTOMER_LABELS
from portico.payments.saved import own_methods
from portico.profile.forms import MailsForm, NamedErrors, OwnForm, ReadingForm
from portico.transactions.pages import spoken

_YEAR = 31_536_000


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    """Who one is here (S9.2). POST changes one's own name and phone."""
    portal = portal_of(request)
    if request.method != "POST":
        return _show(request)
    with spoken(portal):
        form = OwnForm(request.POST)
        if form.is_valid():
            try:
                edit_own_details(actor=portal.actor, **form.cleaned_data)
            except PorticoError as error:
                form.add_named_error(error)
            else:
                messages.success(request, _("Your details are saved."))
                return redirect("profile")
    return _show(request, own=form)


@require_POST
def reading(request: PortalRequest) -> HttpResponse:
    """Choose the portal's language, and light or dark; both are the human's, wherever they sign in."""
    portal = portal_of(request)
    with spoken(portal):
        form = ReadingForm(request.POST)
        if not form.is_valid():
            return _show(request, reading=form)
    language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
    set_reading(portal.actor.user_id, language=language, theme=theme)
    messages.success(request, _("Saved."))
    response = redirect("profile")
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=_YEAR if theme else 0,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


@require_POST
def mails(request: PortalRequest) -> HttpResponse:
    """Choose which e-mails one gets about this customer."""
    portal = portal_of(request)
    form = _mails_form(request, request.POST)
    if not form.is_valid():
        return _show(request, mails=form)
    set_choices(portal.actor, {name: form.cleaned_data[name] for name in form.fields if name not in ALWAYS})
    messages.success(request, _("Your choice of e-mails is saved."))
    return redirect("profile")


def _mails_form(request: PortalRequest, data: Any = None) -> MailsForm:
    portal = portal_of(request)
    with spoken(portal):
        said = {
            event.value: (str(CUSTOMER_LABELS[event]), wanted)
            for event, wanted in choices_of(portal.actor).items()
            if event not in ABOUT_MONEY or portal.actor.may(Permission.VIEW_BILLING)
        }
        return MailsForm(said, frozenset(event.value for event in ALWAYS), data)


def _sees_methods(portal: Portal) -> bool:
    """Whether the menu leads to the person's payment methods already."""
    return portal.preferences.customers_may_save_methods and portal.actor.may(Permission.PAY)


def _show(request: PortalRequest, **changed: NamedErrors) -> HttpResponse:
    portal = portal_of(request)
    person = contact_for(portal.actor, portal.actor.person_id)
    user = cast("User", request.user)
    with spoken(portal):
        forms = {
            "own": OwnForm(initial={name: getattr(person, name) for name in OwnForm.base_fields}),
            "reading": ReadingForm(initial={"language": user.language, "theme": user.theme}),
            "mails": _mails_form(request),
            **changed,
        }
    context = {
        "person": person,
        "forms": forms,
        "email": user.email,
        "has_password": user.has_usable_password(),
        "addresses": addresses_of(portal.actor, portal.customer),
        "may_edit": portal.preferences.customers_may_upload,
        "manages": portal.actor.may(Permission.MANAGE_PROFILE),
        "methods_left": not _sees_methods(portal) and bool(own_methods(portal.actor)),
    }
    return page(request, "profile/profile.html", context, 422 if changed else 200)
