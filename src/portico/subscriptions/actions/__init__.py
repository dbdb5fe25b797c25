"""What happens to subscriptions: fed, synced, connected."""

from portico.subscriptions.actions.connect import (
    change_connection,
    connect,
    link_billed_customer,
    set_connection_active,
)
from portico.subscriptions.actions.feed import feed_subscription, remove_subscription

__all__ = [
    "change_connection",
    "connect",
    "feed_subscription",
    "link_billed_customer",
    "remove_subscription",
    "set_connection_active",
]
