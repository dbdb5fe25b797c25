"""The list of sales orders."""

from __future__ import annotations

from babel.numbers import get_currency_symbol
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.home.shell import portal_of
from portico.kit.money import parse_locale
from portico.sales_orders.listing import LISTING
from portico.sales_orders.queries import order_counts, order_list
from portico.sales_orders.states import INVOICED_WORDS, PAID_WORDS, STANDINGS, TONES
from portico.sales_orders.views.showing import check_shown
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.views.listing import list_tools, to_default


@require_safe
def sales_orders(request: PortalRequest) -> HttpResponse:
    """Orders that are not invoiced, or all, filtered, sorted and paged as the address says (S4.1, S4.2).

    Who may not see billing is told nothing of invoices, and has “To be delivered” for the first tab.
    """
    portal = portal_of(request)
    check_shown(portal.preferences)
    require(portal.actor, Permission.VIEW_ORDERS)
    billing = portal.actor.may(Permission.VIEW_BILLING)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        spec = LISTING.spec_for(portal.actor)
        asked = lists.read(spec, request.GET, today=portal.today, language=portal.language)
        counts = order_counts(portal.actor)
        first = counts.unfinished if counts.not_invoiced is None else counts.not_invoiced
        held = {spec.tabs[0].name: first, spec.tabs[1].name: counts.listed}
        found, position = None, lists.NOTHING
        if not asked.problems:
            found = order_list(portal.actor, asked, whole=held[asked.tab.name], billing=billing)
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "counts": counts,
            "found": found,
            "list": lists.show(asked, position, counts=held, currencies=counts.currencies),
            "billing": billing,
            "standings": {name: (str(words), TONES[name]) for name, words in STANDINGS.items()},
            "invoiced_words": {name: str(words) for name, words in INVOICED_WORDS.items()},
            "paid_words": {name: str(words) for name, words in PAID_WORDS.items()},
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
        }
        return page_or_part(
            request,
            "sales_orders/list.html",
            "sales_orders/_list.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )
