"""The list of credit notes."""

from __future__ import annotations

from babel.numbers import get_currency_symbol
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.credit_notes.listing import CREDIT_NOTES, LISTING
from portico.credit_notes.queries import credit_left, credit_note_list, currencies_credited
from portico.credit_notes.views.shown import require_shown
from portico.credit_notes.words import STANDINGS
from portico.home.shell import portal_of
from portico.kit.money import parse_locale
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.views.listing import list_tools, to_default


@require_safe
def credit_notes(request: PortalRequest) -> HttpResponse:
    """Open or all credit notes, filtered, sorted and paged as the address says (S4.2)."""
    portal = portal_of(request)
    require_shown(portal)
    require(portal.actor, Permission.VIEW_BILLING)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        asked = lists.read(CREDIT_NOTES, request.GET, today=portal.today, language=portal.language)
        left = credit_left(portal.actor)
        found = None if asked.problems else credit_note_list(portal.actor, asked, left=left)
        position = lists.NOTHING
        if found is not None:
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        currencies = currencies_credited(portal.actor)
        counts = {"open": sum(each.count for each in left)}
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "left": left,
            "found": found,
            "has_any": bool(currencies),
            "list": lists.show(asked, position, counts=counts, currencies=currencies),
            "standings": {name: (str(words), tone) for name, (words, tone) in STANDINGS.items()},
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
        }
        return page_or_part(
            request,
            "credit_notes/list.html",
            "credit_notes/_list.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )
