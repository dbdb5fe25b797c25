"""What is read of invoices: the list, and one with all that belongs to it."""

from portico.invoices.queries.listing import (
    InvoiceList,
    InvoiceRow,
    Outstanding,
    all_count,
    invoice_list,
    on_its_way,
    outstanding,
)

__all__ = [
    "InvoiceList",
    "InvoiceRow",
    "Outstanding",
    "all_count",
    "invoice_list",
    "on_its_way",
    "outstanding",
]
