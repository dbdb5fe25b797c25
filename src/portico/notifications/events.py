"""What people can be told of, by name: the events of customers, which each contact person chooses among."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CustomerEvent(StrEnum):
    """Why a contact person is written to."""

    DOCUMENT = "document"
    PAYMENT = "payment"
    COMMENT = "comment"
    REMINDER = "reminder"
    STATEMENT = "statement"
    FILE = "file"
    ACCOUNT = "account"


CUSTOMER_LABELS: Final[dict[CustomerEvent, Promise]] = {
    CustomerEvent.DOCUMENT: _("New invoices and other documents"),
    CustomerEvent.PAYMENT: _("Payments received or failed"),
    CustomerEvent.COMMENT: _("Comments"),
    CustomerEvent.REMINDER: _("Reminders of payments that are due"),
    CustomerEvent.STATEMENT: _("Statements"),
    CustomerEvent.FILE: _("Shared files"),
    CustomerEvent.ACCOUNT: _("Your access and its security"),
}
"""How each is called on pages."""

ALWAYS: Final = frozenset({CustomerEvent.ACCOUNT})
"""What cannot be switched off: without it nobody could sign in, or hear that somebody else did."""

BULK: Final = frozenset({CustomerEvent.REMINDER, CustomerEvent.STATEMENT, CustomerEvent.COMMENT})
"""What carries List-Unsubscribe (RFC 8058) and a link to stop it."""
