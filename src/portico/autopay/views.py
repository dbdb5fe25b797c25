"""Autopay in the portal: how it stands, setting it up, stopping it (S6.8)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from portico.access.actors import Permission, require
from portico.access.coming_from import address_of
from portico.access.middleware import PortalRequest
from portico.autopay import queries
from portico.autopay.actions import change_autopay, start_autopay, stop_autopay
from portico.autopay.actions.plan import NOTICE
from portico.autopay.forms import StartForm
from portico.autopay.models import ChargeState
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import NotFoundError, PorticoError
from portico.payments.models import SavedMethod
from portico.transactions.pages import spoken

_FORM = require_http_methods(["GET", "HEAD", "POST"])
WORDS: Final = {
    ChargeState.PLANNED: ("open", lazy("Planned")),
    ChargeState.CHARGING: ("pending", lazy("On its way")),
    ChargeState.PAID: ("paid", lazy("Paid")),
    ChargeState.FAILED: ("overdue", lazy("Failed")),
    ChargeState.SKIPPED: ("void", lazy("Not charged")),
}


@require_safe
def autopay(request: PortalRequest) -> HttpResponse:
    """Whether autopay is on and what it does next; the methods it can be set up with."""
    portal = _portal(request)
    with spoken(portal):
        context = {
            "autopay": queries.running(portal.actor),
            "planned": queries.open_charges(portal.actor),
            "ended": queries.ended_charges(portal.actor),
            "methods": queries.usable_methods(portal.actor, portal.today, portal.customer.currency),
            "words": WORDS,
            "adds": portal.preferences.customers_may_save_methods,
        }
        return page(request, "autopay/autopay.html", context)


@_FORM
def start(request: PortalRequest, method_id: UUID) -> HttpResponse:
    """Ask for the maximum and the agreement; POST begins, or changes what runs already."""
    portal = _portal(request)
    methods = queries.usable_methods(portal.actor, portal.today, portal.customer.currency)
    usable = {each.pk: each for each in methods}
    if method_id not in usable:
        raise NotFoundError
    method = usable[method_id]
    running = queries.running(portal.actor)
    with spoken(portal):
        words = _agreement(portal, method)
        form = StartForm(
            request.POST if request.method == "POST" else None,
            currency=portal.customer.currency,
            language=portal.language,
            maximum=running.maximum if running else None,
        )
        if form.is_valid():
            given: dict[str, Any] = {
                "actor": portal.actor,
                "method_id": method.pk,
                "maximum": form.cleaned_data["maximum"],
                "agreement": words,
                "agreed_from": address_of(request) or None,
            }
            try:
                if running:
                    change_autopay(autopay=running, **given)
                else:
                    start_autopay(**given)
            except PorticoError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, _("Your invoices are paid automatically from now on."))
                return redirect("autopay")
        context = {
            "form": form,
            "method": method,
            "running": running,
            "agreement": words,
            "first": []
            if running
            else queries.charged_first(portal.actor, portal.customer, portal.today + NOTICE),
            "earliest": portal.today + NOTICE,
        }
        return page(request, "autopay/start.html", context, status=422 if form.errors else 200)


@_FORM
def stop(request: PortalRequest) -> HttpResponse:
    """Ask whether autopay is to stop; POST stops it."""
    portal = _portal(request)
    running = queries.running(portal.actor)
    if running is None:
        return redirect("autopay")
    with spoken(portal):
        if request.method == "POST":
            try:
                stop_autopay(actor=portal.actor, autopay=running)
            except PorticoError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, _("Automatic payments have stopped."))
            return redirect("autopay")
        return page(
            request, "autopay/stop.html", {"autopay": running, "planned": queries.open_charges(portal.actor)}
        )


def _portal(request: PortalRequest) -> Portal:
    portal = portal_of(request)
    require(portal.actor, Permission.PAY)
    require(portal.actor, Permission.VIEW_BILLING)
    return portal


def _agreement(portal: Portal, method: SavedMethod) -> str:
    return _(
        "I allow %(organisation)s to charge %(method)s for each invoice to %(customer)s when it is due, after telling "
        "me by e-mail at least %(days)d days before. I can stop this at any time."
    ) % {
        "organisation": portal.organisation.name,
        "method": str(method),
        "customer": portal.customer.display_name,
        "days": NOTICE.days,
    }
