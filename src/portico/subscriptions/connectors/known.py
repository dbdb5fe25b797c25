"""Which connector speaks to which billing system."""

from __future__ import annotations

from typing import Final

from portico.payments.sealing import unseal
from portico.subscriptions.connectors.protocol import Connector
from portico.subscriptions.connectors.stripe import StripeBilling
from portico.subscriptions.connectors.zoho import ZohoBilling
from portico.subscriptions.models import BillingConnection

CONNECTORS: Final[dict[str, type[ZohoBilling | StripeBilling]]] = {
    BillingConnection.System.ZOHO: ZohoBilling,
    BillingConnection.System.STRIPE: StripeBilling,
}


def connector_of(connection: BillingConnection) -> Connector:
    """The connector with the connection's settings and secrets."""
    return CONNECTORS[connection.system](connection.public | unseal(bytes(connection.sealed)))
