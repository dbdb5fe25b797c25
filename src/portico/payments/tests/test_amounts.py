"""What people type as an amount, in their own way of writing numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kit.money import Money, MoneyError
from portico.payments.typed_amounts import read_amount, write_amount


@pytest.mark.parametrize(
    ("text", "locale", "amount"),
    [
        ("1,200.50", "en", "1200.50"), ("1200.5", "en", "1200.50"), (" 0.01 ", "en", "0.01"),
        ("1.200,50", "de", "1200.50"), ("1 200,50", "fr", "1200.50"), ("1’200.50", "de-ch", "1200.50"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, locale: str, amount: str) -> None:
    assert read_amount(text, "USD", locale) == Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.00",
        "-5",
        "−5",
        "0.001",
        "1e9",
        "ten",
        "1,20.5",
        "NaN",
        "1.2.3",
        "٣",
        "999999999999999",
        "$5",
        pytest.param("1," * 5000, id="many groups"),
        pytest.param("9" * 2_000_000, id="very long"),
    ],
)
def test_what_is_no_amount_gets_a_clear_message(text: str) -> None:
    with pytest.raises(MoneyError) as refused:
        read_amount(text, "USD", "en")
    assert refused.value.message


def test_yen_have_no_decimals_and_dinars_three() -> None:
    assert str(read_amount("1,200", "JPY", "en")) == "1200 JPY"
    assert str(read_amount("1.234", "KWD", "en")) == "1.234 KWD"
    with pytest.raises(MoneyError, match="no decimals"):
        read_amount("12.5", "JPY", "en")


@given(
    units=st.integers(min_value=1, max_value=10**11),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    locale=st.sampled_from(["en", "de", "fr", "es", "it", "nl", "pt", "sv", "ja", "zh", "de-ch"]),
)
def test_what_is_written_is_read_back(units: int, currency: str, locale: str) -> None:
    amount = Money.from_minor(units, currency)
    assert read_amount(write_amount(amount, locale), currency, locale) == amount
