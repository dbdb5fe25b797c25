"""What the office lists and shows: every row read-only, with the pages that do something as buttons."""

from portico.office.lists import (
    autopay,
    comments,
    customers,
    disputes,
    documents,
    files,
    links,
    methods,
    money,
    orders,
    payouts,
    settings,
    subscriptions,
    transfers,
    views,
    watching,
)

__all__ = [
    "autopay",
    "comments",
    "customers",
    "disputes",
    "documents",
    "files",
    "links",
    "methods",
    "money",
    "orders",
    "payouts",
    "settings",
    "subscriptions",
    "transfers",
    "views",
    "watching",
]
