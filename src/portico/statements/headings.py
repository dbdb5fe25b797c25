"""The words above a statement: its period, and the figures of its account summary."""

from __future__ import annotations

from babel.numbers import get_currency_name
from django.utils.translation import gettext as _

from portico.kit.money import Money, parse_locale
from portico.statements.outstanding import Age, Outstanding
from portico.statements.queries import Statement
from portico.statements.words import age
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


def day_words(open_now: Outstanding) -> str:
    """“On 24 November 2026, in US dollars”, in the active language."""
    return _("On %(day)s, in %(currency)s") % {
        "day": date_long(open_now.today),
        "currency": get_currency_name(open_now.currency, count=2, locale=parse_locale(language())),
    }


def outstanding_figures(open_now: Outstanding) -> list[tuple[str, Money]]:
    """What is open on invoices, less the credit that is not used yet, is the balance due."""
    return [
        (_("Outstanding invoices"), open_now.invoiced),
        (age(Age.CREDIT), open_now.ages[Age.CREDIT]),
        (_("Balance due"), open_now.balance),
    ]


def ageing_figures(open_now: Outstanding, *, only_some: bool = False) -> list[tuple[str, Money]]:
    """The sum of each age, and credit where there is any; the last is the sum of those before it.

    Args:
        open_now: what is outstanding.
        only_some: leave out ages of which nothing is open, as a sheet of paper has room for few columns.
    """
    seldom = set(Age) if only_some else {Age.CREDIT}
    ages = [(age(each), open_now.ages[each]) for each in Age if open_now.ages[each] or each not in seldom]
    return [*ages, (_("Balance due"), open_now.balance)]
