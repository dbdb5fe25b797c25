"""Pages that publish views of lists to all customers (S4.3)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Duty
from portico.office.forms.base import OfficeForm
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.organisations.models import Preferences
from portico.transactions.actions import edit_published_view, publish_view, withdraw_published_view
from portico.transactions.lists.listings import all_listings
from portico.transactions.models import LONGEST_QUERY, PublishedView
from portico.transactions.view_queries import LONGEST_NAME


class PublishedViewForm(OfficeForm):
    """A view: of which list, its name, and an address of that list."""

    def __init__(self, view: PublishedView | None, submitted: Any) -> None:
        super().__init__(submitted, initial={"name": view.name, "query": view.query} if view else None)
        if view is not None:
            del self.fields["kind"]

    kind = forms.ChoiceField(
        label=_("List"), choices=lambda: [(each.name.value, each.of.plural) for each in all_listings()]
    )
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    query = forms.CharField(
        label=_("Filter"),
        max_length=4 * LONGEST_QUERY,
        help_text=_(
            "The address of the list in the portal with the filters, the order and the columns it is to have,"
            " such as https://…/invoices/?tab=all&status=paid; or what follows the question mark."
        ),
    )


def _withdraw(actor: Actor, it: PublishedView, _data: dict[str, Any]) -> Preferences:
    withdraw_published_view(actor=actor, view=it)
    return Preferences.objects.visible_to(actor).get()


VIEW_PAGES: Final[dict[str, ActionPage]] = {
    "publish-view": ActionPage(
        "Publish a view", "Publish view", Duty.CONFIGURE,
        lambda actor, it, data: PublishedViewForm(None, data),
        lambda actor, it, data: publish_view(actor=actor, **data),
        intro=lambda it: "Every customer finds it above the list, beside the views that people save for themselves.",
    ),
    "edit-published-view": ActionPage(
        "Change %(it)s", "Save view", Duty.CONFIGURE,
        lambda actor, it, data: PublishedViewForm(it, data),
        lambda actor, it, data: edit_published_view(actor=actor, view=it, **data), load=one(PublishedView),
    ),
    "withdraw-view": ActionPage(
        "Withdraw %(it)s", "Withdraw view", Duty.CONFIGURE, lambda actor, it, data: NothingForm(data), _withdraw,
        load=one(PublishedView), danger=True,
        intro=lambda it: "Customers no longer find it. What they have saved of it stays theirs.",
    ),
}  # fmt: skip
"""By the names of their addresses."""
