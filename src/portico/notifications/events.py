"""What people can be told of, by name: what each contact person, and each staff member, chooses among."""

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
    AUTOPAY = "autopay"


CUSTOMER_LABELS: Final[dict[CustomerEvent, Promise]] = {
    CustomerEvent.DOCUMENT: _("New invoices and other documents"),
    CustomerEvent.PAYMENT: _("Payments received or failed"),
    CustomerEvent.COMMENT: _("Comments"),
    CustomerEvent.REMINDER: _("Reminders of payments that are due"),
    CustomerEvent.STATEMENT: _("Statements"),
    CustomerEvent.FILE: _("Shared files"),
    CustomerEvent.ACCOUNT: _("Your access and its security"),
    CustomerEvent.AUTOPAY: _("Automatic payments"),
}
"""How each is called on pages."""

ALWAYS: Final = frozenset({CustomerEvent.ACCOUNT, CustomerEvent.AUTOPAY})
"""What cannot be switched off: without it nobody could sign in, hear that somebody else did, or stop a charge."""

ABOUT_MONEY: Final = frozenset(
    {CustomerEvent.PAYMENT, CustomerEvent.REMINDER, CustomerEvent.STATEMENT, CustomerEvent.AUTOPAY}
)
"""What is written only to those who may see billing, so that only they choose about it."""

BULK: Final = frozenset({CustomerEvent.REMINDER, CustomerEvent.STATEMENT, CustomerEvent.COMMENT})
"""What carries List-Unsubscribe (RFC 8058) and a link to stop it."""


class StaffGroup(StrEnum):
    """Events that staff choose about together."""

    VIEWS = "views"
    COMMENTS = "comments"
    PAYMENTS = "payments"
    FAILURES = "failures"
    FILES = "files"
    PROFILE = "profile"
    PEOPLE = "people"
    ERASURE = "erasure"
    SHARING = "sharing"
    REVIEWS = "reviews"
    MAIL = "mail"
    OTHER = "other"


STAFF_LABELS: Final[dict[StaffGroup, Promise]] = {
    StaffGroup.VIEWS: _("A document is opened for the first time"),
    StaffGroup.COMMENTS: _("A customer comments"),
    StaffGroup.PAYMENTS: _("A payment arrives"),
    StaffGroup.FAILURES: _("A payment fails, or does not fit"),
    StaffGroup.FILES: _("A customer uploads a file"),
    StaffGroup.PROFILE: _("A customer changes details or contact persons"),
    StaffGroup.PEOPLE: _("Somebody accepts an invitation or signs up"),
    StaffGroup.ERASURE: _("Somebody asks for their data, or to be forgotten"),
    StaffGroup.SHARING: _("A document is forwarded, or a link is opened"),
    StaffGroup.REVIEWS: _("A customer writes a review"),
    StaffGroup.MAIL: _("An e-mail could not be delivered"),
    StaffGroup.OTHER: _("Everything else"),
}
"""How each is called in the office."""

_GROUP_BY_WORD: Final = (
    ("profile", StaffGroup.PROFILE),
    ("review", StaffGroup.REVIEWS),
    ("comment", StaffGroup.COMMENTS),
    ("forward", StaffGroup.SHARING),
    ("link", StaffGroup.SHARING),
    ("share", StaffGroup.SHARING),
    ("viewed", StaffGroup.VIEWS),
    ("failed", StaffGroup.FAILURES),
    ("mismatch", StaffGroup.FAILURES),
    ("returned", StaffGroup.FAILURES),
    ("chargeback", StaffGroup.FAILURES),
    ("payment", StaffGroup.PAYMENTS),
    ("upload", StaffGroup.FILES),
    ("file", StaffGroup.FILES),
    ("eras", StaffGroup.ERASURE),
    ("export", StaffGroup.ERASURE),
    ("invitation", StaffGroup.PEOPLE),
    ("sign_up", StaffGroup.PEOPLE),
    ("signup", StaffGroup.PEOPLE),
    ("signed_up", StaffGroup.PEOPLE),
    ("contact", StaffGroup.PROFILE),
    ("address", StaffGroup.PROFILE),
)
"""The first word that an event's name contains; so a new event of a kind that exists needs no line here."""

MAIL_FAILED: Final = "mail_failed"


def group_of(event: str) -> StaffGroup:
    """The group that an event of staff belongs to, by the words of its name: “invoice_viewed” → views."""
    if event == MAIL_FAILED:
        return StaffGroup.MAIL
    return next((group for word, group in _GROUP_BY_WORD if word in event), StaffGroup.OTHER)
