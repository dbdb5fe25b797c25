"""From a row to a line of a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from portico.importing.building.outcome import Problem
from portico.importing.building.values import Numbers, ValueProblemError, check_length
from portico.importing.mapping import Mapping
from portico.importing.mapping.template import Fields, Template
from portico.importing.readers import Row
from portico.kit.money import smallest
from portico.transactions.drafts import LineDraft
from portico.transactions.models import DiscountKind
from portico.transactions.totals import Tax

_LONGEST: Final = {"name": 200, "sku": 80, "unit": 20, "description": 10_000}

_HUNDRED: Final = 100
NONE: Final = Decimal(0)
_DIGITS: Final = 40  # quantity and rate have at most 33 digits between them: products stay exact
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class LineBuilder:
    """Reads lines by the mapping."""

    def __init__(self, mapping: Mapping, header: Fields, numbers: Numbers) -> None:
        line = mapping.line
        self._numbers = numbers
        self._quantity, self._rate = line.quantity, line.rate
        self._read_quantity = line.quantity.bind(header)
        self._read_rate = line.rate.bind(header)
        self._texts = [
            (name, template, template.bind(header), _LONGEST[name])
            for name, template in (
                ("sku", line.sku),
                ("name", line.name),
                ("unit", line.unit),
                ("description", line.description),
            )
            if template
        ]
        self._discount = (line.discount_percent, line.discount_percent.bind(header))
        self._tax = (line.tax_percent, line.tax_percent.bind(header))
        self._read_tax_name = line.tax_name.bind(header)
        self._tax_name = line.tax_name

    def build(self, row: Row, *, reverse_sign: bool) -> LineDraft | list[Problem]:
        """The line, or what is wrong with it: every bad cell, not only the first."""
        problems: list[Problem] = []
        fields = row.fields
        quantity = rate = NONE
        try:
            quantity = self._numbers.read(self._read_quantity(fields), whole=11, decimals=4)
        except ValueProblemError as error:
            problems.append(Problem(row.line, self._quantity.where, str(error)))
        try:
            rate = self._numbers.read(self._read_rate(fields), whole=12, decimals=6)
        except ValueProblemError as error:
            problems.append(Problem(row.line, self._rate.where, str(error)))
        texts = {"name": ""}
        for name, template, read_text, longest in self._texts:
            text = read_text(fields)
            if len(text) > longest:
                problems.append(Problem(row.line, template.where, f"has more than {longest} characters"))
            if not text.isprintable() and _CONTROL.search(text):
                problems.append(Problem(row.line, template.where, "has a character that cannot be kept"))
            texts[name] = text
        if not texts["name"]:
            problems.append(Problem(row.line, "line.name", "is empty; a line needs a name"))
        discount = self._percentage(row, self._discount, problems) if self._discount[0] else NONE
        taxes = self._taxes(row, problems) if self._tax[0] else ()
        if problems:
            return problems
        return LineDraft(
            quantity=-quantity if reverse_sign else quantity,
            rate=rate,
            discount_kind=DiscountKind.PERCENT if discount else DiscountKind.NONE,
            discount_value=discount,
            taxes=taxes,
            name=texts["name"],
            sku=texts.get("sku", ""),
            unit=texts.get("unit", ""),
            description=texts.get("description", ""),
        )

    def _taxes(self, row: Row, problems: list[Problem]) -> tuple[Tax, ...]:
        read = self._tax[1]
        if not read(row.fields):
            return ()
        percentage = self._percentage(row, self._tax, problems)
        name = self._read_tax_name(row.fields)
        try:
            check_length(name, 100)
        except ValueProblemError as error:
            problems.append(Problem(row.line, self._tax_name.where, str(error)))
        if not name:
            problems.append(Problem(row.line, self._tax_name.where, "is empty; a tax needs a name"))
        return (Tax(name, percentage),)

    def _percentage(
        self, row: Row, column: tuple[Template, Callable[[Fields], str]], problems: list[Problem]
    ) -> Decimal:
        template, read = column
        text = read(row.fields).removesuffix("%").rstrip()
        if not text:
            return NONE
        try:
            value = self._numbers.read(text, whole=3, decimals=4)
        except ValueProblemError as error:
            problems.append(Problem(row.line, template.where, str(error)))
            return NONE
        if not 0 <= value <= _HUNDRED:
            problems.append(Problem(row.line, template.where, f"“{text}” is not between 0 and 100 per cent"))
        return value


def plain_amounts(lines: Sequence[LineDraft], currency: str) -> list[Decimal]:
    """The amounts of lines without discount: quantity times rate, rounded half up to the currency."""
    step = smallest(currency)
    with localcontext(prec=_DIGITS, rounding=ROUND_HALF_UP):
        return [(line.quantity * line.rate).quantize(step) for line in lines]
