"""A person's saved cards and bank accounts: the list, the default, removing one, adding one without paying (S6.3)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from portico.access.actors import ContactActor, Permission
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.autopay.models import Autopay
from portico.autopay.queries import running
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.payments.actions.methods import make_default, remove_method
from portico.payments.actions.saving import finish_saving, start_saving, submit_saving
from portico.payments.gateway import GatewayUnreachableError, MethodKind, gateway_for
from portico.payments.mandates import keeping_words
from portico.payments.models import GatewayAccount, MethodSaving, SavingState
from portico.payments.saved import Kept, kept_methods, own_method, own_methods, waiting_savings
from portico.payments.views.pay import payer_of, portal_place
from portico.payments.views.paying import (
    LONGEST_TOKEN,
    allowing,
    consent_in,
    page_to_be_sent_to,
    read_uuid,
    shown_in,
)
from portico.payments.ways import Sum, Way, read_way, ways_to_pay
from portico.transactions.pages import spoken


@require_safe
def listed(request: PortalRequest) -> HttpResponse:
    """The person's own methods. 404 where customers add none (preference 16) and none is left."""
    actor, portal = keeper_of(request), portal_of(request)
    methods = kept_methods(actor, portal.today)
    pays = may_pay(actor)
    autopay = _running(actor)
    if autopay and autopay.contact_person_id == actor.person_id:
        kept = {each.method.pk for each in methods}
        autopay = autopay if autopay.saved_method_id in kept else None  # it stops in a moment
    adds = pays and portal.preferences.customers_may_save_methods
    if not methods and not adds:
        raise NotFoundError
    with spoken(portal):
        context = {
            "methods": methods,
            "ways": _ways(request, actor, portal) if adds else (),
            "used_by_autopay": {autopay.saved_method_id} if autopay else set(),
            "running": autopay,
            "waiting": waiting_savings(actor) if pays else (),
            "pays": pays,
        }
        return page(request, "payments/methods.html", context)


@require_POST
def default(request: PortalRequest, method_id: UUID) -> HttpResponse:
    """Choose this one first from now on."""
    actor = payer_of(request)
    with spoken(portal_of(request)):
        try:
            method = make_default(actor=actor, method=own_method(actor, method_id))
        except PorticoError as error:
            if isinstance(error, NotFoundError):
                raise
            messages.error(request, error.message)
        else:
            messages.success(request, _("%(method)s is chosen first from now on.") % {"method": method})
    return redirect("payment_methods")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, method_id: UUID) -> HttpResponse:
    """Ask whether one is to be removed; POST removes it. Their owner may, whether they may pay still or not."""
    actor, portal = keeper_of(request), portal_of(request)
    method = own_method(actor, method_id)
    with spoken(portal):
        if request.method != "POST":
            kept = Kept(method, gateway_for(method.gateway_account.gateway).name, portal.today)
            autopay = _running(actor)
            stops = autopay is not None and autopay.saved_method_id == method.pk
            context = {"kept": kept, "stops_autopay": stops}
            return page(request, "payments/method_remove.html", context)
        remove_method(actor=actor, method=method)
        messages.success(request, _("%(method)s is removed.") % {"method": method})
    return redirect("payment_methods" if _has_list(actor, portal) else "profile")


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def new(request: PortalRequest) -> HttpResponse:
    """GET: the fields. POST: save what was typed into them, without paying."""
    actor = payer_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        if not portal.preferences.customers_may_save_methods:
            raise NotFoundError
        with spoken(portal):
            ways = _ways(request, actor, portal)
            if request.method != "POST":
                return _form(request, portal, ways)
            problem = _problem(request, ways)
            if problem:
                return _form(request, portal, ways, problem=problem, status=422)
    return _save(request, actor, portal, ways)


