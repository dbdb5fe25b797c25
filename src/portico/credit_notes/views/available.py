"""All credit that is left, from credit notes and from payments that were more than what was to be paid."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.credit_notes.queries import available_credit, currencies_with_credit
from portico.home.shell import page, portal_of
from portico.transactions.pages import spoken


@require_safe
def credits_left(request: PortalRequest) -> HttpResponse:
    """What Home's “Available credits” adds up from; ?currency= for one of several currencies.

    Where customers may not view credit notes, their sum is one line without numbers or links.
    """
    portal = portal_of(request)
    require(portal.actor, Permission.VIEW_BILLING)
    known = currencies_with_credit(portal.actor)
    wanted = request.GET.get("currency", "")
    currencies = [wanted] if wanted in known else list(known)
    with spoken(portal):
        context = {
            "available": available_credit(portal.actor, currencies),
            "names_notes": portal.preferences.show_credit_notes,
            "several": len(known) > 1,
        }
        return page(request, "credit_notes/available.html", context)
