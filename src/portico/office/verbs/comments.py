"""The conversation beside a document as staff read and write it, internal comments among it (S5.3)."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from portico.access.actors import Actor, Duty, StaffActor
from portico.comments.actions import hide_comment, post_comment, read_as_staff, share_comment
from portico.comments.actions.show import may_hide
from portico.comments.models import Comment
from portico.comments.models.comment import LONGEST
from portico.comments.queries import Said, thread
from portico.customers.models import Customer
from portico.kit.errors import InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.office.forms.base import OfficeForm
from portico.office.site import office, staff_actor
from portico.organisations.models import Preferences
from portico.transactions.kinds import Kind, all_kinds
from portico.transactions.viewing import is_looked_at
from portico.ui.text import linked


class CommentForm(OfficeForm):
    """What to say, and to whom."""

    text = forms.CharField(
        label=lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
        strip=False,
    )
    seen_by = forms.ChoiceField(
        label=lazy("Who sees it"),
        choices=[
            ("portal", lazy("The customer and staff: visible in portal")),
            ("staff", lazy("Staff only: internal")),
        ],
        initial="portal",
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)


def conversation_page(request: HttpRequest, object_id: UUID) -> HttpResponse:
    """GET: what was written beside a document. POST: write, hide (`hide`) or make visible (`share`) a comment."""
    actor = staff_actor(request)
    if not isinstance(actor, StaffActor):
        raise NotFoundError
    about = document_named(actor, object_id)
    if request.method == "POST":
        return _post(request, actor, about)
    said = thread(actor, object_id)
    if said and is_looked_at(request):
        read_as_staff(actor, about.kind.kind, object_id, said[-1].comment.at)
    return _show(request, actor, about, said, _fresh(about))


class About(NamedTuple):
    """What a conversation is about."""

    kind: Kind
    document: Any


def document_named(actor: Actor, document_id: UUID) -> About:
    """The document with this id, of whatever kind; NotFoundError for a stranger's."""
    for kind in all_kinds():
        try:
            return About(kind, kind.one(actor, document_id))
        except NotFoundError:
            continue
    raise NotFoundError


def _post(request: HttpRequest, actor: StaffActor, about: About) -> HttpResponse:
    kind, document = about
    for name, act, done in (
        ("hide", hide_comment, _("The comment is hidden from the portal.")),
        ("share", share_comment, _("The comment is visible in the portal now.")),
    ):
        if name in request.POST:
            key = _uuid(request.POST[name])
            comment = Comment.objects.one_for(actor, pk=key, document_id=document.pk)
            return _done(request, lambda: act(actor=actor, comment=comment), done)  # noqa: B023 # called at once
    form = CommentForm((request.POST, request.FILES))
    if form.is_valid():
        given = form.cleaned_data
        try:
            comment = post_comment(
                actor=actor,
                kind=kind,
                document_id=document.pk,
                text=given["text"],
                submission_key=given["submission_key"],
                in_portal=given["seen_by"] == "portal",
            )
        except InvalidError as error:
            field = "seen_by" if error.field == "in_portal" else error.field
            form.add_error(field, error.message)
        else:
            read_as_staff(actor, kind.kind, document.pk, comment.at)
            messages.success(request, _("The comment was written."))
            return HttpResponseRedirect(request.path)
    return _show(request, actor, about, thread(actor, document.pk), form, status=422)


def _uuid(text: str) -> UUID:
    """The id in a form's button; NotFoundError for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError from None


def _done(request: HttpRequest, act: Any, words: str) -> HttpResponse:
    try:
        act()
    except PorticoError as error:
        if error.status not in {409, 422}:
            raise
        messages.error(request, error.message)
    else:
        messages.success(request, words)
    return HttpResponseRedirect(request.path)


def _fresh(about: About) -> CommentForm:
    seen_by = "portal" if about.document.number else "staff"
    return CommentForm(initial={"submission_key": new_id(), "seen_by": seen_by})


def _show(
    request: HttpRequest,
    actor: StaffActor,
    about: About,
    said: tuple[Said, ...],
    form: CommentForm,
    *,
    status: int = 200,
) -> HttpResponse:
    kind, document = about
    customer = Customer.objects.visible_to(actor).only("id", "display_name").get(pk=document.customer_id)
    mails = Preferences.objects.visible_to(actor).values_list("email_staff_comments", flat=True).get()
    context = {
        **office.each_context(request),
        "title": _("Comments on %(kind)s %(number)s")
        % {"kind": kind.name, "number": document.number or _("(draft)")},
        "said": [_entry(actor, each) for each in said],
        "form": form if actor.may(Duty.KEEP_CUSTOMERS) else None,
        "writes": actor.may(Duty.KEEP_CUSTOMERS),
        "back": kind.office_page(document.pk),
        "customer": customer,
        "mails": mails,
    }
    return TemplateResponse(request, "office/conversation.html", context, status=status)


def _entry(actor: StaffActor, said: Said) -> dict[str, Any]:
    comment = said.comment
    writes = actor.may(Duty.KEEP_CUSTOMERS)
    return {
        "comment": comment,
        "is_new": said.is_new,
        "lines": [linked(line) for line in comment.text.splitlines() if line.strip()],
        "may_hide": writes and may_hide(actor, comment),
        "may_share": writes and not comment.in_portal and comment.hidden_at is None,
    }
