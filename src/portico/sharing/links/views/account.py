"""Creating an account from a link: only for who has typed a code that was sent to the link's address (S1.6)."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portico.access.middleware import CHOSEN_CUSTOMER
from portico.access.models import User
from portico.access.people import find_person
from portico.customers.actions.sign_up_by_link import Offer, join_by_link, offer_for, sign_up_by_link
from portico.customers.forms import NewPasswordForm
from portico.kit.errors import InvalidError
from portico.sharing.links.identity import is_confirmed
from portico.sharing.links.views.document import ask
from portico.sharing.links.views.opened import Opened, by_link


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@by_link(confirmed=False, has_form=True)
def account(request: HttpRequest, link: Opened) -> HttpResponse:
    """A password makes the login, or the login one has is let in. Looking changes nothing."""
    offer = offer_for(link.actor)
    if offer is None:
        return redirect(link.page)
    if not is_confirmed(request, link.actor.link_id):  # whatever preference 14 says
        return ask(request, link, for_account=True)
    user = request.user if request.user.is_authenticated else None
    has_login = find_person(offer.email) is not None
    context: dict[str, Any] = {
        "offer": offer,
        "form": NewPasswordForm(),
        "signed_in_as": user.email if user else "",
        "is_theirs": user is not None and user.email.lower() == offer.email.lower(),
        "has_login": has_login,
    }
    if request.method != "POST":
        return link.render(request, "links/account.html", context)
    if user is not None or has_login:
        return _join(request, link, offer, user)
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        try:
            made = sign_up_by_link(actor=link.actor, password=form.cleaned_data["password"])
        except InvalidError as error:
            form.add_error(error.field, error.message)
        else:
            return cast("HttpResponse", perform_login(request, made, redirect_url=_on(link, offer)))
    return link.render(request, "links/account.html", context | {"form": form}, status=422)


def _join(request: HttpRequest, link: Opened, offer: Offer, user: User | None) -> HttpResponse:
    """With the login that is signed in; who is not, signs in and comes back."""
    if user is None:
        return redirect(f"{reverse('account_login')}?next={link.address('link_account')}")
    join_by_link(actor=link.actor, user=user)
    request.session[CHOSEN_CUSTOMER] = str(link.actor.customer_id)
    return redirect(_on(link, offer))


def _on(link: Opened, offer: Offer) -> str:
    """The document's own page in the portal, for who may see it there."""
    return link.kind.page(link.actor.document_id) if link.kind.asks in offer.permissions else "/"
