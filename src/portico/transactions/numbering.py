"""Numbers of documents: one after the other, without gaps and without races."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from portico.kit.ids import new_id

PREFIXES: Final = {
    "invoice": "INV-",
    "credit_note": "CN-",
    "retainer_invoice": "RET-",
    "payment": "PAY-",
    "refund": "REF-",
    "sales_order": "SO-",
    "shipment": "SHP-",
}
"""The series that exist, and how each begins until the organisation chooses otherwise."""

_NUMBERED_IN: Final = {
    "invoice": "invoices_invoice",
    "credit_note": "credit_notes_creditnote",
    "retainer_invoice": "retainers_retainerinvoice",
    "payment": "payments_payment",
    "refund": "payments_refund",
    "sales_order": "sales_orders_salesorder",
    "shipment": "sales_orders_shipment",
}

# One statement takes the row's lock, so whoever asks at the same time waits for our commit. If we roll back,
# the number was never taken: that is why it is not a PostgreSQL sequence, which would leave a gap.
_TAKE: Final = """
INSERT INTO organisations_numberseries AS s (id, organisation_id, kind, prefix, next_number, digits)
VALUES (%s, %s, %s, %s, 2, 4)
ON CONFLICT (organisation_id, kind) DO UPDATE SET next_number = s.next_number + 1
RETURNING prefix, next_number - 1, digits
"""


def next_number(organisation_id: UUID, kind: str) -> str:
    """Take the next number of a series, making the series when it is used for the first time.

    Must be called in the transaction that writes the number. A number that a document brought along (by import)
    is passed over.

    Args:
        organisation_id: whose series.
        kind: a key of PREFIXES.

    Raises:
        KeyError: there is no such series.
    """
    prefix = PREFIXES[kind]
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [new_id(), organisation_id, kind, prefix])
            given, count, digits = cursor.fetchone()
        number = f"{given}{count:0{digits}d}"
        if not _is_taken(organisation_id, kind, number):
            return number


def _is_taken(organisation_id: UUID, kind: str, number: str) -> bool:
    table = _NUMBERED_IN.get(kind)
    if table is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {table} WHERE organisation_id = %s AND number = %s)",  # noqa: S608 (a constant above)
            [organisation_id, number],
        )
        return bool(cursor.fetchone()[0])
