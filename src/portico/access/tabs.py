"""Two tabs, two customers: what a page of one customer sends is never done for another (S1.4).

The session knows one chosen customer, and a person may change it in another tab. So each page says whose it is:
its forms in a hidden field beside the CSRF token, htmx in a header. What does not fit the chosen customer is not done.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor
from portico.kit.errors import ConflictError

FIELD: Final = "portico_account"
HEADER: Final = "X-Portico-Account"


class OtherCustomerError(ConflictError):
    """The page was opened for another customer than the one chosen meanwhile."""

    code: ClassVar[str] = "other_customer"


def refuse_other_customer(request: HttpRequest, actor: Actor) -> HttpResponse | None:
    """Look whose page it is that asks; None when it is the actor's, or does not say.

    Returns:
        For htmx that only reads: the order to load the page anew, so that no part of one customer's page is filled
        with another's rows.

    Raises:
        OtherCustomerError: something would be written for a customer whom the page did not show.
    """
    if not isinstance(actor, ContactActor):
        return None
    mine = str(actor.customer_id)
    said = request.headers.get(HEADER, "")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        if said and said != mine:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return None
    said = said or request.POST.get(FIELD, "")
    if said and said != mine:
        raise OtherCustomerError(
            _(
                "This page was opened for another account, and you have changed accounts since, in another window."
                " Nothing was done. Switch back to that account and try again."
            )
        )
    return None


def marked_forms(request: HttpRequest) -> dict[str, Any]:
    """Context processor: beside the CSRF token, each form of a customer's page says whose page it is."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, ContactActor):
        return {}
    # Lazy like Django's own, which it replaces: a page without a form sets no CSRF cookie.
    return {"csrf_input": lazy(_inputs, SafeString)(request, str(actor.customer_id))}


def _inputs(request: HttpRequest, customer: str) -> SafeString:
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="{}" value="{}">',
        get_token(request), FIELD, customer,
    )  # fmt: skip
