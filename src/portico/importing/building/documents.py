"""From the rows of one document to a document that is ready to be written, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import blake2b
from operator import itemgetter
from typing import Final

from portico.credit_notes.models import CreditNote, CreditNoteStatus
from portico.customers.models import Address
from portico.importing.building.grouping import key_reader
from portico.importing.building.lines import NONE, LineBuilder, plain_amounts
from portico.importing.building.outcome import Built, CustomerDraft, Outcome, Problem, Refused, Skipped
from portico.importing.building.rules import Plan, Rules
from portico.importing.building.values import (
    Day,
    Days,
    Numbers,
    ValueProblemError,
    check_length,
    read_currency,
)
from portico.importing.mapping import Mapping
from portico.importing.mapping.model import DocumentMapping, NegativeLines, ZeroTotal
from portico.importing.mapping.template import Fields, Template, column_index
from portico.importing.readers import Row
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit.errors import InvalidError
from portico.kit.money import Money, minor_digits
from portico.organisations.models import Organisation, PaymentTerms
from portico.transactions.drafts import DocumentDraft, LineDraft, fill
from portico.transactions.models import DocumentKind
from portico.transactions.terms import due_date

_NOUN: Final = {DocumentKind.INVOICE: "an invoice", DocumentKind.CREDIT_NOTE: "a credit note"}
MOST_LINES: Final = 10_000
_LONGEST: Final = {"reference": 100, "notes": 10_000, "terms": 10_000, "adjustment_label": 60}


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first row says of the whole document."""

    number: str
    currency: str
    date: Day
    due: Day | None
    customer: CustomerDraft
    texts: dict[str, str]
    shipping_charge: Money | None
    adjustment: Money | None
    stated_total: Money | None


class _Refusal(Exception):  # noqa: N818 (it carries problems, it is none)
    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = problems


