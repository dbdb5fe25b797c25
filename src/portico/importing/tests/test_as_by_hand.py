"""An imported document is the same as one that Olive drafts and issues in the office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portico.access.scope import scope
from portico.credit_notes.actions import CreditNoteDraft, draft_credit_note, issue_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.actions import AddressDetails, add_contact, create_customer
from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.building.lines import plain_amounts
from portico.importing.tests.reading import HEADER, MAPPING, mapping_from, run, write_csv
from portico.invoices.actions import InvoiceDraft, draft_invoice, issue_invoice
from portico.invoices.models import Invoice
from portico.kit.money import Money
from portico.ledger.models import Entry, Posting
from portico.organisations.models import PaymentTerms
from portico.testing.people import World
from portico.transactions.drafts import LineDraft
from portico.transactions.models import HistoryEvent
from portico.transactions.totals import DocumentInput, LineInput, Tax, compute

OF_THE_MOMENT = {
    "id", "customer_id", "document_id", "entry_id", "item_id", "source_id", "created_at", "issued_at", "at",
    "posted_at", "actor_id", "actor_kind", "actor_name",
}  # fmt: skip
PLAIN = MAPPING + '[payment_terms]\nname = "Net 30"\ndays = 30\n'
RICH = (
    PLAIN.replace(
        "[document]",
        '[document]\nshipping_charge = "{Freight}"\nadjustment = "{Adjust}"\nadjustment_label = "Goodwill"\n'
        'reference = "{Order}"\nnotes = "Thank you"\n',
    )
    .replace(
        "[line]",
        '[line]\ndiscount_percent = "{Off}"\ntax_percent = "{VAT}"\ntax_name = "VAT"\nunit = "{Unit}"\n'
        'description = "as in {Order}"\n',
    )
    .replace(
        "[customer.contact]",
        '[customer.billing_address]\nstreet = "{Street}"\ncountry = "United Kingdom"\n[customer.contact]',
    )
)
MORE = ["Freight", "Adjust", "Order", "Off", "VAT", "Unit", "Street"]


def facts(row: Any) -> dict[str, object]:
    """Everything the table holds of a row, apart from ids and moments."""
    return {
        field.attname: row.__dict__[field.attname]
        for field in row._meta.concrete_fields
        if field.attname not in OF_THE_MOMENT
    }


def around(document: Invoice | CreditNote) -> dict[str, object]:
    """A document with all that hangs on it: lines, history, entries, postings, customer."""
    customer = Customer.objects.get(pk=document.customer_id)
    return {
        "document": facts(document),
        "lines": [facts(line) for line in document.lines.all()],
        "items": [bool(line.item_id) for line in document.lines.all()],
        "history": [
            facts(event)
            for event in HistoryEvent.objects.filter(document_id=document.pk)
            if event.event == "issued"
        ],
        "entries": [facts(entry) for entry in Entry.objects.filter(source_id=document.pk)],
        "postings": sorted(
            (facts(leg) for leg in Posting.objects.filter(entry__source_id=document.pk)), key=str
        ),
        "customer": {**facts(customer), "customer_number": ""},
        "addresses": [facts(each) for each in Address.objects.filter(customer=customer)],
        "people": [facts(each) for each in ContactPerson.objects.filter(customer=customer)],
    }


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "with taxes, discounts and charges"])
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_import_writes_what_the_office_writes(world: World, tmp_path: Path, kind: str, *, rich: bool) -> None:
    credit = kind == "credit_note"
    number, sign = ("C77", "-") if credit else ("77", "")
    rows = [
        [number, "A1", "Lantern", f"{sign}12", "2010-01-05", "2.555", "500"],
        [number, "A1", "Jug", f"{sign}1", "2010-01-05", "19.99", "500"],
    ]
    if rich:
        rows[0] += [f"{sign}4.95", f"{sign}0.10", "PO-9", "10", "20", "pcs", "1 High St"]
        rows[1] += [f"{sign}4.95", f"{sign}0.10", "PO-9", "", "5%", "", "1 High St"]
    file = write_csv(tmp_path / "s.csv", rows, [*HEADER, *(MORE if rich else [])])
    report = run(world, file, mapping=mapping_from(tmp_path, RICH if rich else PLAIN))
    assert report.problems == []

    by_hand = _by_hand(world, credit=credit, rich=rich)
    with scope(world.job):
        model: type[Invoice | CreditNote] = CreditNote if credit else Invoice
        imported = model.objects.get(number=number)
        one, other = around(imported), around(model.objects.get(pk=by_hand.pk))
    other["document"]["number"] = number  # type: ignore[index]
    other["items"] = one["items"]  # the draft names no item
    assert one == other


def _by_hand(world: World, *, credit: bool, rich: bool) -> Invoice | CreditNote:
    with scope(world.job):
        terms = PaymentTerms.objects.get(name="Net 30")
    customer = create_customer(
        actor=world.olive,
        display_name="Customer 500",
        email="c500@retail.example",
        currency="GBP",
        payment_terms=terms,
        billing=AddressDetails(street="1 High St", country="GB") if rich else None,
    )
    add_contact(actor=world.olive, customer=customer, first_name="Customer 500", email="c500@retail.example")
    lines = [
        LineDraft(name="Lantern", sku="A1", quantity=Decimal(12), rate=Decimal("2.555")),
        LineDraft(name="Jug", sku="A1", quantity=Decimal(1), rate=Decimal("19.99")),
    ]
    written: dict[str, Any] = {
        "date": date(2010, 1, 5),
        "number": "by hand",
        "currency": "GBP",
        "lines": lines,
    }
    if rich:
        written["lines"] = [
            LineDraft(
                name="Lantern", sku="A1", quantity=Decimal(12), rate=Decimal("2.555"), unit="pcs",
                discount_kind="percent", discount_value=Decimal(10), taxes=(Tax("VAT", Decimal(20)),),
                description="as in PO-9",
            ),
            LineDraft(
                name="Jug", sku="A1", quantity=Decimal(1), rate=Decimal("19.99"),
                taxes=(Tax("VAT", Decimal(5)),), description="as in PO-9",
            ),
        ]  # fmt: skip
        written |= {
            "shipping_charge": Money.of("4.95", "GBP"),
            "adjustment": Money.of("0.10", "GBP"),
            "adjustment_label": "Goodwill",
            "reference": "PO-9",
            "notes": "Thank you",
        }
    if credit:
        note = draft_credit_note(actor=world.olive, customer=customer, draft=CreditNoteDraft(**written))
        return issue_credit_note(actor=world.olive, credit_note=note)
    draft = draft_invoice(actor=world.olive, customer=customer, draft=InvoiceDraft(**written))
    return issue_invoice(actor=world.olive, invoice=draft)


NUMBERS = st.decimals(min_value=-99_999, max_value=99_999, places=4, allow_nan=False)
PRICES = st.decimals(min_value=0, max_value=99_999, places=6, allow_nan=False)


@given(st.lists(st.tuples(NUMBERS, PRICES), min_size=1, max_size=8), st.sampled_from(["GBP", "JPY", "KWD"]))
@example([(Decimal("0.5"), Decimal("0.25")), (Decimal("-0.5"), Decimal("0.25"))], "GBP")  # halves go up
def test_the_short_way_to_totals_comes_to_what_the_long_way_does(
    pairs: list[tuple[Decimal, Decimal]], currency: str
) -> None:
    amounts = plain_amounts([LineDraft(name="x", quantity=q, rate=r) for q, r in pairs], currency)
    positive = [*pairs, (Decimal(1), Decimal(10**11))]  # so that the sum is not below zero
    long_way = compute(DocumentInput(currency, [LineInput(q, r) for q, r in positive]))
    assert amounts == [amount.amount for amount in long_way.line_amounts[:-1]]
    assert sum(amounts, Decimal(10**11)) == long_way.total.amount
    short_way = compute(DocumentInput(currency, [LineInput(Decimal(1), sum(amounts, Decimal(10**11)))]))
    assert short_way.total == long_way.total
    assert short_way.subtotal == long_way.subtotal
