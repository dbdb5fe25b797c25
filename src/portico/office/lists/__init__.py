"""What the office lists and shows: every row read-only, with the pages that do something as buttons."""

from portico.office.lists import (
    comments,
    customers,
    documents,
    files,
    links,
    money,
    orders,
    settings,
    subscriptions,
    views,
    watching,
)

__all__ = [
    "comments",
    "customers",
    "documents",
    "files",
    "links",
    "money",
    "orders",
    "settings",
    "subscriptions",
    "views",
    "watching",
]
