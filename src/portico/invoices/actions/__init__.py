"""What happens to an invoice: drafted, issued, sent, viewed, void, written off; and a customer's opening balance."""

from portico.invoices.actions.draft import InvoiceDraft, delete_draft, draft_invoice, edit_invoice
from portico.invoices.actions.issue import issue_invoice
from portico.invoices.actions.opening import set_opening_balance
from portico.invoices.actions.send import send_invoice
from portico.invoices.actions.view import mark_viewed
from portico.invoices.actions.void import void_invoice
from portico.invoices.actions.write_off import reverse_write_off, write_off_invoice

__all__ = [
    "InvoiceDraft",
    "delete_draft",
    "draft_invoice",
    "edit_invoice",
    "issue_invoice",
    "mark_viewed",
    "reverse_write_off",
    "send_invoice",
    "set_opening_balance",
    "void_invoice",
    "write_off_invoice",
]
