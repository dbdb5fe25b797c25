"""What the books have already: customers by number, items by SKU, and the rows that are made for new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.building.grouping import Survey
from portico.importing.building.outcome import Built, CustomerDraft
from portico.importing.building.values import Numbers, ValueProblemError
from portico.importing.writing.columns import insert_rows
from portico.items.models import Item
from portico.organisations.models import Organisation, PaymentTerms
from portico.transactions.drafts import LineDraft


class Customers:
    """Finds the customers of a batch and makes those that are missing; what is there stays as it is."""

    def __init__(self, terms: PaymentTerms | None, *, dry_run: bool) -> None:
        self._terms = terms
        self._dry_run = dry_run
        self._ids: dict[str, UUID] = {}
        self._drafts: dict[str, CustomerDraft] = {}
        self._described_differently: set[str] = set()
        self.new = 0
        self.known = 0

    @property
    def described_differently(self) -> int:
        """How many the file describes in more than one way."""
        return len(self._described_differently)

    def ensure(self, drafts: Iterable[CustomerDraft]) -> Mapping[str, UUID]:
        """Customer ids by number; within a scope."""
        fresh: dict[str, CustomerDraft] = {}
        for draft in drafts:
            first = self._drafts.setdefault(draft.number, draft)
            if first is not draft and _differs(first, draft):
                self._described_differently.add(draft.number)
            if draft.number not in self._ids:
                fresh.setdefault(draft.number, draft)
        if fresh:
            there = Customer.objects.filter(customer_number__in=list(fresh)).values_list(
                "customer_number", "pk"
            )
            found = dict(there)
            self._ids.update(found)
            self.known += len(found)
            self._make([draft for number, draft in fresh.items() if number not in found])
        return self._ids

    def _make(self, drafts: Sequence[CustomerDraft]) -> None:
        self.new += len(drafts)
        for draft in drafts:
            self._ids[draft.number] = draft.customer.pk
            draft.customer.payment_terms = self._terms
            for address in draft.addresses:
                address.customer = draft.customer
            if draft.contact is not None:
                draft.contact.customer = draft.customer
        if self._dry_run or not drafts:
            return
        insert_rows(Customer, [draft.customer for draft in drafts])
        addresses = [address for draft in drafts for address in draft.addresses]
        people = [draft.contact for draft in drafts if draft.contact is not None]
        if addresses:
            insert_rows(Address, addresses)
        if people:
            insert_rows(ContactPerson, people)


class Items:
    """Finds the items of a batch by SKU and makes those that are missing."""

    def __init__(
        self, organisation: Organisation, survey: Survey, numbers: Numbers, *, dry_run: bool
    ) -> None:
        self._organisation = organisation
        self._survey = survey
        self._numbers = numbers
        self._dry_run = dry_run
        self._ids: dict[str, UUID] = {}
        self.new = 0
        self.known = 0

    def ensure(self, documents: Iterable[Built]) -> Mapping[str, UUID]:
        """Item ids by SKU; within a scope."""
        fresh: dict[str, tuple[LineDraft, str]] = {}
        for built in documents:
            for line in built.lines:
                if line.sku and line.sku not in self._ids:
                    fresh.setdefault(line.sku, (line, built.document.currency))
        if fresh:
            found = dict(Item.objects.filter(sku__in=list(fresh)).values_list("sku", "pk"))
            self._ids.update(found)
            self.known += len(found)
            made = [self._item(*each) for sku, each in fresh.items() if sku not in found]
            self._ids.update({item.sku: item.pk for item in made})
            self.new += len(made)
            if made and not self._dry_run:
                insert_rows(Item, made)
        return self._ids

    def _item(self, line: LineDraft, currency: str) -> Item:
        """An item with the name and price that its lines in the file give most often."""
        name = self._survey.item_names.get(line.sku, line.name)
        return Item(
            organisation=self._organisation,
            sku=line.sku,
            name=name[:200],
            unit=line.unit,
            rate=self._rate(line.sku) if currency == self._organisation.base_currency else Decimal(0),
        )

    def _rate(self, sku: str) -> Decimal:
        try:
            return max(
                Decimal(0), self._numbers.read(self._survey.item_rates.get(sku, "0"), whole=12, decimals=6)
            )
        except ValueProblemError:
            return Decimal(0)


def _differs(one: CustomerDraft, other: CustomerDraft) -> bool:
    """Whether two descriptions of a customer say different things, apart from the currency."""
    return _facts(one) != _facts(other)


def _facts(draft: CustomerDraft) -> tuple[object, ...]:
    customer, contact = draft.customer, draft.contact
    return (
        customer.display_name, customer.company_name, customer.email, customer.phone, customer.tax_number,
        tuple((address.kind, *address.lines) for address in draft.addresses),
        contact and (contact.email, contact.first_name, contact.last_name),
    )  # fmt: skip
