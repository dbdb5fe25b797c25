"""The words above a statement: its period, and the figures of its account summary."""

from __future__ import annotations

from babel.numbers import get_currency_name
from django.utils.translation import gettext as _

from portico.kit.money import Money, parse_locale
from portico.statements.queries import Statement
from portico.ui.dates import date_long
from portico.ui.money import language


def period_words(statement: Statement) -> str:
    """“1 October 2026 to 24 November 2026, in US dollars”, in the active language."""
    return _("%(first)s to %(last)s, in %(currency)s") % {
        "first": date_long(statement.span.first),
        "last": date_long(statement.span.last),
        "currency": get_currency_name(statement.currency, count=2, locale=parse_locale(language())),
    }


def summary_figures(statement: Statement) -> list[tuple[str, Money]]:
    """The account summary: each is its effect on the balance, so the last is the sum of those before it.

    Of what happens seldom, only what happened is there.
    """
    sums = statement.summary
    usual = [
        (_("Opening balance"), statement.opening),
        (_("Invoiced"), sums.invoiced),
        (_("Payments received"), sums.received),
    ]
    seldom = [
        (_("Brought forward"), sums.brought_forward),
        (_("Credit notes"), sums.credited),
        (_("Refunds"), sums.refunded),
        (_("Written off"), sums.written_off),
    ]
    return [*usual, *((label, part) for label, part in seldom if part), (_("Balance due"), statement.closing)]
