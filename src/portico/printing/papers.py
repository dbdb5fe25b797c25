r"""What a paper says: the only input of both the page on screen and the PDF, so that the two are equal.

Every amount, quantity and date is a string already formatted for the reader. Empty strings and empty tuples
mean "leave it out". Nothing in here is markup: each string is shown as it stands, `\n` breaks a line.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

from portico.printing.labels import DocumentLabels, ReceiptLabels, StatementLabels
from portico.printing.logos import Logo

Direction = Literal["ltr", "rtl"]
PaperSize = Literal["a4", "us-letter"]


class Fact(NamedTuple):
    """A word and what it stands for, such as “Due” and “26 November 2026”; `strong` sets it bold."""

    label: str
    value: str
    strong: bool = False


class Party(NamedTuple):
    """A name and what stands below it: address lines, tax number, one line each."""

    name: str
    lines: tuple[str, ...] = ()


class Addressee(NamedTuple):
    """A party in its role, such as “Billed to”."""

    label: str
    name: str
    lines: tuple[str, ...] = ()


class Note(NamedTuple):
    """A paragraph under the table, with an optional title: terms, notes, how to pay."""

    title: str
    text: str


class Line(NamedTuple):
    """One line of a document. `running` is the sum of the amounts up to and including this line."""

    name: str
    description: str = ""
    sku: str = ""
    quantity: str = ""
    unit: str = ""
    rate: str = ""
    discount: str = ""
    tax: str = ""
    amount: str = ""
    running: str = ""


class TaxRow(NamedTuple):
    """One line of the tax summary: which tax, on how much, how much."""

    label: str
    taxable: str
    amount: str


class ReceiptRow(NamedTuple):
    """What a payment did for one invoice. `running` is the sum of what was paid, up to and including this row.

    The excess is a row of its own, with its word as `number` and only `paid` filled in.
    """

    number: str
    date: str = ""
    invoice_amount: str = ""
    still_open: str = ""
    paid: str = ""
    running: str = ""


class StatementRow(NamedTuple):
    """One movement of the balance; `details` holds one string a line. The first row is the opening balance."""

    date: str
    transaction: str
    details: tuple[str, ...] = ()
    amount: str = ""
    payments: str = ""
    balance: str = ""
    opening: bool = False


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whose paper it is. `accent` is a colour written “#rrggbb”; `tax_number` carries its own word."""

    name: str
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    tax_number: str = ""
    logo: Logo | None = None
    accent: str = "#005a6b"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What all papers have.

    Args:
        kind: what it is, in the reader's language: Invoice, Credit note, Payment receipt.
        number: its number, "" for a statement.
        dated: the date it bears; also the creation date of the PDF, so that printing again gives the same bytes.
        language: the reader's language as a locale or tag (“en”, “pt-br”, “zh-hans”).
        status: a word to stand beside the title, such as Void or Draft.
        watermark: a word across every page, for papers that must not be taken for the real thing.
    """

    template: ClassVar[str]
    figures: ClassVar[tuple[str, ...]] = ()

    kind: str
    number: str = ""
    dated: date
    letterhead: Letterhead
    language: str = "en"
    direction: Direction = "ltr"
    size: PaperSize = "a4"
    status: str = ""
    watermark: str = ""
    meta: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def heading(self) -> str:
        """Kind and number, as in “Invoice INV-0042”."""
        return f"{self.kind} {self.number}".strip()

    @property
    def title(self) -> str:
        """The title of the PDF: “Invoice INV-0042 · Northwind Traders”."""
        return f"{self.heading} · {self.letterhead.name}"

    @property
    def entries(self) -> tuple[Line, ...] | tuple[ReceiptRow, ...] | tuple[StatementRow, ...]:
        """The rows of its table."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the figures that any row fills in, in their order; the others get no column."""
        return tuple(name for name, longest in self.longest.items() if longest)

    @cached_property
    def longest(self) -> dict[str, str]:
        """The longest text in each column of figures, from which a column gets its width."""
        return {
            name: max((getattr(row, name) for row in self.entries), key=len, default="")
            for name in self.figures
        }

    @cached_property
    def _canonical(self) -> str:
        said = {"paper": self.template, **_spoken(self)}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything the paper says: the same paper, the same fingerprint, for ever.

        Fields left at nothing do not count, so that a field added later leaves old fingerprints alone.
        """
        return hashlib.sha256(self._canonical.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class DocumentPaper(Paper):
    """Invoice, credit note, retainer invoice, sales order.

    `custom` are the custom fields to show; payment instructions are one of the `notes`.
    """

    template: ClassVar[str] = "document"
    figures: ClassVar[tuple[str, ...]] = ("quantity", "rate", "discount", "tax", "amount")

    parties: tuple[Addressee, ...] = ()
    custom: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = ()
    sums: tuple[Fact, ...] = ()
    taxes: tuple[TaxRow, ...] = ()
    labels: DocumentLabels = field(default_factory=DocumentLabels)

    @property
    def entries(self) -> tuple[Line, ...]:
        """The lines."""
        return self.lines


@dataclass(frozen=True, kw_only=True)
class ReceiptPaper(Paper):
    """Payment receipt. Date, mode, reference and amount received are its `meta`."""

    template: ClassVar[str] = "receipt"
    figures: ClassVar[tuple[str, ...]] = ("invoice_amount", "still_open", "paid")

    payer: Party
    amount_in_words: str = ""
    rows: tuple[ReceiptRow, ...] = ()
    sums: tuple[Fact, ...] = ()
    labels: ReceiptLabels = field(default_factory=ReceiptLabels)

    @property
    def entries(self) -> tuple[ReceiptRow, ...]:
        """The rows."""
        return self.rows


@dataclass(frozen=True, kw_only=True)
class StatementPaper(Paper):
    """Statement of account in one currency: figures of the period, movements, closing balance.

    `period` says which time and currency, as in “1 October to 24 November 2026, in US dollars”. `running` says for
    each row what is carried over to the next page after it; it is empty where a row's balance is that already.
    """

    template: ClassVar[str] = "statement"
    figures: ClassVar[tuple[str, ...]] = ("date", "transaction", "amount", "payments", "balance")

    customer: Party
    period: str = ""
    summary: tuple[Fact, ...] = ()
    rows: tuple[StatementRow, ...] = ()
    running: tuple[str, ...] = ()
    closing: Fact = field(default=Fact("", ""))
    labels: StatementLabels = field(default_factory=StatementLabels)

    @property
    def entries(self) -> tuple[StatementRow, ...]:
        """The movements."""
        return self.rows


def _spoken(paper: Any) -> dict[str, Any]:
    """The fields of a dataclass that hold anything, ready for JSON; a logo is named by its hash."""
    said = {each.name: getattr(paper, each.name) for each in fields(paper)}
    return {name: _plain(value) for name, value in said.items() if value not in ("", (), None, False)}


def _plain(value: Any) -> Any:
    if isinstance(value, Logo):
        return {"sha256": hashlib.sha256(value.data).hexdigest(), "alt": value.alt}
    if isinstance(value, date):
        return value.isoformat()
    return _spoken(value) if is_dataclass(value) else value
