"""Reading a mapping: every key is checked, and every complaint names the key."""

from __future__ import annotations

import codecs
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from portico.customers.models import Customer
from portico.importing.errors import MappingError
from portico.importing.mapping.model import (
    AddressMapping,
    Comparison,
    Condition,
    ContactMapping,
    CustomerMapping,
    DocumentMapping,
    Effect,
    FileFormat,
    LineMapping,
    Mapping,
    NegativeLines,
    Rule,
    Terms,
    ZeroTotal,
)
from portico.importing.mapping.section import Section
from portico.importing.mapping.template import Template
from portico.organisations import checks
from portico.organisations.models import PaymentTerms
from portico.transactions.models import DocumentKind

KINDS: Final = (DocumentKind.INVOICE.value, DocumentKind.CREDIT_NOTE.value)
CUSTOMER_TEXTS: Final = (
    "display_name", "company_name", "salutation", "first_name", "last_name", "email", "phone", "mobile",
    "website", "tax_number", "portal_language", "remarks",
)  # fmt: skip
"""Columns of Customer that a mapping may fill, besides its number."""


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping.

    Raises:
        MappingError: the file is not TOML, or a key is missing, unknown or cannot be followed.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise MappingError(f"The mapping {path} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping {path} is not TOML: {error}.") from None
    return read_mapping(path.name, Section("", values))


def read_mapping(name: str, top: Section) -> Mapping:
    """Check the values of a mapping.

    Raises:
        MappingError: see `load_mapping`.
    """
    terms = top.optional_table("payment_terms")
    mapping = Mapping(
        name=name,
        file=_file(top.table("file")),
        document=_document(top.table("document")),
        payment_terms=_terms(terms) if terms is not None else None,
        customer=_customer(top.table("customer")),
        line=_line(top.table("line")),
        rules=tuple(_rule(each) for each in top.tables("rule")),
        countries=_countries(top.table("countries")),
    )
    top.close()
    return mapping


