"""Private reviews: one's own of a document or of the whole, to write and to change (preference 11)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.comments.actions import write_review
from portico.comments.actions.review import is_editable, is_reviewable
from portico.comments.beside import REVIEWED
from portico.comments.forms import ReviewForm
from portico.comments.queries import my_reviews, review_of
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import NotFoundError, PorticoError
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.pages import contact_of, spoken


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def reviews(request: PortalRequest) -> HttpResponse:
    """What one said so far, and a review of the organisation as a whole."""
    return _review(request, contact_of(request), None, None)


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def review(request: PortalRequest, kind: str, document_id: UUID) -> HttpResponse:
    """One's review of a document."""
    known = kind_of(kind)
    if known.kind not in REVIEWED:
        raise NotFoundError
    return _review(request, contact_of(request), known, document_id)


def _review(
    request: PortalRequest, actor: ContactActor, kind: Kind | None, document_id: UUID | None
) -> HttpResponse:
    with scope(actor, read_only=True):
        portal = portal_of(request)
        if not portal.preferences.customer_reviews:
            raise NotFoundError
    with spoken(portal):
        form = ReviewForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                write_review(actor=actor, kind=kind, document_id=document_id, **form.cleaned_data)
            except PorticoError as error:
                if error.status not in {409, 422}:
                    raise
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, _("Thank you. Your review was sent."))
                back = request.path if kind is None or document_id is None else kind.page(document_id)
                return HttpResponseRedirect(back)
        return _show(request, portal, form, kind, document_id)


def _show(
    request: PortalRequest, portal: Portal, form: ReviewForm, kind: Kind | None, document_id: UUID | None
) -> HttpResponse:
    actor = portal.actor
    with scope(actor, read_only=True):
        document = None
        if kind is not None and document_id is not None:
            if not kind.is_shown(portal.preferences):
                raise NotFoundError
            document = kind.one(actor, document_id)
        mine = review_of(actor, document_id)
        if mine is not None and not form.is_bound:
            form = ReviewForm(initial={"rating": mine.rating, "text": mine.text})
        context = {
            "form": form,
            "kind": kind,
            "document": document,
            "mine": mine,
            "editable": mine is None or is_editable(mine),
            "too_early": document is not None and mine is None and not is_reviewable(document),
            "others": [each for each in my_reviews(actor) if each.document_id] if kind is None else [],
        }
        return page(request, "comments/review.html", context, 422 if form.is_bound else 200)
