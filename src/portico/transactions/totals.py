"""The totals of a document: a pure function from lines, discounts, taxes and charges to what is to be paid.

How it rounds. A line's amount is rounded once, half up, to the currency. A tax is rounded **once per rate for the
document**, not line by line: the exact base of all lines that bear the rate is taxed and the result rounded half
up. That is how tax offices recompute an invoice (from the total per rate; EN 16931 BR-CO-17 demands it for
e-invoices), and a hundred lines of 0.03 do not gather a hundred roundings.

Prices that include tax: the lines of one combination of rates p₁ … pₙ hold p/(100 + Σp) of their amount for each
rate p; these parts are added up over the combinations and rounded once per rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError
from portico.kit.money import Money, MoneyError, smallest, total
from portico.transactions.models import DiscountKind, DiscountWhen, Rounding

_DIGITS: Final = 80  # quantity, rate and percentages have at most 51 digits between them: products stay exact
_HUNDRED: Final = Decimal(100)
_STEPS: Final = {Rounding.WHOLE: Decimal(1), Rounding.FIVE_HUNDREDTHS: Decimal("0.05")}


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on a line: its name and its rate in per cent."""

    name: str
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class LineInput:
    """What a line's amount depends on. The rate is the price of one, in major units of the currency."""

    quantity: Decimal
    rate: Decimal
    discount_kind: str = DiscountKind.NONE
    discount_value: Decimal = Decimal(0)
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """What a document's totals depend on; `None` for a charge is none."""

    currency: str
    lines: Sequence[LineInput]
    prices_include_tax: bool = False
    discount_kind: str = DiscountKind.NONE
    discount_value: Decimal = Decimal(0)
    discount_when: str = DiscountWhen.BEFORE_TAX
    shipping_charge: Money | None = None
    adjustment: Money | None = None
    rounding: str = Rounding.NONE


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate of the tax summary: what was taxed, and the tax."""

    name: str
    percentage: Decimal
    base: Money
    amount: Money

    def as_json(self) -> dict[str, str]:
        """The row as `Document.tax_summary` keeps it."""
        return {
            "name": self.name,
            "percentage": f"{self.percentage.normalize():f}",
            "base": str(self.base.amount),
            "amount": str(self.amount.amount),
        }

    @classmethod
    def from_json(cls, row: dict[str, Any], currency: str) -> TaxRow:
        """Read a row of `Document.tax_summary`."""
        base, amount = (Money(Decimal(row[key]), currency) for key in ("base", "amount"))
        return cls(row["name"], Decimal(row["percentage"]), base, amount)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to. Where prices exclude tax,

    total = subtotal - discount_total + tax_total + shipping charge + adjustment + rounding_total;

    where they include it, tax_total is part of the subtotal already and is not added. In both, tax_total is the sum
    of the tax summary's amounts, and no amount but the adjustment and the rounding may be negative by itself.
    """

    line_amounts: tuple[Money, ...]
    subtotal: Money
    discount_total: Money
    tax_total: Money
    rounding_total: Money
    total: Money
    tax_summary: tuple[TaxRow, ...]


def compute(document: DocumentInput) -> Totals:
    """Work out a document's totals, exactly.

    A document discount before tax lowers what is taxed: it is shared over the lines in proportion to their amounts
    (Money.split). One after tax is taken from subtotal and taxes together and lowers no tax.

    Raises:
        InvalidError: an input is out of range, or the total would be below zero; `field` names the input, for a
            line as “lines-<position from 0>-<field>”.
    """
    try:
        with localcontext(prec=_DIGITS):
            return _compute(document)
    except MoneyError as error:
        raise InvalidError(
            error.message, field="currency" if error.field == "currency" else "lines"
        ) from None


def _compute(document: DocumentInput) -> Totals:
    currency = document.currency
    zero = Money.zero(currency)
    for index, line in enumerate(document.lines):
        _check_line(index, line)
    amounts = tuple(_line_amount(index, line, currency) for index, line in enumerate(document.lines))
    subtotal = total(amounts, currency)
    if subtotal < zero:
        raise InvalidError(_below_zero(), field="lines")
    before_tax = document.discount_when == DiscountWhen.BEFORE_TAX
    discount = _discount(document, subtotal) if before_tax else zero
    bases = _less_discount(amounts, discount)
    summary = _tax_summary(document, bases)
    tax = total((row.amount for row in summary), currency)
    added_tax = zero if document.prices_include_tax else tax
    if not before_tax:
        discount = _discount(document, subtotal + added_tax)
    goods = subtotal - discount + added_tax
    if goods < zero:
        raise InvalidError(_below_zero(), field="lines")
    whole = _add_charges(document, goods)
    rounding = _rounding(document.rounding, whole)
    return Totals(amounts, subtotal, discount, tax, rounding, whole + rounding, summary)


def line_amount(line: LineInput, currency: str) -> Money:
    """Quantity times rate less the line's discount, rounded half up to the currency.

    Raises:
        InvalidError: an input is out of range; `field` names it.
    """
    with localcontext(prec=_DIGITS):
        _check_line(0, line)
        return _line_amount(0, line, currency)


def _line_amount(index: int, line: LineInput, currency: str) -> Money:
    gross = line.quantity * line.rate
    field = f"lines-{index}-discount_value"
    if line.discount_kind == DiscountKind.PERCENT:
        net = gross - gross * line.discount_value / _HUNDRED
    elif line.discount_kind == DiscountKind.AMOUNT:
        net = gross - _exact(line.discount_value, currency, field).amount
        if net < 0 <= gross:
            raise InvalidError(_("The discount is more than the line."), field=field)
    else:
        net = gross
    try:
        return Money.rounded(net, currency)
    except MoneyError as error:
        raise InvalidError(error.message, field=f"lines-{index}-rate") from None


def _discount(document: DocumentInput, of: Money) -> Money:
    kind, value = document.discount_kind, document.discount_value
    if kind == DiscountKind.NONE:
        return Money.zero(document.currency)
    _check_discount(kind, value, "discount_value")
    if kind == DiscountKind.PERCENT:
        return of.times(value / _HUNDRED)
    discount = _exact(value, document.currency, "discount_value")
    if discount > of:
        raise InvalidError(_("The discount is more than the document comes to."), field="discount_value")
    return discount


def _less_discount(amounts: Sequence[Money], discount: Money) -> list[Money]:
    """Each line's part of what is taxed. Lines below zero (something taken back) bear no discount."""
    if not discount:
        return list(amounts)
    weights = [max(amount.amount, Decimal(0)) for amount in amounts]
    if not any(weights):
        return list(amounts)
    parts = discount.split(weights)
    return [amount - part for amount, part in zip(amounts, parts, strict=True)]


def _tax_summary(document: DocumentInput, bases: Sequence[Money]) -> tuple[TaxRow, ...]:
    sums: dict[Tax, _RateSums] = {}
    for line, base in zip(document.lines, bases, strict=True):
        together = sum((tax.percentage for tax in line.taxes), Decimal(0))
        for tax in line.taxes:
            rate = Tax(tax.name, tax.percentage.normalize())
            sums.setdefault(rate, _RateSums()).add(base, together)
    build = _included if document.prices_include_tax else _on_top
    return tuple(build(rate, found, document.currency) for rate, found in sums.items())


class _RateSums:
    """What the lines that bear one rate come to, by the sum of all rates on the line."""

    def __init__(self) -> None:
        self.by_together: dict[Decimal, Decimal] = {}

    def add(self, base: Money, together: Decimal) -> None:
        self.by_together[together] = self.by_together.get(together, Decimal(0)) + base.amount

    @property
    def whole(self) -> Decimal:
        return sum(self.by_together.values(), Decimal(0))


def _on_top(rate: Tax, sums: _RateSums, currency: str) -> TaxRow:
    base = Money.rounded(sums.whole, currency)
    return TaxRow(rate.name, rate.percentage, base, base.times(rate.percentage / _HUNDRED))


def _included(rate: Tax, sums: _RateSums, currency: str) -> TaxRow:
    def share(of_rate: Decimal | None) -> Money:
        """The part of the gross amounts that is this rate's tax, or (None) all tax of these lines."""
        return Money.rounded(
            sum(
                (
                    gross * (together if of_rate is None else of_rate) / (_HUNDRED + together)
                    for together, gross in sums.by_together.items()
                ),
                Decimal(0),
            ),
            currency,
        )

    base = Money.rounded(sums.whole, currency) - share(None)
    return TaxRow(rate.name, rate.percentage, base, share(rate.percentage))


def _add_charges(document: DocumentInput, goods: Money) -> Money:
    zero = Money.zero(document.currency)
    shipping = document.shipping_charge or zero
    if shipping < zero:
        raise InvalidError(_("A shipping charge is not below zero."), field="shipping_charge")
    try:
        whole = goods + shipping + (document.adjustment or zero)
    except MoneyError as error:
        raise InvalidError(error.message, field="adjustment") from None
    if whole < zero:
        raise InvalidError(_below_zero(), field="adjustment")
    return whole


def _rounding(rule: str, whole: Money) -> Money:
    """What is to be added so that the total is a multiple of the step; halves go up."""
    step = _STEPS.get(Rounding(rule))
    if step is None or step < smallest(whole.currency):
        return Money.zero(whole.currency)
    steps = (whole.amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(steps * step, whole.currency) - whole


def _check_line(index: int, line: LineInput) -> None:
    def field(name: str) -> str:
        return f"lines-{index}-{name}"

    _check_number(line.quantity, whole=11, decimals=4, field=field("quantity"))
    _check_number(line.rate, whole=12, decimals=6, field=field("rate"))
    _check_discount(line.discount_kind, line.discount_value, field("discount_value"))
    for tax in line.taxes:
        _check_number(tax.percentage, whole=3, decimals=4, field=field("taxes"))
        if not 0 <= tax.percentage <= _HUNDRED:
            raise InvalidError(_("A tax is between 0 and 100 per cent."), field=field("taxes"))
    if len({tax.name for tax in line.taxes}) < len(line.taxes):
        raise InvalidError(_("The same tax is on this line twice."), field=field("taxes"))


def _check_discount(kind: str, value: Decimal, field: str) -> None:
    if kind == DiscountKind.NONE:
        return
    _check_number(value, whole=12, decimals=4, field=field)
    if value < 0:
        raise InvalidError(_("A discount is not below zero."), field=field)
    if kind == DiscountKind.PERCENT and value > _HUNDRED:
        raise InvalidError(_("A discount is at most 100 per cent."), field=field)


def _check_number(value: Decimal, *, whole: int, decimals: int, field: str) -> None:
    """Refuse what the column would round or not hold, so that what is computed is what is kept."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{field} takes a Decimal, not {type(value).__name__}")
    if not value.is_finite():
        raise InvalidError(_("This is not a number."), field=field)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        raise InvalidError(_("At most %(count)d decimals are kept here.") % {"count": decimals}, field=field)
    if abs(value) >= Decimal(10) ** whole:
        raise InvalidError(_("This number is too large."), field=field)


def _exact(value: Decimal, currency: str, field: str) -> Money:
    try:
        return Money(value, currency)
    except MoneyError as error:
        raise InvalidError(error.message, field=field) from None


def _below_zero() -> str:
    return _("The total would be below zero.")
