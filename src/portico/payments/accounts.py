"""Gateway accounts as values that gateways take, read within an organisation's scope."""

from __future__ import annotations

from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.kit.errors import NotFoundError
from portico.payments.gateway import Account, Gateway, gateway_for
from portico.payments.models import GatewayAccount
from portico.payments.sealing import unseal


def open_account(organisation_id: UUID, account_id: UUID) -> tuple[Gateway, Account]:
    """The gateway and its account with opened secrets; in a scope of its own, closed again before any call."""
    with scope(JobActor(organisation_id)):
        row = (
            GatewayAccount.objects.select_related("credential")
            .filter(pk=account_id, credential__isnull=False)
            .first()
        )
        if row is None:
            raise NotFoundError
        return gateway_for(row.gateway), Account(row.pk, row.public, unseal(bytes(row.credential.sealed)))


def public_account(row: GatewayAccount) -> Account:
    """The account as a page may know it: without secrets, and so without a call."""
    return Account(row.pk, row.public, {})
