"""What is read of invoices: the list, and one with all that belongs to it."""

from portico.invoices.queries.document import InvoiceDocument, Linked, invoice_document
from portico.invoices.queries.listing import (
    InvoiceList,
    InvoiceRow,
    Outstanding,
    all_count,
    invoice_list,
    on_its_way,
    outstanding,
    payable,
    standing_in_words,
    standing_of,
)

__all__ = [
    "InvoiceDocument",
    "InvoiceList",
    "InvoiceRow",
    "Linked",
    "Outstanding",
    "all_count",
    "invoice_document",
    "invoice_list",
    "on_its_way",
    "outstanding",
    "payable",
    "standing_in_words",
    "standing_of",
]
