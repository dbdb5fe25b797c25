"""A statement as a table, the same for CSV and XLSX: a head, and rows of dates, texts, amounts and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from django.utils.translation import gettext as _

from portico.access.actors import ContactActor
from portico.kit.money import Money
from portico.statements import words
from portico.statements.models import StatementKind
from portico.statements.outstanding import OpenDocument, each_open
from portico.statements.queries import Line, each_line
from portico.statements.spans import Span

Cell: TypeAlias = date | str | Decimal | int | None
"""None is an empty cell; a Decimal is an amount in the table's currency."""


@dataclass(frozen=True, slots=True)
class Table:
    """One statement in one currency. `rows` read the database as they are taken, outside of any scope.

    A row's words are of the language that is active when it is taken.
    """

    currency: str
    head: tuple[str, ...]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    widths: tuple[int, ...]
    """Of the columns, in letters."""


def table(actor: ContactActor, kind: StatementKind, currency: str, span: Span) -> Table:
    """The statement as a table, its head in the active language.

    Args:
        actor: a contact person with *view billing*.
        kind: what it tells.
        currency: one of the customer's.
        span: the days; of what is outstanding, the last one is today.
    """
    if kind is StatementKind.ACTIVITY:
        return _activity(actor, currency, span)
    return _open(actor, currency, span.last)


def _activity(actor: ContactActor, currency: str, span: Span) -> Table:
    head = (
        _("Date"),
        _("Transaction"),
        _("Details"),
        _("Currency"),
        _("Amount"),
        _("Payments"),
        _("Balance"),
    )
    return Table(
        currency,
        head,
        lambda: (_line(line, currency, span) for line in each_line(actor, currency, span)),
        (11, 28, 50, 9, 14, 14, 14),
    )


def _line(line: Line | Money, currency: str, span: Span) -> Sequence[Cell]:
    if isinstance(line, Money):
        return (span.first, _("Opening balance"), None, currency, None, None, line.amount)
    return (
        line.day,
        line.title,
        "; ".join(line.details) or None,
        currency,
        line.charge.amount if line.charge else None,
        line.payment.amount if line.payment else None,
        line.balance.amount,
    )


def _open(actor: ContactActor, currency: str, today: date) -> Table:
    head = (
        _("Date"),
        _("Document"),
        _("Reference"),
        _("Due"),
        _("Days late"),
        _("Ageing"),
        _("Currency"),
        _("Amount"),
        _("Payments and credits"),
        _("Open"),
    )
    return Table(
        currency,
        head,
        lambda: (_document(document, currency) for document in each_open(actor, currency, today)),
        (11, 24, 20, 11, 10, 20, 9, 14, 20, 14),
    )


def _document(document: OpenDocument, currency: str) -> Sequence[Cell]:
    return (
        document.day,
        words.open_title(document),
        document.reference or None,
        document.due,
        document.days_late if document.due else None,
        words.age(document.age),
        currency,
        document.total.amount,
        document.settled.amount,
        document.left.amount,
    )
