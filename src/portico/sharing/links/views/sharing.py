"""A contact person shares a document by link: for whom, how long, and which links there are (S1.7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from portico.access.actors import Permission
from portico.access.middleware import PortalRequest
from portico.home.shell import page, portal_of
from portico.kit.errors import NotFoundError, PorticoError
from portico.sharing.links.actions.make import make_link, revoke_link, send_link
from portico.sharing.links.models import PublicLink
from portico.sharing.links.opening import PAYABLE
from portico.sharing.links.queries import links_of
from portico.transactions.kinds import Kind, kind_of
from portico.transactions.pages import contact_of, spoken

HOW_LONG = ((7, lazy("1 week")), (30, lazy("30 days")), (90, lazy("90 days")))


class ShareForm(forms.Form):
    """For whom, how long, and what with it."""

    email = forms.EmailField(label=lazy("E-mail address"), max_length=254)
    days = forms.TypedChoiceField(label=lazy("Works for"), choices=HOW_LONG, coerce=int, initial=30)
    may_pay = forms.BooleanField(label=lazy("Whoever opens it may pay"), required=False)
    by_mail = forms.BooleanField(label=lazy("Send the link by e-mail"), required=False, initial=True)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PortalRequest, kind: str, document_id: UUID) -> HttpResponse:
    """GET: the links of a document, and a form for a new one. POST: make it; its address is shown this once."""
    actor = contact_of(request)
    portal = portal_of(request)
    found = kind_of(kind)
    if not found.is_shown(portal.preferences) or not portal.preferences.customers_may_forward:
        raise NotFoundError
    row = found.one(actor, document_id)
    with spoken(portal):
        form = ShareForm(request.POST if request.method == "POST" else None)
        url = ""
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                url = (send_link if given["by_mail"] else make_link)(
                    actor,
                    kind,
                    document_id,
                    given["email"],
                    days=given["days"],
                    may_pay=given["may_pay"],
                )
            except PorticoError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
        bad = form.is_bound and not form.is_valid()
        context = _context(found, row, form, url)
        context["links"] = links_of(actor, kind, document_id)
        context["may_give_pay"] = kind in PAYABLE and actor.may(Permission.PAY)
        return page(request, "links/share.html", context, 422 if bad else 200)


@require_POST
def revoke(request: PortalRequest, link_id: UUID) -> HttpResponse:
    """End a link."""
    actor = contact_of(request)
    link = revoke_link(actor=actor, link=PublicLink.objects.one_for(actor, pk=link_id))
    messages.success(request, _("The link for %(email)s does not work any more.") % {"email": link.email})
    return redirect("share_link", kind=link.document_kind, document_id=link.document_id)


def _context(kind: Kind, row: Any, form: ShareForm, url: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "number": row.number,
        "document_href": kind.page(row.pk),
        "list_url_name": kind.list_url_name,
        "form": form if not url else ShareForm(),
        "url_made": url,
        "made_for": form.cleaned_data["email"] if url else "",
        "sent": bool(url) and form.cleaned_data["by_mail"],
    }
