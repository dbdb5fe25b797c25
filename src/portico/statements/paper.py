"""A statement as a paper, for its PDF: the same lines and figures as the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.kit.money import Money, format_money
from portico.organisations.models import Organisation
from portico.printing.labels import StatementLabels
from portico.printing.papers import Fact, Note, Party, StatementPaper, StatementRow
from portico.statements import words
from portico.statements.headings import (
    ageing_figures,
    day_words,
    outstanding_figures,
    period_words,
    summary_figures,
)
from portico.statements.models import StatementKind
from portico.statements.outstanding import Age, OpenDocument, Outstanding
from portico.statements.queries import Line, Standing, Statement
from portico.transactions.papers import balance_label, look_of
from portico.ui.dates import date_long, date_short


def statement_paper(
    statement: Statement,
    standing: Standing,
    customer: Customer,
    organisation: Organisation,
    *,
    today: date,
    language: str,
    address: tuple[str, ...] = (),
) -> StatementPaper:
    """The statement on the organisation's letterhead, in the given language, which must be the active one.

    Args:
        statement: with all its lines.
        standing: for what is left of retainers.
        customer: whom it is for.
        organisation: whose it is, with its logo.
        today: the day it is made, in the organisation's time zone.
        language: the reader's.
        address: lines of the customer's billing address.
    """
    rows = [
        StatementRow(
            date=date_short(statement.span.first),
            transaction=_("Opening balance"),
            balance=format_money(statement.opening, language),
            opening=True,
        ),
        *(_row(line, language) for line in statement.lines),
    ]
    return _paper(
        _Dressed(customer, organisation, standing, today, language, address),
        kind=_("Statement of account"),
        period=period_words(statement),
        figures=summary_figures(statement),
        rows=rows,
        closing=(balance_label(_("Balance due"), statement.currency), statement.closing),
        labels=_labels(),
    )


def outstanding_paper(
    open_now: Outstanding,
    kind: StatementKind,
    standing: Standing,
    customer: Customer,
    organisation: Organisation,
    *,
    language: str,
    address: tuple[str, ...] = (),
) -> StatementPaper:
    """What is outstanding, or its ageing, on the letterhead, in the given language, which must be the active one.

    Args:
        open_now: with all its documents.
        kind: OUTSTANDING or AGEING.
        standing: for what is left of retainers.
        customer: whom it is for.
        organisation: whose it is, with its logo.
        language: the reader's.
        address: lines of the customer's billing address.
    """
    is_ageing = kind is StatementKind.AGEING
    rows, running = _open_rows(open_now, language, grouped=is_ageing)
    dressed = _Dressed(customer, organisation, standing, open_now.today, language, address)
    return _paper(
        dressed,
        kind=_("Statement of account: ageing") if is_ageing else _("Statement of account: outstanding"),
        period=day_words(open_now),
        figures=ageing_figures(open_now, only_some=True) if is_ageing else outstanding_figures(open_now),
        rows=rows,
        running=running,
        closing=(balance_label(_("Balance due"), open_now.currency), open_now.balance),
        labels=replace(_labels(), transaction=_("Document"), balance=_("Open")),
    )


@dataclass(frozen=True, slots=True)
class _Dressed:
    """Whose a statement is and for whom, and what is left of retainers."""

    customer: Customer
    organisation: Organisation
    standing: Standing
    today: date
    language: str
    address: tuple[str, ...]


def _paper(
    dressed: _Dressed,
    *,
    kind: str,
    period: str,
    figures: Sequence[tuple[str, Money]],
    rows: Sequence[StatementRow],
    running: Sequence[Money] = (),
    closing: tuple[str, Money],
    labels: StatementLabels,
) -> StatementPaper:
    language = dressed.language
    look = look_of(dressed.organisation, language, logo=True)
    return StatementPaper(
        kind=kind,
        dated=dressed.today,
        letterhead=look.letterhead,
        language=look.language,
        direction=look.direction,
        size=look.size,
        customer=Party(dressed.customer.display_name, dressed.address),
        period=period,
        meta=(Fact(_("Made on"), date_long(dressed.today)),),
        summary=tuple(Fact(label, format_money(part, language)) for label, part in figures),
        rows=tuple(rows),
        running=tuple(format_money(each, language) for each in running),
        closing=Fact(closing[0], format_money(closing[1], language)),
        notes=_notes(dressed.standing, dressed.organisation, language),
        labels=labels,
    )


def _open_rows(
    open_now: Outstanding, language: str, *, grouped: bool
) -> tuple[list[StatementRow], list[Money]]:
    """A row for each document, and the sum up to it; grouped, a row with the sum of each age stands above its own."""
    rows: list[StatementRow] = []
    running: list[Money] = []
    so_far = Money.zero(open_now.currency)
    age: Age | None = None
    for document in open_now.documents:
        if grouped and document.age is not age:
            age = document.age
            whole = format_money(open_now.ages[age], language)
            rows.append(StatementRow(date="", transaction=words.age(age), balance=whole))
            running.append(so_far)
        so_far += document.left
        rows.append(_open_row(document, language, plain=grouped))
        running.append(so_far)
    return rows, running


def _open_row(document: OpenDocument, language: str, *, plain: bool) -> StatementRow:
    return StatementRow(
        date=date_short(document.day),
        transaction=words.open_title(document),
        details=words.open_details(document),
        amount=format_money(document.total, language),
        payments=format_money(document.settled, language) if document.settled else "",
        balance=format_money(document.left, language),
        opening=plain,
    )


def _row(line: Line, language: str) -> StatementRow:
    return StatementRow(
        date=date_short(line.day),
        transaction=line.title,
        details=line.details,
        amount=_figure(line.charge, language),
        payments=_figure(line.payment, language),
        balance=format_money(line.balance, language),
    )


def _figure(amount: Money | None, language: str) -> str:
    return "" if amount is None else format_money(amount, language)


def _notes(standing: Standing, organisation: Organisation, language: str) -> tuple[Note, ...]:
    notes = []
    if standing.retainer_left:
        left = {"amount": format_money(standing.retainer_left, language)}
        notes.append(
            Note(
                "",
                _("Retainers are not part of this balance. %(amount)s of retainer payments is left to use.")
                % left,
            )
        )
    if organisation.payment_instructions:
        notes.append(Note(_("How to pay"), organisation.payment_instructions))
    return tuple(notes)


def _labels() -> StatementLabels:
    return StatementLabels(
        page=_("Page {page} of {pages}"),
        carried_over=_("Carried over"),
        brought_forward=_("Carried over from the page before"),
        to=_("To"),
        date=_("Date"),
        transaction=_("Transaction"),
        details=_("Details"),
        amount=_("Amount"),
        payments=_("Payments and credits"),
        balance=_("Balance"),
    )
