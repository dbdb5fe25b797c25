"""Money is exact, refuses what is not money, and shares itself out to the last cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kit.money import LARGEST, Money, MoneyError, format_money, minor_digits, smaller, total

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
UNITS = st.integers(-(4 * 10**11), 4 * 10**11)
WEIGHTS = st.lists(st.decimals(0, 10**9, places=4), min_size=1, max_size=12).filter(any)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("USD", 2), ("KWD", 3)])
def test_each_currency_has_its_decimals(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
    assert str(Money.of("1200", currency).amount) == f"{Decimal(1200):.{digits}f}"


@pytest.mark.parametrize("text", ["", "abc", "1,200.00", "1e3", "1_000", "NaN", "inf", "0.001", "٣", "1e9"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError) as refused:
        usd(text)
    assert refused.value.field == "amount"


def test_a_yen_has_no_sen() -> None:
    with pytest.raises(MoneyError, match="no decimals"):
        Money.of("0.5", "JPY")


def test_the_largest_amount_is_the_last_one() -> None:
    assert Money(LARGEST, "KWD").amount == LARGEST
    with pytest.raises(MoneyError, match="too large"):
        Money.of("1000000000000", "KWD")


@pytest.mark.parametrize("not_decimal", [1, 1.5, "1", True, None])
def test_money_is_made_of_decimals_only(not_decimal: object) -> None:
    with pytest.raises(TypeError):
        Money(not_decimal, "USD")  # type: ignore[arg-type]


def test_bare_numbers_do_not_mix_with_money() -> None:
    with pytest.raises(TypeError):
        usd("1") + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        assert usd("1") < 2  # type: ignore[operator]
    assert usd("1") != Decimal(1)


def test_dollars_do_not_mix_with_yen() -> None:
    with pytest.raises(MoneyError, match="USD and JPY"):
        usd("1") + Money.of("1", "JPY")
    with pytest.raises(MoneyError):
        smaller(usd("1"), Money.of("1", "JPY"))
    with pytest.raises(MoneyError):
        total([Money.of("1", "JPY")], "USD")


@pytest.mark.parametrize("code", ["XXX1", "usd", "", "ABC"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(MoneyError) as refused:
        Money.zero(code)
    assert refused.value.field == "currency"


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.00499", "0.00"), ("2.675", "2.68")]
)
def test_halves_are_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert Money.rounded(Decimal(amount), "USD") == usd(rounded)


def test_there_is_no_negative_nothing() -> None:
    assert str(Money.rounded(Decimal("-0.001"), "USD")) == str(Money.of("-0", "USD")) == "0.00 USD"


def test_people_read_amounts_in_their_language() -> None:
    assert format_money(usd("-1234.5")) == "\N{MINUS SIGN}$1,234.50"
    assert format_money(Money.of("1234.5", "EUR"), "de") == "1.234,50\N{NO-BREAK SPACE}€"
    assert format_money(Money.of("1234", "JPY"), "no such language") == "¥1,234"


@given(UNITS, CURRENCIES)
def test_minor_units_and_text_come_back_the_same(units: int, currency: str) -> None:
    money = Money.from_minor(units, currency)
    assert money.to_minor() == units
    assert Money.of(f"{money.amount:f}", currency) == money


@given(UNITS, UNITS, CURRENCIES)
def test_adding_is_exact(a: int, b: int, currency: str) -> None:
    left, right = Money.from_minor(a, currency), Money.from_minor(b, currency)
    assert (left + right).to_minor() == a + b
    assert (left - right) + right == left
    assert (left < right) == (a < b)


def test_a_shared_amount_gives_what_is_left_to_whoever_lost_most() -> None:
    thirds = usd("10.00").split([Decimal(1)] * 3)
    assert thirds == [usd("3.33"), usd("3.33"), usd("3.34")]
    assert usd("0.02").split([Decimal(1)] * 4) == [usd("0"), usd("0"), usd("0.01"), usd("0.01")]
    assert usd("0.10").split([Decimal(66), Decimal(34)]) == [usd("0.07"), usd("0.03")]
    assert usd("-0.10").split([Decimal(66), Decimal(34)]) == [usd("-0.07"), usd("-0.03")]
    assert usd("1.00").split([Decimal("0.9"), Decimal(0), Decimal("0.1")]) == [
        usd("0.90"), usd("0"), usd("0.10"),
    ]  # fmt: skip


@pytest.mark.parametrize("weights", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
def test_an_amount_is_not_shared_out_by_nothing(weights: list[Decimal]) -> None:
    with pytest.raises(MoneyError):
        usd("1").split(weights)


@given(UNITS, WEIGHTS, CURRENCIES)
def test_shares_add_up_and_none_is_a_unit_off(units: int, weights: list[Decimal], currency: str) -> None:
    whole = Money.from_minor(units, currency)
    parts = whole.split(weights)
    assert total(parts, currency) == whole
    of = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.to_minor() - Decimal(units) * weight / of) < Decimal("1.000001")
        assert part.to_minor() * units >= 0
        assert weight or not part


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "printed"),
    [
        ("1210.125", "KWD", "en", "KWD\N{NO-BREAK SPACE}1,210.125"),
        ("-1210.125", "KWD", "en", "\N{MINUS SIGN}KWD\N{NO-BREAK SPACE}1,210.125"),
        ("1210.50", "USD", "en", "$1,210.50"),
        ("1210.50", "EUR", "de", "1.210,50\N{NO-BREAK SPACE}€"),
        ("1210", "JPY", "en", "¥1,210"),
    ],
)
def test_a_code_of_letters_keeps_its_distance_from_the_figures(
    amount: str, currency: str, locale: str, printed: str
) -> None:
    assert format_money(Money.of(amount, currency), locale) == printed


def test_a_language_that_nobody_knows_prints_as_english() -> None:
    assert format_money(Money.of("1.50", "USD"), "qq") == "$1.50"
