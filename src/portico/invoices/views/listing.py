"""The list of invoices, and the way from ticked ones to paying."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from babel.numbers import get_currency_symbol
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.actors import Permission, require
from portico.access.middleware import PortalRequest
from portico.home.shell import Portal, portal_of
from portico.invoices.listing import INVOICES, LISTING
from portico.invoices.queries import Outstanding, all_count, invoice_list, payable
from portico.invoices.words import STANDINGS
from portico.kit.money import parse_locale
from portico.transactions import lists
from portico.transactions.formats import FORMATS
from portico.transactions.pages import page_or_part, spoken
from portico.transactions.queries import views_of
from portico.transactions.views.listing import list_tools, to_default


@require_safe
def invoices(request: PortalRequest) -> HttpResponse:
    """Outstanding or all invoices, filtered, sorted and paged as the address says (S4.1, S4.2)."""
    portal = portal_of(request)
    require(portal.actor, Permission.VIEW_BILLING)
    views = views_of(portal.actor, LISTING)
    if away := to_default(request, views):
        return away
    with spoken(portal):
        asked = lists.read(
            INVOICES,
            request.GET,
            today=portal.today,
            language=portal.language,
            reader=portal.actor,
            preferences=portal.preferences,
        )
        unpaid = _unpaid(portal)
        listed, currencies = all_count(portal.actor)
        found = None if asked.problems else invoice_list(portal.actor, asked, unpaid=unpaid, listed=listed)
        position = lists.NOTHING
        if found is not None:
            position = lists.Position(found.offset, len(found.rows), found.count, found.previous, found.next)
        counts = {"outstanding": sum(each.count for each in unpaid), "all": listed}
        pays = portal.actor.may(Permission.PAY)
        pick = _pick(portal, asked, currencies) if pays and found is not None else ""
        context = {
            **FORMATS,
            **list_tools(LISTING, asked, views),
            "unpaid": unpaid,
            "listed": listed,
            "found": found,
            "list": lists.show(asked, position, counts=counts, currencies=currencies),
            "standings": {tone: str(words) for tone, words in STANDINGS.items()},
            "sign": get_currency_symbol(portal.customer.currency, locale=parse_locale(portal.language)),
            "pays": pays,
            "pick": pick,
            "several_currencies": len(currencies) > 1,
            "columns": 1 + len(asked.columns) + bool(pays),
        }
        return page_or_part(
            request,
            "invoices/list.html",
            "invoices/_list.html",
            context,
            target="list",
            status=422 if asked.problems else 200,
        )


@require_safe
def pay_chosen(request: PortalRequest) -> HttpResponse:
    """From the ticked rows to the page of paying, which checks what may be paid; what is settled is left out."""
    require(request.actor, Permission.PAY)
    require(request.actor, Permission.VIEW_BILLING)
    chosen = [UUID(each) for each in request.GET.getlist("pick") if _is_id(each)]
    open_ones = payable(request.actor, chosen)
    if len(open_ones) > 1 and not portal_of(request).preferences.customers_may_pay_several:
        messages.warning(request, _("Invoices are paid one at a time here. Choose one."))
        return redirect("invoices")
    if not open_ones:
        messages.warning(request, _("There is nothing to pay on what you have chosen."))
        return redirect("invoices")
    return redirect(f"/pay/?{urlencode([('invoice', each) for each in chosen if each in open_ones])}")


def _unpaid(portal: Portal) -> tuple[Outstanding, ...]:
    """What Home says is outstanding, so that the list adds up to it."""
    return tuple(
        Outstanding(each.currency, each.late, each.not_due, each.late_count, each.count)
        for each in portal.outstanding
    )


def _pick(portal: Portal, asked: lists.Asked, currencies: tuple[str, ...]) -> str:
    """The currency in which rows may be ticked to be paid together (preference 10); empty when none may."""
    if not portal.preferences.customers_may_pay_several or not asked.tab.sections:
        return ""
    return asked.currency or (currencies[0] if len(currencies) == 1 else "")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