def _file(section: Section) -> FileFormat:
    encoding = section.text("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise MappingError(f"{section.key('encoding')}: “{encoding}” is not an encoding.") from None
    time_zone = section.text("time_zone", "")
    try:
        ZoneInfo(time_zone or "UTC")
    except (ValueError, OSError, LookupError):
        raise MappingError(f"{section.key('time_zone')}: “{time_zone}” is not a time zone.") from None
    found = FileFormat(
        encoding="utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding,
        delimiter=_one_character(section, "delimiter", ","),
        sheet=section.text("sheet", ""),
        date_formats=section.texts("date_formats", ["%Y-%m-%d"]),
        time_zone=time_zone,
        decimal_point=section.choice("decimal_point", (".", ","), "."),
        thousands=section.choice("thousands", ("", ",", ".", " ", "'", "\N{NO-BREAK SPACE}"), ""),
    )
    for date_format in found.date_formats:
        _check_date_format(section.key("date_formats"), date_format)
    if found.decimal_point == found.thousands:
        raise MappingError(f"{section.key('thousands')} must not be the decimal point.")
    section.close()
    return found


def _check_date_format(key: str, date_format: str) -> None:
    """A format must bring a day back from its own text."""
    day = datetime(2010, 11, 29, 13, 5, 7)  # noqa: DTZ001 (a day on a document has no zone)
    try:
        back = datetime.strptime(day.strftime(date_format), date_format)  # noqa: DTZ007
    except ValueError:
        back = None
    if back is None or back.date() != day.date():
        raise MappingError(f"{key}: “{date_format}” does not give a full date. An example: “%d/%m/%Y”.")


def _one_character(section: Section, name: str, default: str) -> str:
    value = section.text(name, default)
    if len(value) != 1 or value in '"\r\n':
        raise MappingError(f"{section.key(name)} must be one character.", field=section.key(name))
    return value


def _document(section: Section) -> DocumentMapping:
    found = DocumentMapping(
        group_by=section.texts("group_by"),
        kind=DocumentKind(section.choice("kind", KINDS, "invoice")),
        number=section.template("number", required=True),
        date=section.template("date", required=True),
        due_date=section.template("due_date"),
        currency=section.template("currency", required=True),
        reference=section.template("reference"),
        notes=section.template("notes"),
        terms=section.template("terms"),
        shipping_charge=section.template("shipping_charge"),
        adjustment=section.template("adjustment"),
        adjustment_label=section.template("adjustment_label"),
        total=section.template("total"),
        prices_include_tax=section.flag("prices_include_tax", default=False),
        allow_partial_payments=section.flag("allow_partial_payments", default=True),
        zero_total=ZeroTotal(section.choice("zero_total", list(ZeroTotal), "import")),
        negative_lines=NegativeLines(section.choice("negative_lines", list(NegativeLines), "keep")),
    )
    section.close()
    return found


def _terms(section: Section) -> Terms:
    found = Terms(
        name=section.text("name"),
        rule=section.choice("rule", PaymentTerms.Rule.values, PaymentTerms.Rule.DAYS.value),
        days=section.days("days", 0),
    )
    longest = PaymentTerms._meta.get_field("name").max_length or 0
    if not 0 < len(found.name) <= longest:
        raise MappingError(f"{section.key('name')} must have 1 to {longest} characters.")
    section.close()
    return found


def _customer(section: Section) -> CustomerMapping:
    texts = {"customer_number": section.template("number", required=True)}
    for name in CUSTOMER_TEXTS:
        texts[name] = section.template(name, required=name == "display_name")
    contact = section.optional_table("contact")
    found = CustomerMapping(
        texts={name: template for name, template in texts.items() if template},
        kind=section.choice("kind", Customer.Kind.values, Customer.Kind.BUSINESS.value),
        billing_address=_address(section, "billing_address"),
        shipping_address=_address(section, "shipping_address"),
        contact=_contact(contact) if contact is not None else None,
    )
    section.close()
    return found


def _address(customer: Section, name: str) -> AddressMapping | None:
    section = customer.optional_table(name)
    if section is None:
        return None
    found = AddressMapping(**{each: section.template(each) for each in AddressMapping.__slots__})
    section.close()
    return found


def _contact(section: Section) -> ContactMapping:
    found = ContactMapping(
        email=section.template("email", required=True),
        first_name=section.template("first_name", required=True),
        last_name=section.template("last_name"),
        phone=section.template("phone"),
    )
    section.close()
    return found


def _line(section: Section) -> LineMapping:
    found = LineMapping(
        sku=section.template("sku"),
        name=section.template("name", required=True),
        description=section.template("description"),
        unit=section.template("unit"),
        quantity=section.template("quantity", required=True),
        rate=section.template("rate", required=True),
        discount_percent=section.template("discount_percent"),
        tax_percent=section.template("tax_percent"),
        tax_name=section.template("tax_name"),
        make_items=section.flag("make_items", default=True),
    )
    if found.tax_percent and not found.tax_name:
        raise MappingError(f"{section.key('tax_name')} is missing: a tax needs a name.")
    section.close()
    return found


def _rule(section: Section) -> Rule:
    when = section.table("when")
    present = [test for test in Comparison if when.has(test.value)]
    if len(present) + when.has("empty") != 1:
        tests = ", ".join(test.value for test in Comparison)
        raise MappingError(f"{when.place} needs exactly one of {tests}, empty.", field=when.place)
    condition = Condition(
        column=when.text("column"),
        test=present[0] if present else None,
        value=when.text(present[0].value) if present else "",
        empty=None if present else when.flag("empty", default=True),
    )
    when.close()
    rule = Rule(section.place, condition, _effect(section.table("then")))
    section.close()
    return rule


def _effect(section: Section) -> Effect:
    customer = section.table("customer")
    overrides: dict[str, Template] = {}
    for name in ("number", *CUSTOMER_TEXTS):
        if customer.has(name):
            column = "customer_number" if name == "number" else name
            overrides[column] = customer.template(name)
    customer.close()
    effect = Effect(
        kind=DocumentKind(section.choice("kind", KINDS)) if section.has("kind") else None,
        reverse_sign=section.flag("reverse_sign", default=False),
        reject=section.text("reject", ""),
        skip=section.text("skip", ""),
        customer=overrides,
    )
    section.close()
    if effect == Effect():
        raise MappingError(f"{section.place} changes nothing.", field=section.place)
    return effect


def _countries(section: Section) -> dict[str, str]:
    found = {}
    for name, code in section.items():
        if code and code not in checks.countries():
            raise MappingError(
                f"{section.key(name)} must be a country code such as GB, or empty for no country.",
                field=section.key(name),
            )
        found[name] = code
    return found
