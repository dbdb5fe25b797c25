"""The page of forwarding: to whom, with which words, how the e-mail will look, and off it goes (S5.4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portico.access.actors import ContactActor
from portico.access.middleware import PortalRequest, own_scope
from portico.access.scope import scope
from portico.comments.texts import clean_text
from portico.customers.models import ContactPerson
from portico.home.shell import Portal, page, portal_of
from portico.kit.errors import InvalidError, NotFoundError, PorticoError
from portico.kit.ids import new_id
from portico.notifications.languages import spoken as spoken_language
from portico.notifications.look import blocks
from portico.sharing.forwarding.actions import MOST_AT_ONCE, forward_document
from portico.sharing.forwarding.forms import ForwardForm
from portico.sharing.forwarding.letter import forward_letter
from portico.sharing.forwarding.models import LONGEST
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.pages import contact_of, spoken


@require_http_methods(["GET", "HEAD", "POST"])
@own_scope
def forward(request: PortalRequest, kind: str, document_id: UUID) -> HttpResponse:
    """GET: the form. POST: with `preview`, the e-mail as it will look; else send it."""
    actor = contact_of(request)
    known = kind_of(kind)
    with scope(actor, read_only=True):
        portal = portal_of(request)
        if not portal.preferences.customers_may_forward or not known.is_shown(portal.preferences):
            raise NotFoundError
        document = known.one(actor, document_id)
        people = list(
            ContactPerson.objects.visible_to(actor)
            .exclude(email="")
            .order_by("first_name", "last_name", "pk")
        )
    with spoken(portal):
        form = ForwardForm(
            request.POST if request.method == "POST" else None,
            [each for each in people if each.pk != actor.person_id],
        )
        context: dict[str, Any] = {"form": form, "kind": known, "document": document, "most": MOST_AT_ONCE}
        if request.method != "POST":
            return page(request, "forwarding/forward.html", {**context, "key": new_id(), "mail": None})
        context |= {"key": _key(request), "mail": None}
        if form.is_valid():
            try:
                if "preview" in request.POST:
                    context["mail"] = _preview(portal, known, document.number, people, form)
                    return page(request, "forwarding/forward.html", context)
                return _send(request, actor, known, document_id, form)
            except PorticoError as error:
                if error.status not in {409, 422}:
                    raise
                form.add_error(error.field if error.field in form.fields else None, error.message)
        return page(request, "forwarding/forward.html", context, 422)


def _send(
    request: PortalRequest, actor: ContactActor, kind: Kind, document_id: UUID, form: ForwardForm
) -> HttpResponse:
    given = form.cleaned_data
    sent = forward_document(
        actor=actor,
        kind=kind,
        document_id=document_id,
        persons=[UUID(each) for each in given.get("people", [])],
        others=given["addresses"],
        message=given["message"],
        submission_key=_key(request),
    )
    with scope(actor, read_only=True):
        count = sent.recipients.count()
    words = ngettext("Sent to %(count)d person.", "Sent to %(count)d people.", count)
    messages.success(request, words % {"count": count})
    return HttpResponseRedirect(kind.page(document_id))


def _preview(
    portal: Portal, kind: Kind, number: str, people: list[ContactPerson], form: ForwardForm
) -> dict[str, Any]:
    """The e-mail as it will look: who it is from and to, what it says, what is attached."""
    chosen = set(form.cleaned_data.get("people", []))
    to = [each.email for each in people if str(each.pk) in chosen]
    to += [each.email for each in form.cleaned_data["addresses"] if each.email not in to]
    if not to:
        raise InvalidError(_("Choose somebody, or type an address."), field="addresses")
    if len(to) > MOST_AT_ONCE:
        raise InvalidError(_("At most %(most)d people at once.") % {"most": MOST_AT_ONCE}, field="addresses")
    sender = next((each.email for each in people if each.pk == portal.actor.person_id), "")
    message = clean_text(form.cleaned_data["message"], longest=LONGEST, needed=False, field="message")
    with translation.override(spoken_language(portal.customer.portal_language, portal.organisation.language)):
        letter = forward_letter(
            portal.organisation,
            portal.customer,
            kind,
            number,
            sender=portal.actor.name,
            sender_email=sender,
            message=message,
        )
    return {
        "to": to,
        "subject": letter.subject,
        "blocks": blocks(letter.text),
        "file": f"{number}.pdf",
    }


def _key(request: PortalRequest) -> UUID:
    try:
        return UUID(request.POST.get("submission_key", ""))
    except ValueError:
        raise InvalidError(_("The form is incomplete. Load the page again.")) from None
