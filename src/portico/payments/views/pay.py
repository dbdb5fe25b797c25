"""Paying: choose amounts and a way, submit, come back, and see how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portico.access.actors import ContactActor, Permission, require
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import page
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.organisations.models import Organisation
from portico.payments.actions.reconcile import call_off, clear_up
from portico.payments.actions.start import start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import GatewayRefusedError, GatewayUnreachableError
from portico.payments.models import PENDING, AttemptState, PaymentAttempt
from portico.payments.paying import Choice, PayPage, Way, attempt_for, pay_page

LONGEST_TOKEN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def pay(request: PortalRequest) -> HttpResponse:
    """GET: the page of paying for the documents in the address. POST: charge them."""
    actor = _payer(request)
    if request.method == "POST":
        return _charge(request, actor)
    with scope(actor, read_only=True):
        shown = _page(request, actor, request.GET)
        return _show(request, shown, submission_key=new_id())


@require_POST
def summary(request: PortalRequest) -> HttpResponse:
    """The sum and the amounts' errors for what is typed so far (htmx, or the button “Update the sum”)."""
    actor = _payer(request)
    shown = _page(request, actor, request.POST, typed=True)
    return _show(request, shown, submission_key=_key(request.POST), template="payments/_sum.html")


@require_GET
@own_scope
def attempt_page(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """How an attempt stands; where the gateway sends the customer back to. Asks the gateway while it is pending."""
    actor = _payer(request)
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
    is_poll = bool(
        request.headers.get("HX-Request")
    )  # the job asks meanwhile; a page that waits holds no thread
    if attempt.state in PENDING and attempt.gateway_reference and not is_poll:
        # the page says that it is being checked, and asks again
        with suppress(GatewayUnreachableError, GatewayRefusedError):
            clear_up(
                organisation_id=actor.organisation_id, attempt_id=attempt_id, via="return", give_up=False
            )
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
        if attempt.state == AttemptState.SUCCEEDED:
            return _to_receipt(request, attempt)
        template = "payments/_attempt.html" if is_poll else "payments/attempt.html"
        return page(request, template, {"attempt": attempt, "states": AttemptState, "again": _again(attempt)})


@require_POST
@own_scope
def cancel(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """The customer does not go on with an attempt; it ends cancelled, unless it was charged already."""
    actor = _payer(request)
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
    if attempt.state in PENDING:
        call_off(organisation_id=actor.organisation_id, attempt_id=attempt.pk)
    return redirect("pay_attempt", attempt_id=attempt_id)


def _payer(request: PortalRequest) -> ContactActor:
    actor = request.actor
    if not isinstance(actor, ContactActor):
        raise NotFoundError
    require(actor, Permission.PAY)
    require(actor, Permission.VIEW_BILLING)
    return actor


def _charge(request: PortalRequest, actor: ContactActor) -> HttpResponse:
    key = _key(request.POST)
    with scope(actor, read_only=True):
        before = PaymentAttempt.objects.visible_to(actor).filter(submission_key=key).first()
        shown = None if before else _page(request, actor, request.POST, typed=True)
        problem = _problem(request, shown) if shown else ""
        if shown and (problem or shown.has_errors):
            return _show(request, shown, submission_key=key, problem=problem, status=422)
    if before is not None:  # the same form sent again: the same attempt
        return redirect("pay_attempt", attempt_id=before.pk)
    assert shown is not None
    token = request.POST["token"]
    try:
        attempt = start_payment(
            actor=actor,
            submission_key=key,
            gateway_account_id=_uuid(request.POST.get("gateway", "")),
            lines=shown.lines,
        )
    except (InvalidError, ConflictError) as error:
        with scope(actor, read_only=True):
            return _show(request, shown, submission_key=new_id(), error=error, status=error.status)
    attempt = submit_payment(
        organisation_id=actor.organisation_id,
        attempt_id=attempt.pk,
        token=token,
        return_url=settings.PUBLIC_URL + reverse("pay_attempt", args=[attempt.pk]),
    )
    if attempt.state == AttemptState.NEEDS_ACTION and attempt.action_url:
        return _allowing(_see_other(attempt.action_url), ())
    return redirect("pay_attempt", attempt_id=attempt.pk)


def _problem(request: PortalRequest, shown: PayPage) -> str:
    if not shown.lines:
        return _("There is nothing to pay here.")
    token = request.POST.get("token", "")
    if not request.POST.get("gateway"):
        return _("Choose how you want to pay.")
    if not token or len(token) > LONGEST_TOKEN:
        return _("Enter your card. The fields are the payment provider's own and need JavaScript.")
    return ""


def _page(request: PortalRequest, actor: ContactActor, data: QueryDict, *, typed: bool = False) -> PayPage:
    organisation = Organisation.objects.visible_to(actor).get()
    return pay_page(
        actor,
        _choice(data),
        today=clock.today(organisation.time_zone),
        locale=get_language() or "en",
        parent=f"{request.scheme}://{request.get_host()}",
        theme=request.user.theme,  # type: ignore[union-attr]
        typed={name: str(value) for name, value in data.items()} if typed else None,
    )


def _show(
    request: PortalRequest,
    shown: PayPage,
    *,
    submission_key: UUID,
    problem: str = "",
    error: PorticoError | None = None,
    status: int = 200,
    template: str = "payments/pay.html",
) -> HttpResponse:
    context = {
        "shown": shown,
        "submission_key": submission_key,
        "problem": problem or (error.message if error else ""),
        "problem_field": error.field if error else None,
    }
    return _allowing(page(request, template, context, status=status), shown.ways)


def _allowing(response: HttpResponse, ways: Iterable[Way]) -> HttpResponse:
    """Let this page frame the gateways' own origins, and its form be redirected to them; no other page may."""
    origins = sorted({way.fields.origin for way in ways})
    if origins:
        response._csp_update = {"frame-src": origins, "form-action": origins}  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"  # “back” asks again, so a submission key is used by one form
    return response


def _to_receipt(request: HttpRequest, attempt: PaymentAttempt) -> HttpResponse:
    target = reverse("payment", args=[attempt.payment.pk])
    messages.success(request, _("Thank you. Your payment was received."))
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _see_other(url: str) -> HttpResponse:
    """To a page outside, by GET."""
    response = HttpResponse(status=303)
    response["Location"] = url
    return response


def _again(attempt: PaymentAttempt) -> str:
    """The address at which the same documents can be paid again."""
    query = QueryDict(mutable=True)
    for row in attempt.allocations.all():
        query.appendlist("retainer" if row.retainer_id else "invoice", str(row.retainer_id or row.invoice_id))
    return f"{reverse('pay')}?{query.urlencode()}"


def _choice(data: QueryDict) -> Choice:
    if data.get("retainer"):
        return Choice(retainer_id=_uuid(str(data["retainer"])))
    if data.get("all") and "submission_key" not in data:  # what is sent names what was shown
        return Choice(all_in=str(data["all"]))
    ids = tuple(dict.fromkeys(_uuid(str(each)) for each in data.getlist("invoice")))
    if not ids:
        raise InvalidError(_("Choose at least one invoice to pay."))
    return Choice(invoice_ids=ids)


def _key(data: QueryDict) -> UUID:
    return _uuid(str(data.get("submission_key", "")))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError from None
