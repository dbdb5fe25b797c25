"""What becomes of the rows of one document: built, refused with problems, or left out on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from portico.credit_notes.models import CreditNote
from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.readers import Row
from portico.invoices.models import Invoice
from portico.transactions.drafts import LineDraft
from portico.transactions.models import DocumentKind


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be taken, and where: the line in the file, the column (or the mapping's key)."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as the file describes it, in rows that are not saved; known by its number."""

    number: str
    customer: Customer
    addresses: tuple[Address, ...]
    contact: ContactPerson | None

    def address_lines(self, kind: Address.Kind) -> list[str]:
        """The address of this kind as a document prints it; empty when the file gives none."""
        return next((address.lines for address in self.addresses if address.kind == kind), [])


@dataclass(frozen=True, slots=True)
class Built:
    """A document ready to be written: the header in a row that is not saved, its lines, and whose it is."""

    kind: DocumentKind
    document: Invoice | CreditNote
    lines: Sequence[LineDraft]
    amounts: Sequence[Decimal]
    """Of the lines, in the document's currency."""
    customer: CustomerDraft
    moment: datetime
    digest: str
    """Of what the file says; the same for the same content, however its numbers are written."""
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be taken."""

    rows: Sequence[Row]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that the mapping leaves out."""

    rows: Sequence[Row]
    reason: str


Outcome: TypeAlias = Built | Refused | Skipped
