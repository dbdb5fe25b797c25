"""A statement of any kind made for one contact person: for the page, for paper, for an e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from portico.access.actors import ContactActor
from portico.customers.models import Customer
from portico.organisations.models import Organisation
from portico.printing.papers import StatementPaper
from portico.statements.models import StatementKind
from portico.statements.outstanding import Outstanding, outstanding
from portico.statements.paper import outstanding_paper, statement_paper
from portico.statements.queries import Standing, Statement, billing_lines, statement
from portico.statements.spans import Span

Made: TypeAlias = Statement | Outstanding


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statement: its kind, the customer's standing in its currency, and the days (today for all but activity)."""

    kind: StatementKind
    standing: Standing
    span: Span

    @property
    def currency(self) -> str:
        """In which currency."""
        return self.standing.currency


def make(actor: ContactActor, wanted: Wanted, *, limit: int) -> Made:
    """The statement, with at most so many lines or documents.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    if wanted.kind is StatementKind.ACTIVITY:
        return statement(actor, wanted.currency, wanted.span, limit=limit)
    return outstanding(actor, wanted.currency, wanted.span.last, limit=limit)


def is_cut(made: Made) -> bool:
    """Whether something was left out for the limit."""
    return bool(made.more) if isinstance(made, Outstanding) else made.rest is not None


def paper_of(
    actor: ContactActor,
    wanted: Wanted,
    made: Made,
    customer: Customer,
    organisation: Organisation,
    *,
    today: date,
    language: str,
) -> StatementPaper:
    """The statement as a paper, in the language given, which must be the active one; one statement more."""
    address = tuple(billing_lines(actor))
    if isinstance(made, Outstanding):
        return outstanding_paper(
            made, wanted.kind, wanted.standing, customer, organisation, language=language, address=address
        )
    return statement_paper(
        made, wanted.standing, customer, organisation, today=today, language=language, address=address
    )