class DocumentBuilder:
    """Builds documents by the mapping; asks no database.

    Raises:
        MappingError: the mapping names a column that the file does not have.
    """

    def __init__(
        self, mapping: Mapping, header: Fields, organisation: Organisation, terms: PaymentTerms | None
    ) -> None:
        document = mapping.document
        self._mapping = document
        self._width = len(header)
        self._terms = terms
        self._read_key = key_reader(mapping, header)
        self._key_column = ", ".join(document.group_by)
        self._read = {
            each.name: getattr(document, each.name).bind(header)
            for each in fields(DocumentMapping)
            if isinstance(getattr(document, each.name), Template)
        }
        self._numbers = Numbers(mapping.file)
        self._days = Days(mapping.file, organisation.time_zone)
        self._lines = LineBuilder(mapping, header, self._numbers)
        self._rules = Rules(mapping, header, organisation.pk)
        amount_columns = (*mapping.line.quantity.columns, *mapping.line.rate.columns)
        self._amount_columns = ", ".join(amount_columns) or "document"
        self._shared = _shared_columns(mapping)
        self._shared_cells = _cells(self._shared, header)

    def build(self, rows: Sequence[Row]) -> Outcome:
        """What becomes of the rows of one document."""
        try:
            self._check_rows(rows)
            plan = self._rules.plan(rows[0].fields)
            if plan.skip:
                return Skipped(rows, plan.skip)
            if plan.reject:
                return Refused(rows, [Problem(rows[0].line, plan.rejected_by, plan.reject)])
            return self._build(rows, plan)
        except _Refusal as refusal:
            return Refused(rows, refusal.problems)

    def _check_rows(self, rows: Sequence[Row]) -> None:
        problems = [
            Problem(row.line, "the row", f"has {len(row.fields)} cells, the header has {self._width}")
            for row in rows
            if len(row.fields) != self._width
        ]
        if not problems and not self._read_key(rows[0].fields):
            problems.append(
                Problem(rows[0].line, self._key_column, "is empty; it says which document this is")
            )
        if problems:
            raise _Refusal(problems)

    def _build(self, rows: Sequence[Row], plan: Plan) -> Outcome:
        problems: list[Problem] = []
        header = self._header(rows, plan, problems)
        lines: list[LineDraft] = []
        for row in rows:
            line = self._lines.build(row, reverse_sign=plan.reverse_sign)
            if isinstance(line, LineDraft):
                lines.append(line)
            else:
                problems += line
        if problems or header is None:
            raise _Refusal(problems)
        document, amounts = self._fill(rows, plan, header, lines)
        if not document.total and (left_out := self._left_out(rows, plan)):
            return left_out
        self._check_sums(rows, header, document, amounts)
        return Built(
            kind=plan.kind,
            document=document,
            lines=lines,
            amounts=amounts,
            customer=header.customer,
            moment=header.date.moment or self._days.start_of(header.date.day),
            digest=_digest(plan, header, document, lines),
            rows=rows,
        )

    def _left_out(self, rows: Sequence[Row], plan: Plan) -> Outcome | None:
        """What becomes of a document that comes to nothing; None when it is taken: an invoice, paid at once."""
        if self._mapping.zero_total is ZeroTotal.SKIP:
            return Skipped(rows, "comes to nothing")
        if self._mapping.zero_total is ZeroTotal.REJECT or plan.kind is DocumentKind.CREDIT_NOTE:
            message = f"the document comes to nothing; {_NOUN[plan.kind]} over nothing is not taken"
            return Refused(rows, [Problem(rows[0].line, self._amount_columns, message)])
        return None

    def _header(self, rows: Sequence[Row], plan: Plan, problems: list[Problem]) -> _Header | None:
        """Read the header from the first row; None when something is wrong, with the problems added."""
        first = rows[0]
        read, mapping = self._read, self._mapping
        cells = first.fields
        before = len(problems)

        def text(name: str, longest: int) -> str:
            try:
                return check_length(read[name](cells), longest)
            except ValueProblemError as error:
                problems.append(Problem(first.line, getattr(mapping, name).where, str(error)))
                return ""

        number = text("number", 40)
        if not number:
            problems.append(Problem(first.line, mapping.number.where, "is empty; a document needs a number"))
        texts = {name: text(name, longest) for name, longest in _LONGEST.items()}
        currency = self._currency(first, problems)
        date = self._day("date", rows, problems)
        due = self._day("due_date", rows, problems) if mapping.due_date and read["due_date"](cells) else None
        if date and due and due.day < date.day:
            problems.append(
                Problem(first.line, mapping.due_date.where, "lies before the date of the invoice")
            )
        amounts = {
            name: self._amount(name, first, currency, plan, problems) if currency else None
            for name in ("shipping_charge", "adjustment", "total")
        }
        customer = plan.customers.build(first, currency) if currency else None
        if isinstance(customer, list):
            problems += customer
        self._check_agreement(rows, problems)
        if len(problems) > before or not isinstance(customer, CustomerDraft) or date is None:
            return None
        return _Header(
            number, currency, date, due, customer, texts,
            amounts["shipping_charge"], amounts["adjustment"], amounts["total"],
        )  # fmt: skip

    def _currency(self, row: Row, problems: list[Problem]) -> str:
        try:
            return read_currency(self._read["currency"](row.fields))
        except ValueProblemError as error:
            problems.append(Problem(row.line, self._mapping.currency.where, str(error)))
            return ""

    def _day(self, name: str, rows: Sequence[Row], problems: list[Problem]) -> Day | None:
        """The day that all rows agree on; the time of day may differ, the first counts."""
        template: Template = getattr(self._mapping, name)
        read = self._read[name]
        first: Day | None = None
        last_text: str | None = None
        for row in rows:
            text = read(row.fields)
            if text == last_text:
                continue
            last_text = text
            try:
                found = self._days.read(text)
            except ValueProblemError as error:
                problems.append(Problem(row.line, template.where, str(error)))
                return None
            if first is None:
                first = found
            elif found.day != first.day:
                message = f"is {found.day} here and {first.day} in line {rows[0].line} of the same document"
                problems.append(Problem(row.line, template.where, message))
                return None
        return first

    def _amount(
        self, name: str, row: Row, currency: str, plan: Plan, problems: list[Problem]
    ) -> Money | None:
        template: Template = getattr(self._mapping, name)
        text = self._read[name](row.fields)
        if not text:
            return None
        try:
            value = self._numbers.read(text, whole=12, decimals=minor_digits(currency))
        except ValueProblemError as error:
            problems.append(Problem(row.line, template.where, str(error)))
            return None
        return Money(-value if plan.reverse_sign else value, currency)

    def _check_agreement(self, rows: Sequence[Row], problems: list[Problem]) -> None:
        """What belongs to the whole document must be the same in each of its rows."""
        first = rows[0]
        expected = self._shared_cells(first.fields)
        for row in rows:
            if self._shared_cells(row.fields) == expected:
                continue
            found = self._shared_cells(row.fields)
            for column, here, there in zip(self._shared, found, expected, strict=True):
                if here.strip() != there.strip():
                    message = f"is “{here}” here and “{there}” in line {first.line} of the same document"
                    problems.append(Problem(row.line, column, message))

    def _fill(
        self, rows: Sequence[Row], plan: Plan, header: _Header, lines: list[LineDraft]
    ) -> tuple[Invoice | CreditNote, Sequence[Decimal]]:
        """The document's row, as its draft and its issuing would make it, and the amounts of its lines."""
        try:
            if plan.kind is DocumentKind.INVOICE:
                invoice = Invoice(allow_partial_payments=self._mapping.allow_partial_payments)
                amounts = self._put(invoice, header, lines)
                invoice.due_date = header.due.day if header.due else due_date(self._terms, header.date.day)
                invoice.payment_terms = self._terms.name if self._terms and not header.due else ""
                invoice.status = InvoiceStatus.SENT if invoice.total else InvoiceStatus.PAID
                invoice.balance = invoice.total
                return invoice, amounts
            note = CreditNote()
            amounts = self._put(note, header, lines)
            note.status = CreditNoteStatus.OPEN if note.total else CreditNoteStatus.CLOSED
            note.balance = note.total
            return note, amounts  # noqa: TRY300 (both ways end alike)
        except InvalidError as error:
            raise _Refusal([self._placed(error, rows, plan)]) from None

    def _put(
        self, document: Invoice | CreditNote, header: _Header, lines: list[LineDraft]
    ) -> Sequence[Decimal]:
        """Put header and totals on the row.

        Where no line has a discount or a tax, totals depend on the sum alone, so one line stands for all of
        them: that is what makes half a million lines quick. Every other document goes the long way.
        """
        if len(lines) <= MOST_LINES and all(line.discount_value is NONE and not line.taxes for line in lines):
            amounts = plain_amounts(lines, header.currency)
            whole = LineDraft(name="all lines", rate=sum(amounts, NONE))
            fill(document, self._draft(header, [whole]), header.customer.customer)
            return amounts
        totals = fill(document, self._draft(header, lines), header.customer.customer)
        return [amount.amount for amount in totals.line_amounts]

    def _draft(self, header: _Header, lines: list[LineDraft]) -> DocumentDraft:
        return DocumentDraft(
            date=header.date.day,
            lines=lines,
            number=header.number,
            currency=header.currency,
            prices_include_tax=self._mapping.prices_include_tax,
            shipping_charge=header.shipping_charge,
            adjustment=header.adjustment,
            billing_address=tuple(header.customer.address_lines(Address.Kind.BILLING)),
            shipping_address=tuple(header.customer.address_lines(Address.Kind.SHIPPING)),
            reference=header.texts["reference"],
            notes=header.texts["notes"],
            terms=header.texts["terms"],
            adjustment_label=header.texts["adjustment_label"],
        )

    def _placed(self, error: InvalidError, rows: Sequence[Row], plan: Plan) -> Problem:
        """An error of the document put where it belongs: “lines-3-rate” is the fourth row's price."""
        field = error.field or ""
        _, _, rest = field.partition("lines-")
        index, _, name = rest.partition("-")
        if index.isdigit():
            return Problem(rows[int(index)].line, f"line.{name}", error.message)
        if field in {"lines", "adjustment"}:
            noun = _NOUN[plan.kind]
            message = f"{error.message} So this is not {noun}, or a sign is wrong."
            return Problem(rows[0].line, self._amount_columns, message)
        return Problem(rows[0].line, f"document.{field}", error.message)

    def _check_sums(
        self, rows: Sequence[Row], header: _Header, document: Invoice | CreditNote, amounts: Sequence[Decimal]
    ) -> None:
        if self._mapping.negative_lines is NegativeLines.REJECT:
            below = [
                Problem(row.line, "document.negative_lines", f"the line comes to {amount} {header.currency}")
                for row, amount in zip(rows, amounts, strict=True)
                if amount < 0
            ]
            if below:
                raise _Refusal(below)
        stated = header.stated_total
        if stated is not None and stated != document.total:
            where = self._mapping.total.where
            message = f"says {stated}, but the lines come to {document.total}"
            raise _Refusal([Problem(rows[0].line, where, message)])


