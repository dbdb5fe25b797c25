"""Lists of documents: said once as a ListSpec, asked for by the page's address, read by keyset."""

from portico.transactions.lists.asked import PLAIN, Asked, read
from portico.transactions.lists.counting import Count, count_rows
from portico.transactions.lists.linked import Linked
from portico.transactions.lists.listings import Listing, Things, listing_of, register
from portico.transactions.lists.paging import LAST, Page, read_page
from portico.transactions.lists.showing import NOTHING, Position, Showing, in_words, show
from portico.transactions.lists.spec import (
    PAGE_SIZES,
    Cell,
    Choice,
    Column,
    KeyKind,
    ListSpec,
    Range,
    Section,
    Sort,
    Tab,
    amount,
    by_name,
    choices_by_name,
    plain,
)

__all__ = [
    "LAST",
    "NOTHING",
    "PAGE_SIZES",
    "PLAIN",
    "Asked",
    "Cell",
    "Choice",
    "Column",
    "Count",
    "KeyKind",
    "Linked",
    "ListSpec",
    "Listing",
    "Page",
    "Position",
    "Range",
    "Section",
    "Showing",
    "Sort",
    "Tab",
    "Things",
    "amount",
    "by_name",
    "choices_by_name",
    "count_rows",
    "in_words",
    "listing_of",
    "plain",
    "read",
    "read_page",
    "register",
    "show",
]
