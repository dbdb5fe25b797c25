"""The words printed on papers that are not data; English here, handed in translated by whoever makes a paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What every paper needs. `page` has places for {page} and {pages}."""

    page: str = "Page {page} of {pages}"
    carried_over: str = "Carried over"
    brought_forward: str = "Carried over from the page before"


@dataclass(frozen=True, kw_only=True)
class DocumentLabels(Labels):
    """The columns of a document and of its tax summary."""

    item: str = "Item"
    quantity: str = "Quantity"
    rate: str = "Price"
    discount: str = "Discount"
    tax: str = "Tax"
    amount: str = "Amount"
    taxable: str = "On"
    tax_amount: str = "Tax amount"


@dataclass(frozen=True, kw_only=True)
class ReceiptLabels(Labels):
    """The columns of a receipt, its payer and the amount in words."""

    received_from: str = "Received from"
    payment_for: str = "Payment for"
    invoice_amount: str = "Invoice amount"
    still_open: str = "Still open"
    paid: str = "Paid"
    in_words: str = "Amount in words"


@dataclass(frozen=True, kw_only=True)
class StatementLabels(Labels):
    """The columns of a statement and whom it is for."""

    to: str = "To"
    date: str = "Date"
    transaction: str = "Transaction"
    details: str = "Details"
    amount: str = "Amount"
    payments: str = "Payments and credits"
    balance: str = "Balance"
