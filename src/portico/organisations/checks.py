"""Codes that come from outside lists: currencies, languages, countries, time zones, addresses of mail and web."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator, EmailValidator

from portico.kit.errors import InvalidError
from portico.kit.money import MoneyError, minor_digits

_LONGEST_EMAIL = 254
_CODE = 2
_ADDRESS_IN_NAME = re.compile(r"://|\bwww\.", re.IGNORECASE)
# CLDR's territories that are no countries: unions, test codes, “unknown”.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def currency(value: str, field: str) -> str:
    """An ISO 4217 code, in capitals; InvalidError for another."""
    code = value.upper()
    try:
        minor_digits(code)
    except MoneyError as error:
        raise InvalidError(error.message, field=field) from error
    return code


def language(value: str, field: str) -> str:
    """A language tag that CLDR knows, written like “pt-br”; InvalidError for another."""
    try:
        Locale.parse(value.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        raise InvalidError(f"“{value}” is not a language code such as en or pt-br.", field=field) from None
    return value.replace("_", "-").lower()


def country(value: str, field: str) -> str:
    """An ISO 3166-1 alpha-2 code, in capitals; InvalidError for another."""
    code = value.upper()
    if code not in countries():
        raise InvalidError(f"“{value}” is not a country code such as US or DE.", field=field)
    return code


def time_zone(value: str, field: str) -> str:
    """A name of the time zone database, such as “Europe/Berlin”; InvalidError for another."""
    if value not in _time_zones():
        raise InvalidError(f"“{value}” is not a time zone such as Europe/Berlin.", field=field)
    return value


def email(value: str, field: str) -> str:
    """An e-mail address, in lower case; InvalidError for what is none."""
    try:
        EmailValidator()(value)
    except ValidationError:
        raise InvalidError(f"“{value[:60]}” is not an e-mail address.", field=field) from None
    if len(value) > _LONGEST_EMAIL:
        raise InvalidError("An e-mail address has at most 254 characters.", field=field)
    return value.lower()


def person_name(value: str, field: str) -> str:
    """A name or a title; InvalidError for one with a web address in it.

    Names stand in e-mails that the organisation sends, where an address would be taken for the organisation's own.
    """
    if _ADDRESS_IN_NAME.search(value):
        raise InvalidError("A name has no web address in it.", field=field)
    return value


def account_name(value: str, field: str) -> str:
    """A company's or a customer's name, such as “www.example”; InvalidError for one with a whole link in it."""
    if "://" in value:
        raise InvalidError("A name has no web address in it.", field=field)
    return value


def website(value: str, field: str) -> str:
    """A web address; https:// is put before one that names no scheme."""
    address = value if "://" in value else f"https://{value}"
    if not address.lower().startswith(("https://", "http://")):
        raise InvalidError("A website starts with https:// or http://.", field=field)
    return address


def domain(value: str, field: str) -> str:
    """A host name such as portal.example.com, in lower case; InvalidError for what is none."""
    name = value.lower().rstrip(".")
    try:
        DomainNameValidator(accept_idna=True)(name)
    except ValidationError:
        raise InvalidError(
            f"“{value[:60]}” is not a domain such as portal.example.com.", field=field
        ) from None
    return name


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes of all countries."""
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(
        code for code in codes if len(code) == _CODE and code.isalpha() and code not in _NO_COUNTRIES
    )


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
