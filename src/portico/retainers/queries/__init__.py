"""What is read of retainer invoices: the list, and one with all that belongs to it."""

from portico.retainers.queries.document import RetainerDocument, retainer_document
from portico.retainers.queries.listing import (
    RetainerList,
    RetainerRow,
    currencies_asked_in,
    outstanding,
    retainer_list,
    standing_of,
)

__all__ = [
    "RetainerDocument",
    "RetainerList",
    "RetainerRow",
    "currencies_asked_in",
    "outstanding",
    "retainer_document",
    "retainer_list",
    "standing_of",
]
