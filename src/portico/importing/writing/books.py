"""Taking a batch of built documents into the books, in one transaction: all of it, or none.

It writes what draft_invoice() and issue_invoice(), draft_credit_note() and issue_credit_note() write, many at a time;
a test holds the two against each other (importing/tests/test_as_by_hand.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from portico.access import audit
from portico.access.actors import Actor
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote, CreditNoteLine
from portico.customers.models import Address, Customer
from portico.importing.building.outcome import Built, Problem, Refused
from portico.importing.models import ImportedDocument, ImportRun
from portico.importing.writing.columns import insert_columns, insert_rows
from portico.importing.writing.ids import new_ids
from portico.importing.writing.known import Customers, Items
from portico.invoices.models import Invoice, InvoiceLine
from portico.kit import clock
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, NewEntry, post_all
from portico.transactions.models import DocumentKind, DocumentLine, HistoryEvent

_TABLES: Final[dict[DocumentKind, tuple[type[Invoice | CreditNote], type[DocumentLine]]]] = {
    DocumentKind.INVOICE: (Invoice, InvoiceLine),
    DocumentKind.CREDIT_NOTE: (CreditNote, CreditNoteLine),
}
_POSTED: Final = {
    DocumentKind.INVOICE: (EntryKind.INVOICE, Account.RECEIVABLE, Account.SALES),
    DocumentKind.CREDIT_NOTE: (EntryKind.CREDIT_NOTE, Account.SALES, Account.CREDIT),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch."""

    new: Sequence[Built]
    unchanged: Sequence[Built]
    refused: Sequence[Refused]


class Books:
    """The organisation's books during one run."""

    def __init__(
        self, actor: Actor, run: ImportRun, customers: Customers, items: Items, *, dry_run: bool
    ) -> None:
        self._actor = actor
        self._run = run
        self._run_is_written = False
        self._customers = customers
        self._items = items
        self._dry_run = dry_run
        self._seen: dict[tuple[DocumentKind, str], int] = {}

    def take(self, batch: Sequence[Built]) -> Taken:
        """Write what is new of the batch; what is there already is left as it is.

        In a dry run the same is found out and nothing is written.
        """
        with scope(self._actor, read_only=self._dry_run):
            if not self._dry_run:
                self._wait_for_other_imports()
            taken = self._sort_out(batch)
            customers = self._customers.ensure(built.customer for built in taken.new)
            items = self._items.ensure(taken.new)
            if taken.new and not self._dry_run:
                self._write(taken.new, customers, items)
        return taken

    def finish(self) -> None:
        """Write down that the run came to its end; a run that brought nothing leaves no trace."""
        if self._run_is_written:
            with scope(self._actor):
                self._run.finished_at = clock.now()
                self._run.documents = ImportedDocument.objects.filter(run=self._run).count()
                self._run.save(update_fields=["finished_at", "documents"])

    def _wait_for_other_imports(self) -> None:
        """Two imports into one organisation take turns, batch by batch, so each sees what the other brought."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('portico.import.' || %s, 0))",
                [str(self._actor.organisation_id)],
            )

    def _sort_out(self, batch: Sequence[Built]) -> Taken:
        numbers = [built.document.number for built in batch]
        kinds = [kind.value for kind in _TABLES]
        rows = ImportedDocument.objects.filter(kind__in=kinds, number__in=numbers)
        imported = {(row.kind, row.number): row.digest for row in rows}
        taken = {
            (kind.value, number)
            for kind, (model, _) in _TABLES.items()
            for number in model.objects.filter(number__in=numbers).values_list("number", flat=True)
        }
        new: list[Built] = []
        unchanged: list[Built] = []
        refused: list[Refused] = []
        for built in batch:
            number = built.document.number
            before = self._seen.setdefault((built.kind, number), built.rows[0].line)
            if before != built.rows[0].line:
                refused.append(_conflict(built, f"stands already on the document of line {before}"))
            elif (built.kind.value, number) not in taken:
                new.append(built)
            elif imported.get((built.kind.value, number)) == built.digest:
                unchanged.append(built)
            else:
                refused.append(
                    _conflict(built, "is in the books already, with other content; it is not overwritten")
                )
        return Taken(new, unchanged, refused)

    def _write(
        self, batch: Sequence[Built], customers: Mapping[str, UUID], items: Mapping[str, UUID]
    ) -> None:
        self._write_run()
        for built in batch:
            built.document.customer_id = customers[built.customer.number]
            built.document.issued_at = built.moment
        _lock_books({built.document.customer_id for built in batch})
        _fill_in_addresses(batch)
        for kind, (model, line_model) in _TABLES.items():
            mine = [built for built in batch if built.kind is kind]
            if mine:
                insert_rows(model, [built.document for built in mine])
                insert_columns(line_model, _lines(mine, items))
        insert_columns(HistoryEvent, self._history(batch))
        post_all([_entry(built) for built in batch if built.document.total])
        insert_columns(ImportedDocument, self._imported(batch))

    def _write_run(self) -> None:
        if not self._run_is_written:
            self._run.save(force_insert=True)
            summary = f"{self._run.file_name}, by {self._run.mapping_name}"
            audit.record(self._actor, "import_documents", self._run, summary)
            self._run_is_written = True

    def _history(self, batch: Sequence[Built]) -> dict[str, Sequence[Any]]:
        documents = [built.document for built in batch]
        return {
            "id": new_ids(len(batch)),
            "organisation_id": [document.organisation_id for document in documents],
            "customer_id": [document.customer_id for document in documents],
            "document_kind": [built.kind.value for built in batch],
            "document_id": [document.pk for document in documents],
            "at": [built.moment for built in batch],
            "event": ["issued"],
            "actor_kind": [audit.actor_kind(self._actor)],
            "actor_id": [audit.actor_id(self._actor)],
            "actor_name": [self._actor.name],
            "details": [{"total": str(document.total)} for document in documents],
            "in_portal": [True],
        }

    def _imported(self, batch: Sequence[Built]) -> dict[str, Sequence[Any]]:
        return {
            "id": new_ids(len(batch)),
            "organisation_id": [self._actor.organisation_id],
            "run_id": [self._run.pk],
            "kind": [built.kind.value for built in batch],
            "number": [built.document.number for built in batch],
            "document_id": [built.document.pk for built in batch],
            "digest": [built.digest for built in batch],
        }


def _lock_books(customer_ids: set[UUID]) -> None:
    """The lock of customers.locking, for many customers at once; in the order of their ids, so without deadlock."""
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def _fill_in_addresses(batch: Sequence[Built]) -> None:
    """A document without an address of its own gets its customer's, as when issued by hand."""
    without = {
        built.document.customer_id
        for built in batch
        if not (built.document.billing_address and built.document.shipping_address)
    }
    own = {
        (address.customer_id, address.kind): address.lines
        for address in Address.objects.filter(customer_id__in=without)
    }
    for built in batch:
        document = built.document
        if not document.billing_address:
            document.billing_address = own.get((document.customer_id, Address.Kind.BILLING), [])
        if not document.shipping_address:
            document.shipping_address = own.get((document.customer_id, Address.Kind.SHIPPING), [])


