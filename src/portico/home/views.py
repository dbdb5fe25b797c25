"""Home, and the organisation's logo."""

from __future__ import annotations

import hashlib
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.access.actors import Permission
from portico.access.middleware import PortalRequest
from portico.home.charts import by_age, by_month
from portico.home.queries import home_page
from portico.home.shell import Portal, page, portal_of
from portico.invoices.words import STANDINGS
from portico.kit import clock
from portico.kit.errors import NotFoundError
from portico.organisations.models import Organisation
from portico.sales_orders.queries import OrderCounts, order_counts
from portico.sharing.files.queries import latest_files

NOON: Final = 12
EVENING: Final = 18


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """How the customer stands with the organisation (S3)."""
    portal = portal_of(request)
    shown = home_page(portal.actor, portal.customer.currency, portal.outstanding, portal.today)
    context = {
        "home": shown,
        "greeting": _greeting(portal),
        "standings": STANDINGS,
        "pays_all": _pays_all(portal),
        "by_month": by_month,
        "by_age": by_age,
        "files": latest_files(portal.actor),
        "orders": _orders(portal),
    }
    return page(request, "home/home.html", context)


def _orders(portal: Portal) -> OrderCounts | None:
    """Where the customer's orders stand (S3.8); none for who may not see them, or where they are not shown."""
    if not (portal.preferences.show_sales_orders and portal.actor.may(Permission.VIEW_ORDERS)):
        return None
    counts = order_counts(portal.actor)
    return None if counts.is_empty else counts


def _greeting(portal: Portal) -> str:
    hour = clock.now().astimezone(ZoneInfo(portal.organisation.time_zone)).hour
    name = {"name": portal.actor.name.split(" ")[0]}
    if hour < NOON:
        return _("Good morning, %(name)s") % name
    return (_("Good afternoon, %(name)s") if hour < EVENING else _("Good evening, %(name)s")) % name


def _pays_all(portal: Portal) -> bool:
    """Whether “Pay now” may be offered for everything that is open (S1.5, preference 10)."""
    several = any(each.count > 1 for each in portal.outstanding)
    return portal.actor.may(Permission.PAY) and (portal.preferences.customers_may_pay_several or not several)


@require_safe
def logo(request: PortalRequest) -> HttpResponse:
    """The organisation's logo; a browser asks again each time and mostly hears that it has not changed."""
    row = Organisation.objects.visible_to(request.actor).only("logo", "logo_type").get()
    if not row.logo_type:
        raise NotFoundError
    content = bytes(row.logo)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type=row.logo_type)
        # An SVG opened by itself is a document: it may draw, and nothing else.
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer
