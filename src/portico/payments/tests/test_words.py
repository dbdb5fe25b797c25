"""Amounts in words on Maya's receipts."""

from __future__ import annotations

import pytest

from portico.kit.money import Money
from portico.payments.words import in_words


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        ("4215.00", "USD", "en", "Four thousand, two hundred and fifteen US dollars"),
        ("1.00", "USD", "en", "One US dollar"),
        ("0.07", "USD", "en", "Zero US dollars and 07/100"),
        ("1200", "JPY", "en", "One thousand, two hundred Japanese yen"),
        ("12.345", "KWD", "en", "Twelve Kuwaiti dinars and 345/1000"),
        ("21.00", "EUR", "de", "Einundzwanzig Euro"),
        ("21.00", "EUR", "fr", "Vingt et un euros"),
        ("21.00", "EUR", "pt-br", "Vinte e um Euros"),
        ("5.00", "USD", "zh-hans", "Five US dollars"),
        ("999999999999.99", "USD", "en", "Nine hundred and ninety-nine billion"),
    ],
)
def test_amounts_are_spelled_in_the_customers_language(
    amount: str, currency: str, language: str, words: str
) -> None:
    assert in_words(Money.of(amount, currency), language).startswith(words)
