"""An amount in words, as receipts have it: “Four thousand, two hundred and fifteen US dollars and 50/100”."""

from __future__ import annotations

from babel.numbers import get_currency_name
from django.utils.translation import gettext as _
from num2words import num2words

from portico.kit.money import Money, minor_digits, parse_locale


def in_words(money: Money, language: str) -> str:
    """Spell an amount out, the currency by its CLDR name, minor units as a fraction of the major one.

    A fraction reads the same in every language and for every currency; names of minor units are not in CLDR.

    Args:
        money: the amount.
        language: a tag such as “de”; English where num2words does not know it.
    """
    whole = int(money.amount)
    spelled, spoken = _spelled(whole, language)
    name = get_currency_name(money.currency, count=whole, locale=parse_locale(spoken))
    words = f"{spelled[:1].upper()}{spelled[1:]} {name}"
    digits = minor_digits(money.currency)
    rest = money.to_minor() - whole * 10**digits
    if not rest:
        return words
    fraction = f"{abs(rest):0{digits}d}/{10**digits}"
    return _("%(amount)s and %(fraction)s") % {"amount": words, "fraction": fraction}


def _spelled(whole: int, language: str) -> tuple[str, str]:
    """The number in words, and the language they are in."""
    for tag in (language.replace("-", "_"), language.split("-", maxsplit=1)[0]):
        try:
            return str(num2words(whole, lang=tag)), tag  # type: ignore[no-untyped-call] # it ships no types
        except NotImplementedError:  # how num2words says that it does not know the language
            continue
    return str(num2words(whole, lang="en")), "en"  # type: ignore[no-untyped-call] # it ships no types
