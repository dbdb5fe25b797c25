"""Money on a page is exact, whole in every currency, and dims its cents only where it is large."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from portico.kit.money import Money
from portico.ui.money import money, money_compact, money_text


def of(amount: str, currency: str = "USD") -> Money:
    return Money(Decimal(amount), currency)


def test_money_carries_its_exact_value_for_programs() -> None:
    assert money(of("3980.00")) == '<data class="money" value="3980.00">$3,980.00</data>'


@pytest.mark.parametrize(
    ("amount", "currency", "language", "cents"),
    [
        ("17420.50", "USD", "en", ".50"),
        ("-1210.00", "USD", "en", ".00"),
        ("1234567.89", "EUR", "de", ",89"),
        ("1210.125", "KWD", "en", ".125"),
        ("1234.50", "CHF", "de-ch", ".50"),
    ],
)
def test_the_cents_of_a_large_figure_recede(amount: str, currency: str, language: str, cents: str) -> None:
    with translation.override(language):
        shown = money(of(amount, currency), "xl")
        assert f'<span class="cents">{cents}</span>' in shown
        plain = money(of(amount, currency))
    assert "cents" not in plain


def test_a_currency_without_decimals_has_nothing_to_dim() -> None:
    assert "cents" not in money(of("1250000", "JPY"), "lg")


def test_nothing_of_the_figure_is_lost_by_dimming() -> None:
    for currency, amount in (("USD", "-0.05"), ("KWD", "999999999999.999"), ("EUR", "0.00")):
        for language in ("en", "de", "fr", "ar", "ja"):
            with translation.override(language):
                large = str(money(of(amount, currency), "lg")).replace('<span class="cents">', "")
                assert money_text(of(amount, currency)) in large.replace("</span>", "")


def test_a_negative_amount_has_a_true_minus_sign() -> None:
    assert money_text(of("-408.00")) == "−$408.00"


def test_between_arabic_words_the_minus_stays_on_the_left_of_its_figure() -> None:
    with translation.override("ar"):
        assert "\N{LEFT-TO-RIGHT MARK}−408.00" in money_text(of("-408.00"))


def test_what_no_longer_counts_is_struck_through() -> None:
    assert 'class="money void"' in money(of("1210.00"), void=True)


def test_an_axis_may_shorten() -> None:
    assert money_compact(of("15000.00")) == "$15K"
