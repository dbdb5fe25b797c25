"""Having statements by e-mail, switched on and off by whoever wishes them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portico.access.middleware import PortalRequest, own_scope
from portico.home.shell import portal_of
from portico.statements.actions import wish_for_statements
from portico.statements.models import Every
from portico.transactions.pages import spoken


@require_POST
@own_scope
def schedule(request: PortalRequest) -> HttpResponse:
    """Take the wish down, and go back to the statements."""
    portal = portal_of(request)
    with spoken(portal):
        wish = wish_for_statements(
            actor=portal.actor, every=request.POST.get("every", ""), kind=request.POST.get("kind", "")
        )
        if wish is None:
            said = _("You get no statements by e-mail any more.")
        elif wish.every == Every.MONTH:
            said = _("You get a statement by e-mail at the beginning of each month.")
        else:
            said = _("You get a statement by e-mail each Monday.")
        messages.success(request, said)
    return HttpResponseRedirect(reverse("statement"))
