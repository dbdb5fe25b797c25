"""The steps of paying, wherever it is done: the form, its sum, the charge, and how an attempt stands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portico.access.actors import ContactActor, LinkActor
from portico.access.coming_from import address_of
from portico.access.scope import scope
from portico.kit.errors import ConflictError, InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.kit.money import format_money, total
from portico.organisations.models import Organisation
from portico.payments.actions.by_credit import pay_by_credit
from portico.payments.actions.reconcile import call_off, clear_up
from portico.payments.actions.start import start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import (
    GatewayRefusedError,
    GatewayUnreachableError,
    MethodKind,
    gateway_for,
)
from portico.payments.mandates import Consent, debit_words
from portico.payments.models import PENDING, AttemptState, CreditUse, PaymentAttempt
from portico.payments.paying import PayPage, attempt_for, own_attempts, pay_page
from portico.payments.places import Place
from portico.payments.saved import PREFIX, read_saved
from portico.payments.ways import Shown, Way, read_way

LONGEST_TOKEN: Final = 4000
ONWARDS: Final = "onwards"
"""In the address of an attempt's page: it leads on to where the gateway asks the customer. A form's answer cannot lead
there itself, because `form-action` of the Content-Security-Policy would have to name every bank's pages."""
Payer: TypeAlias = ContactActor | LinkActor


def show_form(request: HttpRequest, actor: Payer, place: Place) -> HttpResponse:
    """The page of paying for what the address names."""
    with scope(actor, read_only=True):
        shown = _page(request, actor, place, request.GET)
        return _show(request, place, shown, submission_key=new_id())


def show_sum(request: HttpRequest, actor: Payer, place: Place) -> HttpResponse:
    """The sum and the amounts' errors for what is typed so far (htmx, or the button “Update the sum”)."""
    with scope(actor):
        shown = _page(request, actor, place, request.POST, typed=True)
        part_only = request.headers.get("HX-Request")
        template = "payments/_sum.html" if part_only else "payments/pay.html"
        return _show(request, place, shown, submission_key=_key(request.POST), template=template)


def charge(request: HttpRequest, actor: Payer, place: Place) -> HttpResponse:
    """Charge what the form shows; the same form sent again leads to the same attempt."""
    key = _key(request.POST)
    with scope(actor, read_only=True):
        before = own_attempts(actor).filter(submission_key=key).first()
        used = None if before else _credit_use(actor, key)
        shown = None if before or used else _page(request, actor, place, request.POST, typed=True)
        problem = _problem(request, shown) if shown else ""
        if shown and (problem or shown.has_errors):
            return _show(request, place, shown, submission_key=key, problem=problem, status=422)
    if shown is None:  # the same form sent again: the same attempt, or the same use of credit
        return redirect(place.by_credit(used.pk) if used else place.attempt(before.pk if before else key))
    try:
        if shown.by_credit_alone:
            assert isinstance(actor, ContactActor)  # nobody else is offered credit
            use = pay_by_credit(
                actor=actor,
                submission_key=key,
                lines=shown.credit_lines,
                credit=shown.credit,
                chosen_credit=shown.ticked,
            )
            return redirect(place.by_credit(use.pk))
        attempt = start_payment(
            actor=actor,
            submission_key=key,
            lines=shown.lines,
            credit=shown.credit or None,
            chosen_credit=shown.ticked,
            **_how(request, shown),
        )
    except (InvalidError, ConflictError) as error:
        with scope(actor, read_only=True):
            return _show(request, place, shown, submission_key=new_id(), error=error, status=error.status)
    attempt = submit_payment(
        organisation_id=actor.organisation_id,
        attempt_id=attempt.pk,
        token=request.POST.get("token", ""),
        return_url=request.build_absolute_uri(place.attempt(attempt.pk)),
    )
    at_once = attempt.state == AttemptState.NEEDS_ACTION and attempt.waits_until is None
    onwards = f"?{ONWARDS}" if at_once else ""
    return redirect(place.attempt(attempt.pk) + onwards)


def show_attempt(request: HttpRequest, actor: Payer, place: Place, attempt_id: UUID) -> HttpResponse:
    """How an attempt stands; where the gateway sends the customer back to. Asks the gateway while it is pending."""
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
    is_poll = bool(
        request.headers.get("HX-Request")
    )  # the job asks meanwhile; a page that waits holds no thread
    previews = isinstance(actor, ContactActor) and actor.previewed_by is not None
    onwards = ONWARDS in request.GET and not is_poll
    if attempt.state in PENDING and attempt.gateway_reference and not (is_poll or previews or onwards):
        # the page says that it is being checked, and asks again
        with suppress(GatewayUnreachableError, GatewayRefusedError):
            clear_up(
                organisation_id=actor.organisation_id, attempt_id=attempt_id, via="return", give_up=False
            )
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
        if attempt.state == AttemptState.SUCCEEDED:
            return _to_receipt(request, place, attempt)
        template = "payments/_attempt.html" if is_poll else "payments/attempt.html"
        asks = attempt.state == AttemptState.NEEDS_ACTION
        action_url = page_to_be_sent_to(attempt.action_url) if asks else ""
        context = {
            "attempt": attempt,
            "states": AttemptState,
            "place": place,
            "again": place.again(attempt),
            "action_url": action_url,
            "leads_to": action_url if onwards else "",
            "agrees_at": _agrees_at(attempt),
            "until": timezone.localdate(attempt.waits_until) if attempt.waits_until else None,
        }
        return place.render(request, template, context, 200)


def page_to_be_sent_to(address: str) -> str:
    """A gateway's address as a page that a browser may be sent to; empty for what is none, such as javascript:."""
    return address if address.startswith(("https:", "http:")) else ""


def _agrees_at(attempt: PaymentAttempt) -> str:
    """The gateway on whose own site the customer agrees; empty where it is the card's bank that asks."""
    gateway = gateway_for(attempt.gateway_account.gateway)
    return "" if gateway.capabilities.card else gateway.name


def show_credit_use(request: HttpRequest, actor: ContactActor, place: Place, use_id: UUID) -> HttpResponse:
    """What was paid by credit alone: which credit is now on which invoice."""
    with scope(actor, read_only=True):
        use = CreditUse.objects.one_for(actor, pk=use_id, attempt=None)
        parts = use.parts.select_related("invoice", "credit_note", "payment", "retainer").order_by("position")
        rows = list(parts)
        context = {
            "place": place,
            "parts": rows,
            "credit": total((part.applied for part in rows), use.currency),
        }
        return place.render(request, "payments/by_credit.html", context, 200)


def call_off_attempt(actor: Payer, place: Place, attempt_id: UUID) -> HttpResponse:
    """The customer does not go on with an attempt; it ends cancelled, unless it was charged already."""
    with scope(actor, read_only=True):
        attempt = attempt_for(actor, attempt_id)
    if attempt.state in PENDING:
        call_off(organisation_id=actor.organisation_id, attempt_id=attempt.pk)
    return redirect(place.attempt(attempt_id))


