"""What becomes of a draft when it is issued: it gets its number, and keeps what it says of the customer."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils.translation import gettext as _

from portico.customers.models import Address, Customer
from portico.kit import clock
from portico.kit.errors import ConflictError
from portico.transactions.models import Document
from portico.transactions.numbering import next_number


class HasStatus(Protocol):
    """A document that knows where it stands."""

    number: str
    status: str


def check_draft(document: HasStatus) -> None:
    """Raise ConflictError unless the document is a draft.

    The tables of moves cannot say it: money that comes back may turn a paid document into a sent one, but nothing
    may issue it again.
    """
    if document.status != "draft":
        raise ConflictError(_("%(number)s has been issued already.") % {"number": document.number})


def frozen(document: Document, customer: Customer, series: str) -> dict[str, Any]:
    """The columns of a draft that issuing sets, for `compare_and_set()`: its number, the moment, the addresses.

    Args:
        document: a draft, read under the customer's lock.
        customer: whose it is; its addresses are copied where the document has no own.
        series: a key of `numbering.PREFIXES`.
    """
    own = {address.kind: address.lines for address in Address.objects.filter(customer=customer)}
    return {
        "number": document.number or next_number(document.organisation_id, series),
        "issued_at": clock.now(),
        "billing_address": document.billing_address or own.get(Address.Kind.BILLING, []),
        "shipping_address": document.shipping_address or own.get(Address.Kind.SHIPPING, []),
    }
