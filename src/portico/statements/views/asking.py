"""What a request for a statement asks for, and what its files are called."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from portico.access.middleware import PortalRequest
from portico.home.shell import Portal, portal_of
from portico.statements.asked import Asked, asked
from portico.statements.making import Wanted
from portico.statements.models import StatementKind


def asked_by(request: PortalRequest) -> Asked:
    """What the address asks for."""
    portal = portal_of(request)
    return asked(portal.actor, request.GET, portal.customer.currency, portal.today)


def wanted_of(found: Asked) -> Wanted:
    """Which statement is to be made; `found` must have its days."""
    assert found.span is not None
    return Wanted(found.kind, found.standing, found.span)


def back(request: HttpRequest) -> HttpResponse:
    """To the page, which says what is wrong."""
    return HttpResponseRedirect(f"{reverse('statement')}?{request.GET.urlencode()}")


def disposition(portal: Portal, found: Asked, currency: str, ending: str, *, as_file: bool) -> str:
    """The header with the file's name: customer, days, currency."""
    assert found.span is not None
    given = {
        "customer": re.sub(r"[^\w .()&+-]+", "-", portal.customer.display_name),
        "first": found.span.first,
        "last": found.span.last,
        "kind": found.kind.label,
        "currency": currency,
    }
    if found.kind is StatementKind.ACTIVITY:
        words = _("Statement %(customer)s %(first)s to %(last)s %(currency)s") % given
    else:
        words = _("Statement %(customer)s %(kind)s %(last)s %(currency)s") % given
    return content_disposition_header(as_file, f"{words.strip()}.{ending}") or "inline"