def _lines(batch: Sequence[Built], items: Mapping[str, UUID]) -> dict[str, list[Any]]:
    """The columns of all lines of the documents."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "id", "organisation_id", "customer_id", "document_id", "position", "currency", "item_id", "name",
            "sku", "description", "unit", "quantity", "rate", "discount_kind", "discount_value", "taxes", "amount",
        )
    }  # fmt: skip
    for built in batch:
        document, lines = built.document, built.lines
        count = len(lines)
        columns["organisation_id"] += [document.organisation_id] * count
        columns["customer_id"] += [document.customer_id] * count
        columns["document_id"] += [document.pk] * count
        columns["position"] += range(1, count + 1)
        columns["currency"] += [document.currency] * count
        columns["item_id"] += [items.get(line.sku) for line in lines]
        columns["name"] += [line.name for line in lines]
        columns["sku"] += [line.sku for line in lines]
        columns["description"] += [line.description for line in lines]
        columns["unit"] += [line.unit for line in lines]
        columns["quantity"] += [line.quantity for line in lines]
        columns["rate"] += [line.rate for line in lines]
        columns["discount_kind"] += [line.discount_kind for line in lines]
        columns["discount_value"] += [line.discount_value for line in lines]
        columns["taxes"] += [
            [[tax.name, f"{tax.percentage.normalize():f}"] for tax in line.taxes] for line in lines
        ]
        columns["amount"] += built.amounts
    columns["id"] = list(new_ids(len(columns["position"])))
    return columns


def _entry(built: Built) -> NewEntry:
    document = built.document
    kind, debit, credit = _POSTED[built.kind]
    return NewEntry(
        document.organisation_id,
        document.customer_id,
        document.currency,
        kind,
        document.pk,
        document.date,
        (Leg(debit, credit, document.total),),
    )


def _conflict(built: Built, message: str) -> Refused:
    return Refused(built.rows, [Problem(built.rows[0].line, f"number {built.document.number}", message)])