def _digest(plan: Plan, header: _Header, document: Invoice | CreditNote, lines: list[LineDraft]) -> str:
    """A fingerprint of what the file says of a document, to know it again."""
    due = str(document.due_date) if isinstance(document, Invoice) else ""
    head = (
        plan.kind.value, header.number, str(header.date.day), due, header.currency, header.customer.number,
        *header.texts.values(), str(document.shipping_charge), str(document.adjustment), str(document.total),
    )  # fmt: skip
    parts = ["\x1f".join(head)]
    parts += [
        f"{line.sku}\x1f{line.name}\x1f{line.description}\x1f{line.unit}\x1f{line.quantity}\x1f{line.rate}"
        f"\x1f{line.discount_value}\x1f{_taxes(line)}"
        for line in lines
    ]
    return blake2b("\x1e".join(parts).encode(), digest_size=16).hexdigest()


def _taxes(line: LineDraft) -> str:
    return "+".join(f"{tax.name} {tax.percentage}" for tax in line.taxes)


def _shared_columns(mapping: Mapping) -> list[str]:
    """The columns that a document's rows must agree on; dates are compared as days."""
    days = {*mapping.document.date.columns, *mapping.document.due_date.columns}
    columns = [*mapping.document.group_by, *(rule.when.column for rule in mapping.rules)]
    for template in mapping.header_templates():
        columns += template.columns
    return [column for column in dict.fromkeys(columns) if column not in days]


def _cells(columns: list[str], header: Fields) -> Callable[[Fields], tuple[str, ...]]:
    indexes = [column_index("document", column, header) for column in columns]
    if len(indexes) == 1:
        only = indexes[0]
        return lambda cells: (cells[only],)
    return itemgetter(*indexes)
