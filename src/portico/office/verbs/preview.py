"""Preview as customer: staff see the portal as a contact person does, and change nothing (S1.8)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from portico.access.actors import Actor, Duty, StaffActor, require
from portico.access.previewing import LASTS, start_preview
from portico.customers.models import ContactPerson, Customer
from portico.kit.errors import NotFoundError
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.site import OfficeSite, staff_actor
from portico.office.verbs.loading import one


class PreviewPage(ActionPage):
    """A page whose button leads into the portal rather than to a row of the office."""

    def _show(self, site: OfficeSite, request: HttpRequest, object_id: UUID | None) -> HttpResponse:
        if request.method != "POST" or object_id is None or self.load is None:
            return super()._show(site, request, object_id)
        actor = staff_actor(request)
        if not isinstance(actor, StaffActor):
            raise NotFoundError
        require(actor, self.duty)
        it = self.load(actor, object_id)
        person = it if isinstance(it, ContactPerson) else _first(actor, it)
        customer = it.customer if isinstance(it, ContactPerson) else it
        whom = f"{person}, {customer}" if person else str(customer)
        start_preview(request, actor, customer.pk, person.pk if person else None, whom=whom)
        return HttpResponseRedirect("/")


def _first(actor: Actor, customer: models.Model) -> ContactPerson | None:
    """The customer's first contact person; None where it has none."""
    people = ContactPerson.objects.visible_to(actor).filter(customer_id=customer.pk)
    return people.order_by("-is_primary", "pk").first()


def _nothing(actor: Actor, it: Any, data: dict[str, Any]) -> models.Model:
    return it  # type: ignore[no-any-return] # the page itself starts the preview


_MINUTES: Final = int(LASTS.total_seconds() // 60)
_SAYS: Final = f"Nothing can be changed there, nothing counts as seen, and it ends after {_MINUTES} minutes. It is recorded."

PREVIEW_PAGES: Final[dict[str, ActionPage]] = {
    "preview-contact": PreviewPage(
        "Preview the portal as %(it)s", "Start preview", Duty.READ,
        lambda actor, it, data: NothingForm(data), _nothing, load=one(ContactPerson),
        intro=lambda it: f"You see the portal of {it.customer} exactly as {it} does, with their permissions. {_SAYS}",
    ),
    "preview-customer": PreviewPage(
        "Preview the portal of %(it)s", "Start preview", Duty.READ,
        lambda actor, it, data: NothingForm(data), _nothing, load=one(Customer),
        intro=lambda it: f"You see the portal as the first contact person of {it} does; where there is none, as somebody"
        f" who may everything. {_SAYS}",
    ),
}  # fmt: skip
