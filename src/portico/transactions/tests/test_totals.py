"""What a document comes to, by examples worked out by hand and by laws that hold for all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kit.errors import InvalidError
from portico.kit.money import Money, minor_digits, smallest, total
from portico.transactions.models import DiscountKind, DiscountWhen, Rounding
from portico.transactions.totals import DocumentInput, LineInput, Tax, TaxRow, Totals, compute, line_amount

D = Decimal
VAT = Tax("VAT", D(20))
GST, PST = Tax("GST", D(5)), Tax("PST", D("9.975"))


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def line(rate: str, quantity: str = "1", *taxes: Tax, percent: str = "", amount: str = "") -> LineInput:
    kind = DiscountKind.PERCENT if percent else DiscountKind.AMOUNT if amount else DiscountKind.NONE
    return LineInput(D(quantity), D(rate), kind, D(percent or amount or 0), taxes)


def of(*lines: LineInput, currency: str = "USD", **more: Any) -> Totals:
    return compute(DocumentInput(currency, lines, **more))


def test_a_line_is_quantity_times_rate_less_its_discount() -> None:
    assert line_amount(line("19.99", "3"), "USD") == usd("59.97")
    assert line_amount(line("19.99", "3", percent="12.5"), "USD") == usd("52.47")  # 52.47375
    assert line_amount(line("19.99", "3", amount="9.97"), "USD") == usd("50.00")
    assert line_amount(line("0.333333", "1.5"), "JPY") == Money.of("0", "JPY")
    assert line_amount(line("0.0015", "1"), "KWD") == Money.of("0.002", "KWD")


def test_taxes_are_added_to_prices_without_tax() -> None:
    done = of(line("100", "1", VAT), line("50", "2", VAT), line("10"))
    assert (done.subtotal, done.tax_total, done.total) == (usd("210"), usd("40"), usd("250"))
    assert done.tax_summary == (TaxRow("VAT", D(20), usd("200"), usd("40")),)


def test_a_hundred_lines_of_three_cents_round_their_tax_once() -> None:
    done = of(*[line("0.03", "1", VAT)] * 100)
    assert done.tax_total == usd("0.60")  # line by line it would be 100 times 0.01


def test_several_taxes_on_a_line_are_each_on_the_price() -> None:
    done = of(line("200", "1", GST, PST), line("100", "1", GST))
    assert [(row.name, row.base, row.amount) for row in done.tax_summary] == [
        ("GST", usd("300"), usd("15")),
        ("PST", usd("200"), usd("19.95")),
    ]
    assert done.total == usd("334.95")


def test_prices_with_tax_hold_the_tax_and_are_not_raised() -> None:
    done = of(line("120", "1", VAT), line("0.99", "1", VAT), prices_include_tax=True)
    assert done.total == done.subtotal == usd("120.99")
    (row,) = done.tax_summary
    assert row.amount == usd("20.17")  # 20.165
    assert row.base + row.amount == usd("120.99")


def test_prices_with_several_taxes_hold_each_by_its_share() -> None:
    done = of(line("114.98", "1", GST, PST), prices_include_tax=True)
    assert [row.amount for row in done.tax_summary] == [usd("5.00"), usd("9.98")]  # of 14.975 per cent
    assert done.tax_summary[0].base == done.tax_summary[1].base == usd("100.00")
    assert done.total == usd("114.98")


def test_a_discount_before_tax_lowers_the_tax_of_each_rate_by_its_share() -> None:
    done = of(line("300", "1", VAT), line("100"), discount_kind=DiscountKind.AMOUNT, discount_value=D(40))
    assert done.discount_total == usd("40")
    assert done.tax_summary == (TaxRow("VAT", D(20), usd("270"), usd("54")),)
    assert done.total == usd("414")  # 400 - 40 + 54


def test_a_discount_after_tax_leaves_the_tax_alone() -> None:
    done = of(
        line("100", "1", VAT),
        discount_kind=DiscountKind.PERCENT,
        discount_value=D(10),
        discount_when=DiscountWhen.AFTER_TAX,
    )
    assert (done.discount_total, done.tax_total, done.total) == (usd("12"), usd("20"), usd("108"))


def test_shipping_and_adjustment_are_added_untaxed() -> None:
    done = of(line("100", "1", VAT), shipping_charge=usd("7.50"), adjustment=usd("-0.25"))
    assert (done.tax_total, done.total) == (usd("20"), usd("127.25"))


@pytest.mark.parametrize(
    ("rule", "price", "rounded", "total_"),
    [
        (Rounding.WHOLE, "10.49", "-0.49", "10.00"),
        (Rounding.WHOLE, "10.50", "0.50", "11.00"),
        (Rounding.FIVE_HUNDREDTHS, "10.02", "-0.02", "10.00"),
        (Rounding.FIVE_HUNDREDTHS, "10.03", "0.02", "10.05"),
        (Rounding.NONE, "10.03", "0", "10.03"),
    ],
)
def test_rounding_is_a_line_of_its_own(rule: str, price: str, rounded: str, total_: str) -> None:
    done = of(line(price), rounding=rule)
    assert (done.rounding_total, done.total) == (usd(rounded), usd(total_))


def test_yen_are_not_rounded_to_five_hundredths() -> None:
    assert of(line("7"), currency="JPY", rounding=Rounding.FIVE_HUNDREDTHS).total == Money.of("7", "JPY")


def test_something_taken_back_bears_no_discount() -> None:
    done = of(line("100"), line("30", "-1"), discount_kind=DiscountKind.PERCENT, discount_value=D(10))
    assert (done.subtotal, done.discount_total, done.total) == (usd("70"), usd("7"), usd("63"))


@pytest.mark.parametrize(
    ("field", "lines", "more"),
    [
        ("lines-1-quantity", [line("1"), line("1", "0.00001")], {}),
        ("lines-0-quantity", [line("1", "NaN")], {}),
        ("lines-0-quantity", [line("1", "100000000000")], {}),
        ("lines-0-rate", [line("0.0000001")], {}),
        ("lines-0-rate", [line("999999999999", "99999999")], {}),
        ("lines-0-discount_value", [line("1", percent="100.5")], {}),
        ("lines-0-discount_value", [line("1", amount="1.01")], {}),
        ("lines-0-discount_value", [line("1", amount="0.001")], {}),
        ("lines-0-discount_value", [line("1", percent="-1")], {}),
        ("lines-0-taxes", [line("1", "1", Tax("VAT", D(101)))], {}),
        ("lines-0-taxes", [line("1", "1", Tax("VAT", D(-1)))], {}),
        ("lines-0-taxes", [line("1", "1", VAT, VAT)], {}),
        ("lines", [line("1", "-1")], {}),
        ("lines", [line("900000000000"), line("900000000000")], {}),
        ("shipping_charge", [line("1")], {"shipping_charge": usd("-1")}),
        ("adjustment", [line("1")], {"adjustment": usd("-1.01")}),
        ("discount_value", [line("1")], {"discount_kind": "amount", "discount_value": D("1.01")}),
        ("discount_value", [line("1")], {"discount_kind": "percent", "discount_value": D(101)}),
        (
            "discount_value",
            [line("1", "1", VAT)],
            {"discount_kind": "amount", "discount_value": D("1.21"), "discount_when": "after_tax"},
        ),
    ],
)
def test_a_bad_input_is_named(field: str, lines: list[LineInput], more: dict[str, Any]) -> None:
    with pytest.raises(InvalidError) as refused:
        of(*lines, **more)
    assert refused.value.field == field
    assert refused.value.message


def test_an_unknown_currency_is_named() -> None:
    with pytest.raises(InvalidError) as refused:
        of(line("1"), currency="ABC")
    assert refused.value.field == "currency"


def test_the_tax_summary_survives_its_json() -> None:
    row = TaxRow("VAT", D("7.5000"), usd("100"), usd("7.50"))
    assert row.as_json() == {"name": "VAT", "percentage": "7.5", "base": "100.00", "amount": "7.50"}
    assert TaxRow.from_json(row.as_json(), "USD") == row


TAXES = st.lists(
    st.sampled_from([VAT, GST, PST, Tax("Zero", D(0)), Tax("Full", D(100))]), max_size=3, unique=True
).map(tuple)
PERCENTAGES = st.decimals(0, 100, places=4)


@st.composite
def lines(draw: st.DrawFn) -> LineInput:
    percent = draw(st.booleans())
    return LineInput(
        quantity=draw(st.decimals(0, 10_000, places=4)),
        rate=draw(st.decimals(0, 10_000, places=6)),
        discount_kind=DiscountKind.PERCENT if percent else DiscountKind.NONE,
        discount_value=draw(PERCENTAGES) if percent else D(0),
        taxes=draw(TAXES),
    )


@st.composite
def documents(draw: st.DrawFn) -> DocumentInput:
    currency = draw(st.sampled_from(["USD", "JPY", "KWD"]))
    return DocumentInput(
        currency=currency,
        lines=draw(st.lists(lines(), min_size=1, max_size=8)),
        prices_include_tax=draw(st.booleans()),
        discount_kind=draw(st.sampled_from([DiscountKind.NONE, DiscountKind.PERCENT])),
        discount_value=draw(PERCENTAGES),
        discount_when=draw(st.sampled_from(DiscountWhen.values)),
        shipping_charge=Money.from_minor(draw(st.integers(0, 10_000)), currency),
        adjustment=Money.from_minor(draw(st.integers(0, 10_000)), currency),
        rounding=draw(st.sampled_from(Rounding.values)),
    )


@given(documents())
def test_every_document_adds_up(document: DocumentInput) -> None:
    done = compute(document)
    currency = document.currency
    zero = Money.zero(currency)
    assert done.subtotal == total(done.line_amounts, currency)
    assert done.tax_total == total((row.amount for row in done.tax_summary), currency)
    added = zero if document.prices_include_tax else done.tax_total
    charges = (document.shipping_charge or zero) + (document.adjustment or zero)
    assert done.total == done.subtotal - done.discount_total + added + charges + done.rounding_total
    assert zero <= done.discount_total <= done.subtotal + added
    assert all(row.amount >= zero and row.base >= zero for row in done.tax_summary)
    assert len({(row.name, row.percentage) for row in done.tax_summary}) == len(done.tax_summary)


@given(documents())
def test_each_tax_is_within_half_a_unit_of_the_exact_tax(document: DocumentInput) -> None:
    done = compute(document)
    for row in done.tax_summary:
        if not document.prices_include_tax:
            exact = row.base.amount * row.percentage / 100
            assert abs(row.amount.amount - exact) <= smallest(document.currency) / 2


@given(documents())
def test_what_is_taxed_is_what_the_lines_come_to_less_the_discount(document: DocumentInput) -> None:
    """With one rate on every line, base (and tax, where included) is the whole of the discounted lines."""
    every_line_taxed = [
        LineInput(each.quantity, each.rate, each.discount_kind, each.discount_value, (VAT,))
        for each in document.lines
    ]
    done = compute(_with(document, lines=every_line_taxed))
    before_tax = document.discount_when == DiscountWhen.BEFORE_TAX
    taxed = done.subtotal - (done.discount_total if before_tax else Money.zero(document.currency))
    (row,) = done.tax_summary
    assert taxed == (row.base + row.amount if document.prices_include_tax else row.base)


@given(documents())
def test_rounding_reaches_a_multiple_by_the_shortest_way(document: DocumentInput) -> None:
    done = compute(document)
    step = {"whole": D(1), "0.05": D("0.05")}.get(document.rounding)
    if step is None or (minor_digits(document.currency) == 0):
        assert not done.rounding_total
    else:
        assert done.total.amount % step == 0
        assert abs(done.rounding_total.amount) <= step / 2


def _with(document: DocumentInput, **changes: Any) -> DocumentInput:
    from dataclasses import replace

    return replace(document, **changes)
