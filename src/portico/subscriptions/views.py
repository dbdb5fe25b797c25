"""Subscriptions in the portal: the list, and one with its invoices (S10, preference 15)."""

from __future__ import annotations

from uuid import UUID

from babel.numbers import get_currency_symbol
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.home.shell import Portal, page, portal_of
from portico.invoices.queries import standing_of
from portico.invoices.words import STANDINGS
from portico.kit.errors import NotFoundError
from portico.kit.money import Money, parse_locale
from portico.subscriptions.listing import LISTING, SUBSCRIPTIONS
from portico.subscriptions.models import Subscription
from portico.subscriptions.queries import currencies_of, invoices_of, subscription_list
from portico.subscriptions.words import STATUSES, TONES, period
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.views.listing import list_tools, to_default


@require_safe
def subscriptions(request: PortalRequest) -> HttpResponse:
    """Running subscriptions or all, filtered, sorted and paged as the address says."""
    portal = _portal(request)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        asked = lists.read(SUBSCRIPTIONS, request.GET, today=portal.today, language=portal.language)
        found = None if asked.problems else subscription_list(portal.actor, asked)
        position = lists.NOTHING
        if found is not None:
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "found": found,
            "list": lists.show(asked, position, currencies=currencies_of(portal.actor)),
            "statuses": STATUSES,
            "tones": TONES,
            "period": period,
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
        }
        return page_or_part(
            request,
            "subscriptions/list.html",
            "subscriptions/_list.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )


@require_safe
def subscription(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    """One subscription: plan, price, period, how it is billed, its invoices."""
    portal = _portal(request)
    with spoken(portal):
        row = Subscription.objects.one_for(portal.actor, pk=subscription_id)
        invoices = [
            (each, standing_of(each, Money.zero(each.currency), portal.today))
            for each in invoices_of(portal.actor, row)
        ]
        context = {
            "subscription": row,
            "status": STATUSES[row.status],  # type: ignore[index] # its values are the statuses
            "tone": TONES[row.status],  # type: ignore[index]
            "period": period(row.every, row.unit),
            "invoices": invoices,
            "standings": STANDINGS,
        }
        return page(request, "subscriptions/subscription.html", context)


def _portal(request: PortalRequest) -> Portal:
    portal = portal_of(request)
    if not portal.preferences.show_subscriptions:
        raise NotFoundError
    require(portal.actor, Permission.VIEW_BILLING)
    return portal
