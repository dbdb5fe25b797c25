"""What a mapping says, as frozen values (docs/guides/importing.md explains every key)."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from enum import StrEnum

from portico.importing.mapping.template import NOTHING, Template
from portico.transactions.models import DocumentKind


class ZeroTotal(StrEnum):
    """What becomes of a document that comes to nothing."""

    IMPORT = "import"
    SKIP = "skip"
    REJECT = "reject"


class NegativeLines(StrEnum):
    """What becomes of a line below zero in a document that is not (a discount, something taken back)."""

    KEEP = "keep"
    REJECT = "reject"


class Comparison(StrEnum):
    """How a rule looks at a column."""

    EQUALS = "equals"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How the file is written."""

    encoding: str
    delimiter: str
    sheet: str
    date_formats: tuple[str, ...]
    time_zone: str
    decimal_point: str
    thousands: str


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice falls due: so many days after its date, or after the end of its month."""

    name: str
    rule: str
    days: int


@dataclass(frozen=True, slots=True)
class DocumentMapping:
    """The header of a document; it must come out the same from each of the document's lines."""

    group_by: tuple[str, ...]
    kind: DocumentKind
    number: Template
    date: Template
    due_date: Template
    currency: Template
    reference: Template
    notes: Template
    terms: Template
    shipping_charge: Template
    adjustment: Template
    adjustment_label: Template
    total: Template
    prices_include_tax: bool
    allow_partial_payments: bool
    zero_total: ZeroTotal
    negative_lines: NegativeLines


@dataclass(frozen=True, slots=True)
class AddressMapping:
    """An address."""

    attention: Template
    street: Template
    street2: Template
    city: Template
    state: Template
    postal_code: Template
    country: Template


@dataclass(frozen=True, slots=True)
class ContactMapping:
    """The contact person made with a new customer, if the e-mail address comes out as something; not invited."""

    email: Template
    first_name: Template
    last_name: Template
    phone: Template


@dataclass(frozen=True, slots=True)
class CustomerMapping:
    """The customer, known by its number."""

    texts: Dictionary[str, Template]
    """Columns of Customer by name: customer_number, display_name, email, …"""
    kind: str
    billing_address: AddressMapping | None
    shipping_address: AddressMapping | None
    contact: ContactMapping | None


@dataclass(frozen=True, slots=True)
class LineMapping:
    """One line of a document."""

    sku: Template
    name: Template
    description: Template
    unit: Template
    quantity: Template
    rate: Template
    discount_percent: Template
    tax_percent: Template
    tax_name: Template
    make_items: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so in the document's first line: the column passes the test, or is empty or not."""

    column: str
    test: Comparison | None
    value: str
    empty: bool | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule changes."""

    kind: DocumentKind | None = None
    reverse_sign: bool = False
    reject: str = ""
    skip: str = ""
    customer: Dictionary[str, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """Documents that are not as the others."""

    key: str
    when: Condition
    then: Effect


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole mapping."""

    name: str
    file: FileFormat
    document: DocumentMapping
    payment_terms: Terms | None
    customer: CustomerMapping
    line: LineMapping
    rules: tuple[Rule, ...]
    countries: Dictionary[str, str]

    def header_templates(self) -> list[Template]:
        """Every template whose value belongs to the document or its customer, not to a line."""
        document = self.document
        found = [
            document.number, document.date, document.due_date, document.currency, document.reference,
            document.notes, document.terms, document.shipping_charge, document.adjustment,
            document.adjustment_label, document.total, *self.customer.texts.values(),
        ]  # fmt: skip
        for address in (self.customer.billing_address, self.customer.shipping_address):
            if address is not None:
                found += [getattr(address, name) for name in AddressMapping.__slots__]
        if self.customer.contact is not None:
            contact = self.customer.contact
            found += [contact.email, contact.first_name, contact.last_name, contact.phone]
        for rule in self.rules:
            found += rule.then.customer.values()
        return [template for template in found if template is not NOTHING]
