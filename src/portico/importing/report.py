"""What an import did, or in a dry run would do: the same report either way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from portico.importing.building.outcome import Problem
from portico.kit.money import Money, format_money
from portico.transactions.models import DocumentKind

KEPT: Final = 1_000
"""So many problems are kept to be shown; the file of rejects has them all."""


@dataclass(slots=True)
class Tally:
    """Documents of one kind."""

    new: int = 0
    unchanged: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    """What the new ones come to, by currency."""

    def add(self, amount: Money) -> None:
        """Count a new document."""
        self.new += 1
        self.totals[amount.currency] = self.totals.get(amount.currency, Decimal(0)) + amount.amount


@dataclass(slots=True)
class Report:
    """The figures of one run; lines are those of the file after its header."""

    file: str
    organisation: str
    dry_run: bool
    lines: int = 0
    documents: dict[DocumentKind, Tally] = field(
        default_factory=lambda: {DocumentKind.INVOICE: Tally(), DocumentKind.CREDIT_NOTE: Tally()}
    )
    customers_new: int = 0
    customers_known: int = 0
    customers_described_differently: int = 0
    items_new: int = 0
    items_known: int = 0
    rejected_documents: int = 0
    rejected_lines: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    skipped_documents: Counter[str] = field(default_factory=Counter)
    skipped_lines: Counter[str] = field(default_factory=Counter)

    @property
    def invoices(self) -> Tally:
        """Invoices."""
        return self.documents[DocumentKind.INVOICE]

    @property
    def credit_notes(self) -> Tally:
        """Credit notes."""
        return self.documents[DocumentKind.CREDIT_NOTE]

    def reject(self, problems: list[Problem], lines: int) -> None:
        """Count a document that was not taken."""
        self.rejected_documents += 1
        self.rejected_lines += lines
        self.problem_count += len(problems)
        self.problems += problems[: max(0, KEPT - len(self.problems))]

    def skip(self, reason: str, lines: int) -> None:
        """Count a document that the mapping leaves out."""
        self.skipped_documents[reason] += 1
        self.skipped_lines[reason] += lines

    def text(self) -> Iterator[str]:
        """The report for people, line by line, without the problems."""
        done = "would be " if self.dry_run else ""
        yield f"{self.file} → {self.organisation}: {self.lines:,} lines read"
        for kind, tally in self.documents.items():
            sums = " · ".join(
                format_money(Money(amount, code)) for code, amount in sorted(tally.totals.items())
            )
            noun = "invoices" if kind is DocumentKind.INVOICE else "credit notes"
            yield f"  {noun}: {tally.new:,} {done}new{f' ({sums})' if sums else ''}, {tally.unchanged:,} unchanged"
        yield f"  customers: {self.customers_new:,} {done}new, {self.customers_known:,} known already"
        if self.customers_described_differently:
            yield (
                f"    {self.customers_described_differently:,} of them described in more than one way"
                " (an address that changes): the first is kept, each document keeps its own"
            )
        yield f"  items: {self.items_new:,} {done}new, {self.items_known:,} known already"
        for reason, count in sorted(self.skipped_documents.items()):
            yield f"  left out: {count:,} documents, {self.skipped_lines[reason]:,} lines: {reason}"
        yield f"  rejected: {self.rejected_documents:,} documents, {self.rejected_lines:,} lines"
