"""From a document's row to its customer: checked as the office checks it, and kept for the next document."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from operator import itemgetter
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Model

from portico.access.changes import Check, set_fields
from portico.customers import fields as rules
from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.building.outcome import CustomerDraft, Problem
from portico.importing.building.values import Countries, ValueProblemError
from portico.importing.mapping import Mapping
from portico.importing.mapping.model import AddressMapping
from portico.importing.mapping.template import Fields, Template
from portico.importing.readers import Row
from portico.kit.errors import InvalidError

_Bound: TypeAlias = tuple[Template, Callable[[Fields], str]]

_REMEMBERED: Final = 200_000
_RULES: Final[dict[type[Model], tuple[frozenset[str], Dictionary[str, Check]]]] = {
    Customer: (rules.CUSTOMER, rules.CUSTOMER_CHECKS),
    Address: (rules.ADDRESS, rules.ADDRESS_CHECKS),
    ContactPerson: (rules.CONTACT, rules.CONTACT_CHECKS),
}


class CustomerBuilder:
    """Reads customers by the mapping and one set of rules' overrides."""

    def __init__(
        self, mapping: Mapping, header: Fields, organisation_id: UUID, overrides: Dictionary[str, Template]
    ) -> None:
        customer = mapping.customer
        texts = {**customer.texts, **overrides}
        self._organisation_id = organisation_id
        self._kind = customer.kind
        self._texts = {name: (each, each.bind(header)) for name, each in texts.items()}
        self._addresses = [
            (kind, {name: (each, each.bind(header)) for name, each in _templates(address).items() if each})
            for kind, address in (
                (Address.Kind.BILLING, customer.billing_address),
                (Address.Kind.SHIPPING, customer.shipping_address),
            )
            if address is not None
        ]
        contact = customer.contact
        named = {} if contact is None else {name: getattr(contact, name) for name in contact.__slots__}
        self._contact = {name: (each, each.bind(header)) for name, each in named.items() if each}
        self._countries = Countries(mapping.countries)
        self._key = _key(self._used_columns(), header)
        self._known: dict[object, CustomerDraft] = {}

    def build(self, row: Row, currency: str) -> CustomerDraft | list[Problem]:
        """The customer the row names, or what is wrong with it."""
        key = (currency, self._key(row.fields))
        found = self._known.get(key)
        if found is not None:
            return found
        problems: list[Problem] = []
        draft = self._build(row, currency, problems)
        if problems:
            return problems
        if len(self._known) < _REMEMBERED:
            self._known[key] = draft
        return draft

    def _build(self, row: Row, currency: str, problems: list[Problem]) -> CustomerDraft:
        customer = Customer(organisation_id=self._organisation_id, currency=currency, kind=self._kind)
        values = self._fill(customer, self._texts, row, problems)
        number = values.get("customer_number", "")
        if not number:
            template = self._texts["customer_number"][0]
            problems.append(Problem(row.line, template.where, "is empty; a customer needs a number"))
        addresses = [self._address(kind, columns, row, problems) for kind, columns in self._addresses]
        return CustomerDraft(
            number,
            customer,
            tuple(address for address in addresses if address is not None),
            self._contact_person(row, problems),
        )

    def _address(
        self, kind: Address.Kind, columns: Dictionary[str, _Bound], row: Row, problems: list[Problem]
    ) -> Address | None:
        address = Address(organisation_id=self._organisation_id, kind=kind)
        values = self._fill(address, columns, row, problems)
        return address if any(values.values()) else None

    def _contact_person(self, row: Row, problems: list[Problem]) -> ContactPerson | None:
        if not self._contact or not self._contact["email"][1](row.fields):
            return None
        # The first contact person comes first and has every permission (S1.5).
        person = ContactPerson(organisation_id=self._organisation_id, is_primary=True)
        for permission in rules.PERMISSIONS:
            setattr(person, permission, True)
        self._fill(person, self._contact, row, problems)
        return person

    def _fill(
        self,
        target: Customer | Address | ContactPerson,
        columns: Dictionary[str, _Bound],
        row: Row,
        problems: list[Problem],
    ) -> dict[str, str]:
        """Set the columns on the row, by the rules of the office; returns what was set."""
        allowed, checks = _RULES[type(target)]
        values: dict[str, str] = {}
        for name, (template, read) in columns.items():
            try:
                value = read(row.fields)
                if name == "country":
                    value = self._countries.read(value)
                elif name == "portal_language" and not value:
                    continue
                set_fields(target, {name: value}, allowed=allowed, checks=checks)
                values[name] = value
            except (ValueProblemError, InvalidError) as error:
                problems.append(Problem(row.line, template.where, str(error)))
        return values

    def _used_columns(self) -> list[str]:
        templates = [template for template, _ in [*self._texts.values(), *self._contact.values()]]
        for _, columns in self._addresses:
            templates += [template for template, _ in columns.values()]
        return list(dict.fromkeys(column for template in templates for column in template.columns))


def _templates(address: AddressMapping) -> dict[str, Template]:
    return {name: getattr(address, name) for name in AddressMapping.__slots__}


def _key(columns: list[str], header: Fields) -> Callable[[Fields], object]:
    """A function from a row to the cells that the customer is made of."""
    indexes = [list(header).index(column) for column in columns]
    return itemgetter(*indexes) if indexes else lambda _: ()