@require_GET
@own_scope
def saving(request: PortalRequest, saving_id: UUID) -> HttpResponse:
    """How saving one stands; where the gateway sends the person back to."""
    actor = payer_of(request)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        row = MethodSaving.objects.one_for(actor, pk=saving_id, contact_person_id=actor.person_id)
    if row.state == SavingState.NEEDS_ACTION and "onwards" not in request.GET and actor.previewed_by is None:
        with suppress(GatewayUnreachableError):  # the page says so, and can be asked again
            row = finish_saving(organisation_id=actor.organisation_id, saving_id=saving_id)
    with scope(actor, read_only=True), spoken(portal):
        if row.state == SavingState.SUCCEEDED:
            messages.success(request, _("It is saved. You can pay with it from now on."))
            return redirect("payment_methods")
        onwards = page_to_be_sent_to(row.action_url)
        context = {
            "saving": row,
            "states": SavingState,
            "action_url": onwards,
            "leads_to": onwards if "onwards" in request.GET else "",
        }
        return page(request, "payments/method_saving.html", context)


def _save(request: PortalRequest, actor: ContactActor, portal: Portal, ways: tuple[Way, ...]) -> HttpResponse:
    account_id, kind = read_way(request.POST["way"])
    way = next(each for each in ways if each.value == request.POST["way"])
    agreed: dict[str, Any] | None = None
    with spoken(portal):
        if kind is MethodKind.BANK:
            agreed = consent_in(request).to(keeping_words(portal.organisation, way.gateway_name))
        try:
            row = start_saving(
                actor=actor,
                submission_key=read_uuid(request.POST.get("submission_key", "")),
                gateway_account_id=account_id,
                kind=kind,
                mandate=agreed,
            )
        except PorticoError as error:
            with scope(actor, read_only=True):
                return _form(request, portal, ways, problem=error.message, status=error.status)
    where = reverse("payment_method_saving", args=[row.pk])
    row = submit_saving(
        organisation_id=actor.organisation_id,
        saving_id=row.pk,
        token=request.POST.get("token", ""),
        return_url=request.build_absolute_uri(where),
    )
    at_once = row.state == SavingState.NEEDS_ACTION and row.waits_until is None
    return redirect(where + ("?onwards" if at_once else ""))


def _form(
    request: PortalRequest, portal: Portal, ways: tuple[Way, ...], *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "ways": ways,
        "problem": problem,
        "chosen_way": request.POST.get("way") or (ways[0].value if ways else ""),
        "submission_key": new_id(),
        "mandate": lambda way: keeping_words(portal.organisation, way.gateway_name),
    }
    return allowing(page(request, "payments/method_new.html", context, status=status), ways)


def _problem(request: PortalRequest, ways: tuple[Way, ...]) -> str:
    way = next((each for each in ways if each.value == request.POST.get("way")), None)
    token = request.POST.get("token", "")
    if way is None:
        return _("Choose what to save.")
    if len(token) > LONGEST_TOKEN or (way.frame and not token):
        return _("Fill in the fields. They are the payment provider's own and need JavaScript.")
    return ""


def _ways(request: PortalRequest, actor: ContactActor, portal: Portal) -> tuple[Way, ...]:
    """The ways that can be kept, for the customer's own currency."""
    accounts = GatewayAccount.objects.visible_to(actor).filter(is_active=True).order_by("created_at", "id")
    shown = shown_in(request, portal_place())
    return tuple(
        way for way in ways_to_pay(actor, accounts, Sum(portal.customer.currency), shown) if way.may_save
    )


def keeper_of(request: PortalRequest) -> ContactActor:
    """The contact person who asks, who may pay here or has methods left from when they might.

    Raises:
        ForbiddenError: neither.
        NotFoundError: no contact person.
    """
    actor = request.actor
    if isinstance(actor, ContactActor) and not may_pay(actor) and own_methods(actor):
        return actor
    return payer_of(request)


def may_pay(actor: ContactActor) -> bool:
    """Whether the person may pay, and see what."""
    return actor.may(Permission.PAY) and actor.may(Permission.VIEW_BILLING)


def _running(actor: ContactActor) -> Autopay | None:
    """The customer's automatic payments, where the person may know of them."""
    return running(actor) if actor.may(Permission.VIEW_BILLING) else None


def _has_list(actor: ContactActor, portal: Portal) -> bool:
    adds = may_pay(actor) and portal.preferences.customers_may_save_methods
    return adds or bool(kept_methods(actor, portal.today))
