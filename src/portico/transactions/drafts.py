"""What a person writes on a document, as frozen values, and how it is put on the row while that is a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portico.access.changes import naming
from portico.customers.models import Customer
from portico.items.models import Item
from portico.kit.errors import InvalidError
from portico.kit.money import Money
from portico.transactions.days import check_day
from portico.transactions.models import DiscountKind, DiscountWhen, Document, DocumentLine, Rounding
from portico.transactions.texts import check_texts
from portico.transactions.totals import DocumentInput, LineInput, Tax, Totals, compute

D = TypeVar("D", bound=Document)
L = TypeVar("L", bound=DocumentLine)
_TAKEN: Final = {
    name: ("number", gettext_noop("This number is taken already."))
    for name in (
        "invoice_number_once",
        "credit_note_number_once",
        "retainer_number_once",
        "sales_order_number_once",
    )
}
_MOST_LINES: Final = 10_000
_COLUMNS: Final = (
    "reference", "date", "prices_include_tax", "discount_kind", "discount_value", "discount_when",
    "adjustment_label", "rounding", "notes", "terms",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """One line as written: the rate is the price of one; taxes are (name, per cent)."""

    name: str
    quantity: Decimal = Decimal(1)
    rate: Decimal
    item_id: UUID | None = None
    sku: str = ""
    description: str = ""
    unit: str = ""
    discount_kind: str = DiscountKind.NONE
    discount_value: Decimal = Decimal(0)
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """A document as written. What is empty is taken from the customer or the organisation.

    `number` is only given where the document brings its own (import, a paper series); `currency` is the customer's
    when empty; addresses are lines, the customer's own when None; dates are in the organisation's time zone.
    """

    date: date
    lines: Sequence[LineDraft]
    number: str = ""
    reference: str = ""
    currency: str = ""
    prices_include_tax: bool = False
    discount_kind: str = DiscountKind.NONE
    discount_value: Decimal = Decimal(0)
    discount_when: str = DiscountWhen.BEFORE_TAX
    shipping_charge: Money | None = None
    adjustment: Money | None = None
    adjustment_label: str = ""
    rounding: str = Rounding.NONE
    billing_address: tuple[str, ...] | None = None
    shipping_address: tuple[str, ...] | None = None
    notes: str = ""
    terms: str = ""
    custom_fields: Mapping[str, Any] = field(default_factory=dict)


WRITTEN: Final = (
    *_COLUMNS, "number", "currency", "shipping_charge", "adjustment", "billing_address", "shipping_address",
    "custom_fields", "subtotal", "discount_total", "tax_total", "rounding_total", "total", "tax_summary",
)  # fmt: skip
"""The columns `fill()` sets, for `save(update_fields=…)`."""


def totals_of(draft: DocumentDraft, currency: str) -> Totals:
    """What the draft comes to in the given currency.

    Raises:
        InvalidError: see `portico.transactions.totals.compute`.
    """
    for name in ("shipping_charge", "adjustment"):
        charge: Money | None = getattr(draft, name)
        if charge is not None and charge.currency != currency:
            raise InvalidError(
                _("This amount is in %(theirs)s, not in %(ours)s.")
                % {"theirs": charge.currency, "ours": currency},
                field=name,
            )
    return compute(
        DocumentInput(
            currency=currency,
            lines=[
                LineInput(line.quantity, line.rate, line.discount_kind, line.discount_value, line.taxes)
                for line in draft.lines
            ],
            prices_include_tax=draft.prices_include_tax,
            discount_kind=draft.discount_kind,
            discount_value=draft.discount_value,
            discount_when=draft.discount_when,
            shipping_charge=draft.shipping_charge,
            adjustment=draft.adjustment,
            rounding=draft.rounding,
        )
    )


def fill(document: D, draft: DocumentDraft, customer: Customer) -> Totals:
    """Put the draft on a document's row, with its totals; nothing is saved.

    The document gets customer, organisation and currency as well, so a new one needs no more than its own fields.

    Raises:
        InvalidError: an input cannot be accepted; `field` names it.
    """
    if not draft.lines:
        raise InvalidError(_("A document needs at least one line."), field="lines")
    if len(draft.lines) > _MOST_LINES:
        raise InvalidError(
            _("A document has at most %(count)d lines.") % {"count": _MOST_LINES}, field="lines"
        )
    check_day(draft.date, "date")
    document.organisation_id = customer.organisation_id
    document.customer_id = customer.pk
    document.currency = draft.currency or customer.currency
    document.number = draft.number.strip()
    for column in _COLUMNS:
        setattr(document, column, getattr(draft, column))
    check_texts(document)
    totals = totals_of(draft, document.currency)
    zero = Money.zero(document.currency)
    document.shipping_charge = draft.shipping_charge or zero
    document.adjustment = draft.adjustment or zero
    document.billing_address = list(draft.billing_address or ())
    document.shipping_address = list(draft.shipping_address or ())
    document.custom_fields = dict(draft.custom_fields)
    document.subtotal = totals.subtotal
    document.discount_total = totals.discount_total
    document.tax_total = totals.tax_total
    document.rounding_total = totals.rounding_total
    document.total = totals.total
    document.tax_summary = [row.as_json() for row in totals.tax_summary]
    return totals


def lines_for(document: Document, model: type[L], draft: DocumentDraft, totals: Totals) -> list[L]:
    """The draft's lines as rows of `model`, belonging to the document; nothing is saved.

    Raises:
        InvalidError: a text is too long, a name is missing, or an item is not of this organisation.
    """
    _check_items(document, draft)
    rows = []
    for index, (line, amount) in enumerate(zip(draft.lines, totals.line_amounts, strict=True)):
        row = model(
            organisation_id=document.organisation_id,
            customer_id=document.customer_id,
            document_id=document.pk,
            position=index + 1,
            currency=document.currency,
            item_id=line.item_id,
            name=line.name.strip(),
            sku=line.sku,
            description=line.description,
            unit=line.unit,
            quantity=line.quantity,
            rate=line.rate,
            discount_kind=line.discount_kind,
            discount_value=line.discount_value,
            taxes=[[tax.name, f"{tax.percentage.normalize():f}"] for tax in line.taxes],
            amount=amount,
        )
        if not row.name:
            raise InvalidError(_("A line needs a name."), field=f"lines-{index}-name")
        check_texts(row, prefix=f"lines-{index}-")
        rows.append(row)
    return rows


def _check_items(document: Document, draft: DocumentDraft) -> None:
    asked = {line.item_id for line in draft.lines if line.item_id is not None}
    if not asked:
        return
    known = set(
        Item.objects.filter(organisation_id=document.organisation_id, pk__in=asked).values_list(
            "pk", flat=True
        )
    )
    for index, line in enumerate(draft.lines):
        if line.item_id is not None and line.item_id not in known:
            raise InvalidError(_("There is no such item."), field=f"lines-{index}-item")


def insert(document: Document, line_model: type[L], draft: DocumentDraft, totals: Totals) -> None:
    """Save a new document that `fill()` has prepared, with its lines.

    Raises:
        ConflictError: its own number is taken.
        InvalidError: see `lines_for()`.
    """
    rows = lines_for(document, line_model, draft, totals)
    with naming(_TAKEN):
        document.save(force_insert=True)
    line_model.objects.bulk_create(rows)


def rewrite(
    document: Document,
    line_model: type[L],
    draft: DocumentDraft,
    totals: Totals,
    *,
    more: Sequence[str] = (),
) -> None:
    """Save a changed draft that `fill()` has prepared, and replace its lines; `more` names further columns.

    Raises:
        ConflictError: its own number is taken.
        InvalidError: see `lines_for()`.
    """
    rows = lines_for(document, line_model, draft, totals)
    old = line_model.objects.filter(Q(("document", document.pk)))
    old.delete()  # first: they carry the old currency
    with naming(_TAKEN):
        document.save(update_fields=[*WRITTEN, *more])
    line_model.objects.bulk_create(rows)
