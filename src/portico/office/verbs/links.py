"""Public links made by staff: copied or sent by e-mail, and ended (S1.7)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portico.access.actors import Actor, Duty, require
from portico.credit_notes.models import CreditNote
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit.errors import NotFoundError, PorticoError
from portico.office.forms.base import OfficeForm
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage, address_of
from portico.office.site import OfficeSite, staff_actor
from portico.office.verbs.loading import one
from portico.payments.models import Payment
from portico.retainers.models import RetainerInvoice
from portico.sales_orders.models import SalesOrder
from portico.sharing.links.actions import make_link, revoke_link, send_link
from portico.sharing.links.actions.make import DAYS, MOST_DAYS
from portico.sharing.links.models import PublicLink
from portico.sharing.links.opening import PAYABLE
from portico.transactions.models import DocumentKind

_KINDS: Final[dict[type[models.Model], DocumentKind]] = {
    Invoice: DocumentKind.INVOICE,
    RetainerInvoice: DocumentKind.RETAINER_INVOICE,
    CreditNote: DocumentKind.CREDIT_NOTE,
    SalesOrder: DocumentKind.SALES_ORDER,
    Payment: DocumentKind.PAYMENT,
}


class LinkForm(OfficeForm):
    """For whom, how long, and what with it."""

    email = forms.EmailField(label="E-mail address", max_length=254, help_text="Whom the link is for.")
    days = forms.IntegerField(label="Works for (days)", min_value=1, max_value=MOST_DAYS, initial=DAYS)
    may_pay = forms.BooleanField(label="Whoever opens it may pay", required=False, initial=True)
    by_mail = forms.BooleanField(label="Send the link by e-mail", required=False)

    def __init__(self, actor: Actor, it: models.Model, submitted: tuple[Any, Any] | None) -> None:
        super().__init__(submitted)
        if _KINDS[type(it)] not in PAYABLE:
            del self.fields["may_pay"]
        people = ContactPerson.objects.visible_to(actor).filter(customer_id=it.customer_id)  # type: ignore[attr-defined]
        first = people.exclude(email="").order_by("-is_primary", "pk").first()
        self.fields["email"].initial = first.email if first else ""


class LinkPage(ActionPage):
    """A page that shows what it made, because a link's address is known this once."""

    def _show(self, site: OfficeSite, request: HttpRequest, object_id: UUID | None) -> HttpResponse:
        if request.method != "POST" or object_id is None or self.load is None:
            return super()._show(site, request, object_id)
        actor = staff_actor(request)
        if actor is None:
            raise NotFoundError
        require(actor, self.duty)
        it = self.load(actor, object_id)
        form = LinkForm(actor, it, (request.POST, request.FILES))
        if not form.is_valid():
            return self._render(site, request, it, form, status=422)
        given = form.cleaned_data
        try:
            url = (send_link if given["by_mail"] else make_link)(
                actor,
                _KINDS[type(it)],
                it.pk,
                given["email"],
                days=given["days"],
                may_pay=given.get("may_pay", False),
            )
        except PorticoError as error:
            form.add_named_error(error)
            return self._render(site, request, it, form, status=error.status)
        context = {
            **site.each_context(request),
            "title": _("The link is ready"),
            "url": url,
            "email": given["email"],
            "sent": given["by_mail"],
            "back": address_of(it),
        }
        return TemplateResponse(request, "office/link.html", context)


def _nothing(actor: Actor, it: Any, data: dict[str, Any]) -> models.Model:
    return it  # type: ignore[no-any-return] # the page itself makes the link


def _page(model: type[models.Model]) -> ActionPage:
    return LinkPage(
        "Share %(it)s by link",
        "Make link",
        Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: LinkForm(actor, it, data),
        _nothing,
        load=one(model),
        intro=lambda it: "Whoever has the link sees this one document, and nothing else.",
    )


LINK_PAGES: Final[dict[str, ActionPage]] = {
    "link-invoice": _page(Invoice),
    "link-retainer": _page(RetainerInvoice),
    "link-credit-note": _page(CreditNote),
    "link-order": _page(SalesOrder),
    "link-payment": _page(Payment),
    "revoke-link": ActionPage(
        "End the %(it)s",
        "End link",
        Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: revoke_link(actor=actor, link=it),
        load=one(PublicLink),
        intro=lambda it: f"The link that was made for {it.email} does not work any more, at once.",
        danger=True,
    ),
}
