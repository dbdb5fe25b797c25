"""What the tests of importing read and write: small files, and the books as the database has them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from django.db import connection

from portico.access.actors import Actor
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote, CreditNoteLine
from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.actions import import_documents
from portico.importing.mapping import Mapping, load_mapping
from portico.importing.models import ImportedDocument
from portico.importing.report import Report
from portico.importing.tests.comparison import document_totals, ledger_positions
from portico.invoices.models import Invoice, InvoiceLine
from portico.items.models import Item
from portico.ledger.models import Balance, Entry, Posting
from portico.testing.people import World
from portico.transactions.models import HistoryEvent

REPOSITORY: Final = Path(__file__).resolve().parents[4]
EXAMPLE: Final = REPOSITORY / "examples" / "online-retail.toml"
HEADER: Final = ["Invoice", "Item", "Text", "Quantity", "Date", "Price", "Customer"]
MAPPING: Final = """
[document]
group_by = ["Invoice"]
number = "{Invoice}"
date = "{Date}"
currency = "GBP"

[customer]
number = "{Customer}"
display_name = "Customer {Customer}"
email = "c{Customer}@retail.example"
[customer.contact]
email = "c{Customer}@retail.example"
first_name = "Customer {Customer}"

[line]
sku = "{Item}"
name = ["{Text}", "{Item}"]
quantity = "{Quantity}"
rate = "{Price}"

[[rule]]
when = { column = "Invoice", starts_with = "C" }
then = { kind = "credit_note", reverse_sign = true }
"""
LINES: Final = [
    ["1001", "A1", "Lantern", "12", "2010-01-05", "2.55", "17850"],
    ["1001", "B2", "Jug, blue", "1", "2010-01-05", "19.99", "17850"],
    ["1002", "A1", "Lantern", "3", "2010-01-06", "2.95", "13047"],
    ["C1003", "A1", "Lantern", "-2", "2010-01-09", "2.55", "17850"],
]


def shared_file() -> Path:
    """The wholesaler's file, which is not part of the project; the test is left out where it is absent."""
    folder = Path(os.environ.get("PORTICO_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    file = folder / "online-retail-2009-2010.csv.gz"
    if not file.exists():
        pytest.skip(f"the wholesaler's file is not here ({file}); PORTICO_SHARED_DATA names its folder")
    return file


def write_csv(path: Path, rows: Iterable[Sequence[str]] = LINES, header: Sequence[str] = HEADER) -> Path:
    """A CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def read_csv(path: Path) -> list[list[str]]:
    """All rows of a CSV file, the header first."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def mapping_from(folder: Path, text: str = MAPPING, more: str = "") -> Mapping:
    """A mapping, read as from a user's file."""
    path = folder / "mapping.toml"
    path.write_text(more + text, encoding="utf-8")
    return load_mapping(path)


def run(
    world: World,
    path: Path,
    *,
    mapping: Mapping | None = None,
    actor: Actor | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
) -> Report:
    """Import a file into the world, by the test's usual mapping."""
    mapping = mapping or mapping_from(path.parent)
    return import_documents(
        actor=actor or world.job, path=path, mapping=mapping, dry_run=dry_run, rejects=rejects
    )


def numbers(world: World) -> set[str]:
    """The numbers of all documents of the organisation."""
    with scope(world.job):
        found = [*Invoice.objects.values_list("number", flat=True)]
        return {*found, *CreditNote.objects.values_list("number", flat=True)}


def totals_by_customer(world: World) -> dict[str, Decimal]:
    """What imported customers were charged less what was credited, by customer number, from the documents."""
    return document_totals(world.job)


def positions(world: World) -> dict[str, Decimal]:
    """Receivable less credit of imported customers, by customer number, from the ledger."""
    return ledger_positions(world.job)


def everything(world: World) -> dict[str, list[str]]:
    """All that an import may touch, as text without the ids and times of the moment, in a settled order."""
    tables = {
        Customer: "customer_number, display_name, email, currency",
        ContactPerson: "email, first_name, is_primary, portal_state",  # those of the world itself are active
        Address: "kind, street, city, country",
        Item: "sku, name, rate",
        Invoice: "number, date, due_date, status, subtotal, total, balance, billing_address, issued_at",
        CreditNote: "number, date, status, total, balance, issued_at",
        InvoiceLine: "position, name, sku, quantity, rate, amount,"
        " (SELECT number FROM invoices_invoice d WHERE d.id = t.document_id)",
        CreditNoteLine: "position, name, sku, quantity, rate, amount,"
        " (SELECT number FROM credit_notes_creditnote d WHERE d.id = t.document_id)",
        HistoryEvent: "event, at, details, document_kind",
        Entry: "kind, day, currency",
        Posting: "account, kind, day, amount",
        Balance: "account, amount, (SELECT display_name FROM customers_customer c WHERE c.id = t.customer_id)",
        ImportedDocument: "kind, number, digest",
    }
    found = {}
    with scope(world.job), connection.cursor() as cursor:
        for model, columns in tables.items():
            table = model._meta.db_table
            only = " WHERE portal_state <> 'active'" if model is ContactPerson else ""
            cursor.execute(f"SELECT ROW({columns})::text FROM {table} t{only} ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found
