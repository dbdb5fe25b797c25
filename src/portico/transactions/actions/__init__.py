"""What is done to lists: views saved by contact persons, and published by staff."""

from portico.transactions.actions.custom_views import delete_view, edit_view, save_view
from portico.transactions.actions.published_views import (
    edit_published_view,
    publish_view,
    withdraw_published_view,
)

__all__ = [
    "delete_view",
    "edit_published_view",
    "edit_view",
    "publish_view",
    "save_view",
    "withdraw_published_view",
]
