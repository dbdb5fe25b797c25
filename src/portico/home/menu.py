"""The portal's menu: one line for each module, shown to those who may see it where the organisation shows it (S2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from portico.access.actors import ContactActor, Permission
from portico.organisations.models import Preferences
from portico.ui.shell import MenuEntry


@dataclass(frozen=True, slots=True)
class Line:
    """A module's line in the menu.

    Args:
        url_name: of its first page; the line is current on every page below it.
        label: its name.
        icon: one of ui.icons.
        asks: the permission it needs; None for none.
        preference: the portal preference that must be on; empty for none.
        short_label: for a phone's bar at the foot; a line that has a place there is `quick`.
        quick: whether it has a place there.
        line_before: whether a rule separates it from what is above.
    """

    url_name: str
    label: Promise
    icon: str
    asks: Permission | None = None
    preference: str = ""
    short_label: Promise | None = None
    quick: bool = False
    line_before: bool = False


LINES: Final = (
    Line("home", lazy("Home"), "home", quick=True),
    Line("sales_orders", lazy("Sales orders"), "order", Permission.VIEW_ORDERS, "show_sales_orders"),
    Line("invoices", lazy("Invoices"), "invoice", Permission.VIEW_BILLING, quick=True),
    Line("retainers", lazy("Retainer invoices"), "retainer", Permission.VIEW_BILLING),
    Line(
        "credit_notes",
        lazy("Credit notes"),
        "credit",
        Permission.VIEW_BILLING,
        preference="show_credit_notes",
    ),
    Line(
        "payments", lazy("Payments made"), "card", Permission.VIEW_BILLING, "", lazy("Payments"), quick=True
    ),
    Line(
        "statement",
        lazy("Statements"),
        "statement",
        Permission.VIEW_BILLING,
        "",
        lazy("Statement"),
        quick=True,
        line_before=True,
    ),
    Line(
        "subscriptions",
        lazy("Subscriptions"),
        "refresh",
        Permission.VIEW_BILLING,
        "show_subscriptions",
    ),
    Line("documents", lazy("Documents"), "folder"),
    Line("conversations", lazy("Comments"), "comment"),
    Line("reviews", lazy("Your review"), "done", preference="customer_reviews"),
    Line("payment_methods", lazy("Payment methods"), "wallet", Permission.PAY, "customers_may_save_methods"),
    Line("profile", lazy("Profile"), "user"),
)


def menu(
    path: str, actor: ContactActor, preferences: Preferences, counts: Mapping[str, tuple[int, str]]
) -> tuple[MenuEntry, ...]:
    """The lines this person sees.

    Args:
        path: of the page, which makes one line the current one.
        actor: who looks.
        preferences: the organisation's.
        counts: what stands beside a line, by its address's name: how many, and of what (“to pay”).
    """
    return tuple(
        _entry(line, path, *counts.get(line.url_name, (0, "")))
        for line in LINES
        if (line.asks is None or actor.may(line.asks))
        and (not line.preference or getattr(preferences, line.preference))
    )


def _entry(line: Line, path: str, count: int, count_says: str) -> MenuEntry:
    href = reverse(line.url_name)
    return MenuEntry(
        label=str(line.label),
        href=href,
        icon=line.icon,
        current=path == href if href == "/" else path.startswith(href),
        count=count or None,
        count_says=count_says if count else "",
        line_before=line.line_before,
        quick=line.quick,
        short_label=str(line.short_label or ""),
    )