def read_uuid(text: str) -> UUID:
    """An id as it is sent; NotFoundError for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError from None


def _credit_use(actor: Payer, key: UUID) -> CreditUse | None:
    """What this form has paid by credit alone already."""
    return CreditUse.objects.visible_to(actor).filter(submission_key=key, attempt=None).first()


def _problem(request: HttpRequest, shown: PayPage) -> str:
    if shown.has_errors:
        return ""  # said at the amounts
    if not shown.lines:
        return _("There is nothing to pay here.")
    if shown.credit or "shown_charge" in request.POST:
        # Credit that came, went or was ticked since the sum was shown: nobody is charged what they did not see.
        if request.POST.get("shown_charge") != str(shown.charge):
            return _("The sum has changed. Look at it again, then go on.")
        if shown.by_credit_alone:
            return ""
    return _way_problem(request.POST.get("way", ""), request.POST.get("token", ""), shown)


def _way_problem(way: str, token: str, shown: PayPage) -> str:
    if not way:
        return _("Choose how you want to pay.")
    if way.startswith(PREFIX):
        read_saved(way)
        return (
            ""
            if shown.kept(way)
            else _("That card or bank account is not there any more. Choose another way.")
        )
    chosen = shown.way(way)
    if len(token) > LONGEST_TOKEN or (chosen and chosen.frame and not token):
        if chosen and chosen.kind is MethodKind.BANK:
            return _(
                "Enter your bank account. The fields are the payment provider's own and need JavaScript."
            )
        return _("Enter your card. The fields are the payment provider's own and need JavaScript.")
    return ""


def _how(request: HttpRequest, shown: PayPage) -> dict[str, Any]:
    """What is charged, as `start_payment` takes it: a saved method or a new one, with what was agreed to."""
    sent = request.POST["way"]
    kept = shown.kept(sent)
    if kept is not None:
        account_id, kind = kept.method.gateway_account_id, kept.kind
    else:
        account_id, kind = read_way(sent)
    way = shown.way(f"{account_id}:{kind}")
    agreed: dict[str, Any] | None = None
    if kind is MethodKind.BANK:
        name, printed = way.gateway_name if way else "", format_money(shown.charge)
        words = debit_words(shown.organisation, name, shown.currency, amount=printed)
        agreed = consent_in(request).to(words)
    return {
        "gateway_account_id": account_id,
        "kind": kind,
        "method_id": kept.method.pk if kept else None,
        "save": kept is None and request.POST.get(f"save-{sent}") == "on",
        "mandate": agreed,
    }


def consent_in(request: HttpRequest) -> Consent:
    """From where somebody agrees."""
    return Consent(address_of(request), request.headers.get("User-Agent", ""))


def _page(
    request: HttpRequest, actor: Payer, place: Place, data: QueryDict, *, typed: bool = False
) -> PayPage:
    return pay_page(
        actor,
        place.choice(data),
        organisation=Organisation.objects.visible_to(actor).defer("logo").get(),
        shown=shown_in(request, place),
        typed={name: str(value) for name, value in data.items()} if typed else None,
        ticked=[str(value) for value in data.getlist("credit")] if typed else (),
    )


def shown_in(request: HttpRequest, place: Place) -> Shown:
    """Where gateways' fields are shown for this request."""
    return Shown(
        parent=f"{request.scheme}://{request.get_host()}",
        locale=get_language() or "en",
        theme=request.COOKIES.get("portico_theme") or getattr(request.user, "theme", "") or "",
        fields_at=place.fields,
    )


def _show(
    request: HttpRequest,
    place: Place,
    shown: PayPage,
    *,
    submission_key: UUID,
    problem: str = "",
    error: PorticoError | None = None,
    status: int = 200,
    template: str = "payments/pay.html",
) -> HttpResponse:
    context = {
        "place": place,
        "shown": shown,
        "submission_key": submission_key,
        "chosen_way": _chosen(request, shown),
        "ticked": {name for name in request.POST if name.startswith("save-")},
        "mandate": lambda way: debit_words(shown.organisation, way.gateway_name, shown.currency),
        "problem": problem or (error.message if error else ""),
        "problem_field": error.field if error else None,
    }
    return allowing(place.render(request, template, context, status), shown.ways)


def _chosen(request: HttpRequest, shown: PayPage) -> str:
    """The way that is chosen when the form is shown: the one that was sent, or the first."""
    sent = request.POST.get("way", "")
    return sent if shown.way(sent) or shown.kept(sent) else shown.chosen_first


def allowing(response: HttpResponse, ways: Iterable[Way]) -> HttpResponse:
    """Let this page frame the gateways' own origins and our own pages of fields; no other page may."""
    origins = sorted({way.frame.origin for way in ways if way.frame})
    if origins:
        response._csp_update = {"frame-src": origins}  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"  # “back” asks again, so a submission key is used by one form
    return response


def _to_receipt(request: HttpRequest, place: Place, attempt: PaymentAttempt) -> HttpResponse:
    target = place.receipt(attempt.payment.pk)
    messages.success(request, _("Thank you. Your payment was received."))
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _key(data: QueryDict) -> UUID:
    return read_uuid(str(data.get("submission_key", "")))
