"""The list of retainer invoices."""

from __future__ import annotations

from babel.numbers import get_currency_symbol
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.home.shell import portal_of
from portico.kit.money import parse_locale
from portico.retainers.listing import LISTING, RETAINERS
from portico.retainers.queries import currencies_asked_in, outstanding, retainer_list
from portico.retainers.words import STANDINGS
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.views.listing import list_tools, to_default


@require_safe
def retainers(request: PortalRequest) -> HttpResponse:
    """Outstanding or all retainer invoices, filtered, sorted and paged as the address says (S4.1, S4.2)."""
    portal = portal_of(request)
    require(portal.actor, Permission.VIEW_BILLING)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        asked = lists.read(RETAINERS, request.GET, today=portal.today, language=portal.language)
        unpaid = outstanding(portal.actor, portal.today)
        found = None if asked.problems else retainer_list(portal.actor, asked, unpaid=unpaid)
        position = lists.NOTHING
        if found is not None:
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        currencies = currencies_asked_in(portal.actor)
        counts = {"outstanding": sum(each.count for each in unpaid)}
        pays = portal.actor.may(Permission.PAY)
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "unpaid": unpaid,
            "found": found,
            "has_any": bool(currencies),
            "list": lists.show(asked, position, counts=counts, currencies=currencies),
            "standings": {name: (str(words), tone) for name, (words, tone) in STANDINGS.items()},
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
            "pays": pays,
            "columns": 1 + len(asked.columns) + bool(pays),
        }
        return page_or_part(
            request,
            "retainers/list.html",
            "retainers/_list.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )
