"""Paying in the portal: which documents, and at which addresses; the steps are in `paying`."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portico.access.actors import ContactActor, Permission, require
from portico.access.middleware import PortalRequest, own_scope
from portico.home.shell import page
from portico.kit.errors import InvalidError, NotFoundError
from portico.payments.models import PaymentAttempt
from portico.payments.paying import Choice
from portico.payments.places import Place
from portico.payments.views.paying import (
    call_off_attempt,
    charge,
    read_uuid,
    show_attempt,
    show_credit_use,
    show_form,
    show_sum,
)


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def pay(request: PortalRequest) -> HttpResponse:
    """GET: the page of paying for the documents in the address. POST: charge them."""
    actor = payer_of(request)
    if request.method == "POST":
        return charge(request, actor, portal_place())
    return show_form(request, actor, portal_place())


@require_POST
def summary(request: PortalRequest) -> HttpResponse:
    """The sum and the amounts' errors for what is typed so far (htmx, or the button “Update the sum”)."""
    return show_sum(request, payer_of(request), portal_place())


@require_GET
@own_scope
def attempt_page(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """How an attempt stands; where the gateway sends the customer back to."""
    return show_attempt(request, payer_of(request), portal_place(), attempt_id)


@require_GET
@own_scope
def by_credit(request: PortalRequest, use_id: UUID) -> HttpResponse:
    """What was paid by credit alone."""
    return show_credit_use(request, payer_of(request), portal_place(), use_id)


@require_POST
@own_scope
def cancel(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """The customer does not go on with an attempt; it ends cancelled, unless it was charged already."""
    return call_off_attempt(payer_of(request), portal_place(), attempt_id)


def payer_of(request: PortalRequest) -> ContactActor:
    """The contact person who asks, who may pay here; NotFoundError for anybody else."""
    actor = request.actor
    if not isinstance(actor, ContactActor):
        raise NotFoundError
    require(actor, Permission.PAY)
    require(actor, Permission.VIEW_BILLING)
    return actor


def portal_place() -> Place:
    """Paying in the portal."""
    invoices = reverse("invoices")
    return Place(
        frame="ui/layout.html",
        pay=reverse("pay"),
        summary=reverse("pay_summary"),
        back=invoices,
        back_words=_("Back to the invoices"),
        crumbs=((_("Invoices"), invoices), (_("Pay"), None)),
        choose=invoices,
        attempt=lambda attempt_id: reverse("pay_attempt", args=[attempt_id]),
        cancel=lambda attempt_id: reverse("pay_cancel", args=[attempt_id]),
        again=_again,
        receipt=lambda payment_id: reverse("payment", args=[payment_id]),
        by_credit=lambda use_id: reverse("pay_by_credit", args=[use_id]),
        choice=read_choice,
        fields=lambda account_id, kind: reverse("pay_fields", args=[account_id, kind]),
        render=page,
    )


def _again(attempt: PaymentAttempt) -> str:
    """The address at which the same documents can be paid again."""
    query = QueryDict(mutable=True)
    for row in attempt.allocations.all():
        query.appendlist("retainer" if row.retainer_id else "invoice", str(row.retainer_id or row.invoice_id))
    return f"{reverse('pay')}?{query.urlencode()}"


def read_choice(data: QueryDict) -> Choice:
    """Which documents an address or a form names.

    Raises:
        InvalidError: none.
        NotFoundError: something that is no id.
    """
    if data.get("retainer"):
        return Choice(retainer_id=read_uuid(str(data["retainer"])))
    if data.get("all") and "submission_key" not in data:  # what is sent names what was shown
        return Choice(all_in=str(data["all"]))
    ids = tuple(dict.fromkeys(read_uuid(str(each)) for each in data.getlist("invoice")))
    if not ids:
        raise InvalidError(_("Choose at least one invoice to pay."))
    return Choice(invoice_ids=ids)
