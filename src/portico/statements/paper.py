"""The statement as a paper, for its PDF: the same lines and figures as the page."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.kit.money import Money, format_money
from portico.organisations.models import Organisation
from portico.printing.labels import StatementLabels
from portico.printing.papers import Fact, Note, Party, StatementPaper, StatementRow
from portico.statements.headings import period_words, summary_figures
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
    look = look_of(organisation, language, logo=True)
    rows = [
        StatementRow(
            date=date_short(statement.span.first),
            transaction=_("Opening balance"),
            balance=format_money(statement.opening, language),
            opening=True,
        ),
        *(_row(line, language) for line in statement.lines),
    ]
    return StatementPaper(
        kind=_("Statement of account"),
        dated=today,
        letterhead=look.letterhead,
        language=look.language,
        direction=look.direction,
        size=look.size,
        customer=Party(customer.display_name, address),
        period=period_words(statement),
        meta=(Fact(_("Made on"), date_long(today)),),
        summary=tuple(
            Fact(label, format_money(part, language)) for label, part in summary_figures(statement)
        ),
        rows=tuple(rows),
        closing=Fact(
            balance_label(_("Balance due"), statement.currency), format_money(statement.closing, language)
        ),
        notes=_notes(standing, organisation, language),
        labels=_labels(),
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
