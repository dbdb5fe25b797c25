"""Lists of documents: said once as a ListSpec, asked for by the page's address, read by keyset."""

from portico.transactions.lists.asked import Asked, read
from portico.transactions.lists.counting import Count, count_rows
from portico.transactions.lists.paging import LAST, Page, read_page
from portico.transactions.lists.showing import NOTHING, Position, Showing, show
from portico.transactions.lists.spec import (
    PAGE_SIZES,
    Choice,
    KeyKind,
    ListSpec,
    Range,
    Section,
    Sort,
    Tab,
    by_name,
    choices_by_name,
)

__all__ = [
    "LAST",
    "NOTHING",
    "PAGE_SIZES",
    "Asked",
    "Choice",
    "Count",
    "KeyKind",
    "ListSpec",
    "Page",
    "Position",
    "Range",
    "Section",
    "Showing",
    "Sort",
    "Tab",
    "by_name",
    "choices_by_name",
    "count_rows",
    "read",
    "read_page",
    "show",
]
