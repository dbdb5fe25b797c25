"""The page of ours in which a gateway's own script makes its fields: framed by the page of paying, and by nothing else.

Its Content-Security-Policy lets in what the gateway names; every other page of the portal lets in none of it, so a
script of others runs nowhere but here (PCI DSS 6.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portico.access.middleware import PortalRequest
from portico.payments.places import Place
from portico.payments.views.pay import payer_of, portal_place
from portico.payments.views.paying import Payer, shown_in
from portico.payments.ways import fields_page, read_sum

_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "font-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "base-uri": ("'none'",),
    "form-action": ("'none'",),
    "frame-ancestors": ("'self'",),
}
_MAY_BE_NAMED: Final = frozenset(
    {"script-src", "style-src", "font-src", "img-src", "connect-src", "frame-src", "worker-src"}
)
_ADDRESS: Final = re.compile(r"(https?|wss?)://[A-Za-z0-9.*-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "style-src": frozenset({"'unsafe-inline'"}),
    "img-src": frozenset({"data:", "blob:"}),
    "font-src": frozenset({"data:"}),
    "worker-src": frozenset({"blob:"}),
}
"""What may be named beside addresses. Scripts have an address, always."""


@require_safe
@xframe_options_sameorigin
def fields(request: PortalRequest, account_id: UUID, kind: str) -> HttpResponse:
    """The fields of one account for one kind, inside the frame on the page of paying."""
    return show_fields(request, payer_of(request), portal_place(), account_id, kind)


def show_fields(
    request: HttpRequest, actor: Payer, place: Place, account_id: UUID, kind: str
) -> HttpResponse:
    """A gateway's fields under a policy of their own; within a scope.

    Raises:
        NotFoundError: there are none for this account, kind and currency.
    """
    sum_ = read_sum(request.GET.get("currency", ""), request.GET.get("amount", ""))
    shown = shown_in(request, place)
    found = fields_page(actor, account_id, kind, shown, sum_)
    context = {**found.context, "kind": kind, "sum": sum_, "language": shown.locale}
    response = place.render(request, found.template, context, 200)
    response["Content-Security-Policy"] = policy(found.sources)
    response["Cache-Control"] = "private, no-store"
    return response


def policy(sources: Mapping[str, tuple[str, ...]]) -> str:
    """The page's Content-Security-Policy: our own stylesheet and scripts, and what the gateway names.

    Raises:
        ValueError: the gateway names what may not be let in, or something that is no source.
    """
    allowed = dict(_ALWAYS)
    for directive, named in sources.items():
        words = _WORDS.get(directive, frozenset())
        wrong = [each for each in named if each not in words and not _ADDRESS.fullmatch(each)]
        if directive not in _MAY_BE_NAMED or wrong:
            raise ValueError(f"A page of fields may not have {directive} {' '.join(wrong)}.")
        allowed[directive] = (*allowed.get(directive, ()), *named)
    return "; ".join(f"{directive} {' '.join(each)}" for directive, each in allowed.items())
