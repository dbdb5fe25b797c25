"""Paying by hand in the portal: how to, saying that it was sent, how that stands, taking it back (S6.9)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.access.actors import ContactActor, Permission
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.payments.paying import PayPage, pay_page
from portico.payments.views.pay import payer_of, portal_place
from portico.payments.views.paying import read_uuid, shown_in
from portico.sharing.files.actions import too_large
from portico.sharing.files.receiving import was_too_large
from portico.transactions.pages import contact_of, spoken
from portico.transfers.actions import Said, report_transfer, withdraw_notice
from portico.transfers.forms import ProofForm, ReportForm, mode_words
from portico.transfers.models import NoticePart, NoticeState, TransferNotice
from portico.transfers.proofs import Proof, add_proof
from portico.transfers.queries import next_reference, ways_by_hand
from portico.transfers.serving import proof_download

WORDS: Final = {
    NoticeState.AWAITING: ("pending", lazy("Awaiting confirmation")),
    NoticeState.CONFIRMED: ("paid", lazy("Confirmed")),
    NoticeState.REJECTED: ("overdue", lazy("Not found")),
    NoticeState.WITHDRAWN: ("void", lazy("Withdrawn")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def report(request: PortalRequest) -> HttpResponse:
    """GET: how to pay the chosen documents by hand, and the form. POST: what was sent."""
    actor = payer_of(request)
    if request.method != "POST":
        return _show(request, actor)
    if was_too_large(request):
        raise too_large("")
    with scope(actor, read_only=True):
        shown, form = _read(request, actor)
        if shown.has_errors or not shown.lines or not form.is_valid():
            return _render(request, actor, shown, form, status=422)
    data = form.cleaned_data
    sent = data["proof"]
    try:
        notice = report_transfer(
            actor=actor,
            submission_key=read_uuid(str(request.POST.get("submission_key", ""))),
            lines=shown.lines,
            said=Said(data["mode"], data["sent_on"], data["own_reference"]),
            proof=Proof(sent.name, sent.file) if sent else None,
        )
    except NotFoundError:
        raise
    except PorticoError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        with scope(actor, read_only=True):
            return _render(request, actor, shown, form, status=error.status)
    messages.success(request, _("Thank you. We tell you when the money has come."))
    return redirect("transfer_notice", notice.pk)


@require_safe
def notice(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """How a notice stands."""
    return _notice(request, notice_id, ProofForm())


def _notice(request: PortalRequest, notice_id: UUID, form: ProofForm, status: int = 200) -> HttpResponse:
    portal = portal_of(request)
    found = TransferNotice.objects.select_related("contact_person", "payment").one_for(
        portal.actor, pk=notice_id
    )
    with spoken(portal):
        context = {
            "notice": found,
            "parts": (parts := list(found.parts.select_related("invoice", "retainer").order_by("id"))),
            "badge_of": WORDS[NoticeState(found.state)],
            "mode_words": mode_words()[found.mode],
            "again": _again(portal, found, parts),
            "may_withdraw": found.state == NoticeState.AWAITING and portal.actor.may(Permission.PAY),
            "form": form,
        }
        return page(request, "transfers/notice.html", context, status=status)


@require_POST
def withdraw(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Take a notice back."""
    actor = payer_of(request)
    found = TransferNotice.objects.one_for(actor, pk=notice_id)
    withdraw_notice(actor=actor, notice=found)
    messages.success(request, _("The notice is withdrawn."))
    return redirect("transfer_notice", notice_id)


@require_POST
@own_scope
def proof_to_add(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Put a proof to a notice that awaits its answer without one."""
    actor = payer_of(request)
    if was_too_large(request):
        raise too_large("")
    form = ProofForm(request.POST, request.FILES)
    with scope(actor, read_only=True):
        found = TransferNotice.objects.one_for(actor, pk=notice_id)
        if not form.is_valid():
            return _notice(request, notice_id, form, status=422)
    sent = form.cleaned_data["proof"]
    try:
        add_proof(actor=actor, notice=found, proof=Proof(sent.name, sent.file))
    except InvalidError as error:
        form.add_error("proof", error.message)
        with scope(actor, read_only=True):
            return _notice(request, notice_id, form, status=error.status)
    messages.success(request, _("Thank you. Your proof was sent."))
    return redirect("transfer_notice", notice_id)


@require_safe
@own_scope
def proof(request: PortalRequest, notice_id: UUID) -> StreamingHttpResponse:
    """The file that was sent with a notice, to be saved."""
    return proof_download(contact_of(request), notice_id)


def _again(portal: Portal, notice: TransferNotice, parts: list[NoticePart]) -> str:
    """Where what it was for is paid otherwise, when it was not found or was withdrawn, and is open still."""
    if notice.state not in (NoticeState.REJECTED, NoticeState.WITHDRAWN) or not portal.actor.may(
        Permission.PAY
    ):
        return ""
    query = QueryDict(mutable=True)
    for part in parts:
        document = part.invoice or part.retainer
        if document is not None and document.balance:
            query.appendlist("invoice" if part.invoice else "retainer", str(document.pk))
    return f"{reverse('pay')}?{query.urlencode()}" if query else ""


def _show(request: PortalRequest, actor: ContactActor) -> HttpResponse:
    with scope(actor, read_only=True):
        place = portal_place()
        today = portal_of(request).today
        shown = pay_page(
            actor,
            place.choice(request.GET),
            organisation=portal_of(request).organisation,
            shown=shown_in(request, place),
        )
        form = ReportForm(None, None, ways=ways_by_hand(actor), today=today)
        return _render(request, actor, shown, form)


def _read(request: PortalRequest, actor: ContactActor) -> tuple[PayPage, ReportForm]:
    place = portal_place()
    today = portal_of(request).today
    shown = pay_page(
        actor,
        place.choice(request.POST),
        organisation=portal_of(request).organisation,
        shown=shown_in(request, place),
        typed={name: str(value) for name, value in request.POST.items()},
    )
    return shown, ReportForm(request.POST, request.FILES, ways=ways_by_hand(actor), today=today)


def _render(
    request: PortalRequest, actor: ContactActor, shown: PayPage, form: ReportForm, status: int = 200
) -> HttpResponse:
    """The page, in a scope."""
    sent = str(request.POST.get("submission_key", ""))
    context: dict[str, Any] = {
        "shown": shown,
        "form": form,
        "ways": ways_by_hand(actor),
        "mode_words": mode_words(),
        "reference": next_reference(actor, [each.id for each in shown.payables if each.left]),
        "submission_key": read_uuid(sent) if sent else new_id(),
    }
    response = page(request, "transfers/report.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
