"""Telling PostgreSQL how the tables look now, so that the first pages after a large import are as fast as later ones."""

from __future__ import annotations

from typing import Final

from django.db import connections, models
from psycopg import sql

from portico.credit_notes.models import CreditNote, CreditNoteLine
from portico.customers.models import Address, ContactPerson, Customer
from portico.importing.models import ImportedDocument
from portico.invoices.models import DueTally, Invoice, InvoiceLine, StatusTally
from portico.items.models import Item
from portico.ledger.models import Balance, Entry, Period, Posting
from portico.transactions.models import HistoryEvent

_FILLED: Final[tuple[type[models.Model], ...]] = (
    Customer, ContactPerson, Address, Item, Invoice, InvoiceLine, DueTally, StatusTally, CreditNote, CreditNoteLine,
    HistoryEvent, Entry, Posting, Balance, Period, ImportedDocument,
)  # fmt: skip


def refresh_statistics() -> None:
    """ANALYZE what an import fills, as the owner of the tables: the application's role may not.

    PostgreSQL does it by itself within minutes; until then it plans as if the tables were empty.
    """
    with connections["owner"].cursor() as cursor:
        names = sql.SQL(", ").join(sql.Identifier(model._meta.db_table) for model in _FILLED)
        cursor.execute(sql.SQL("ANALYZE {}").format(names))
