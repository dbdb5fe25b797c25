"""Connecting a billing system, and saying who its customers are here."""

from __future__ import annotations

from collections.abc import Mapping

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming
from portico.access.scope import refuse_open_scope, scope
from portico.customers.models import Customer
from portico.kit.errors import InvalidError
from portico.notifications.queue import defer
from portico.payments.sealing import seal
from portico.subscriptions.connectors.known import CONNECTORS
from portico.subscriptions.connectors.protocol import (
    ConnectorError,
    CredentialsRefusedError,
    RateLimitedError,
    Setting,
)
from portico.subscriptions.models import BilledCustomer, BillingConnection

SYNC = "subscriptions.sync"
"""The name of the task in jobs.py that reads on."""
_TAKEN = {"billing_connection_name_once": ("name", "A connection has this name already.")}


def connect(*, actor: Actor, system: str, name: str, settings: Mapping[str, str]) -> BillingConnection:
    """Connect a billing system: the settings are tried first, then kept, and the first sync begins.

    Args:
        actor: an owner.
        system: a BillingConnection.System.
        name: to tell several connections apart.
        settings: what the connector's `settings` ask for; secrets among them are sealed.

    Raises:
        ForbiddenError: the role may not.
        InvalidError: a setting is missing, or the billing system does not accept them; `field` names it.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    public, secrets = _tried(system, settings)
    with scope(actor), naming(_TAKEN):
        row = BillingConnection(
            organisation_id=actor.organisation_id,
            system=system,
            name=name,
            public=public,
            sealed=seal(secrets),
        )
        row.save(force_insert=True)
        audit.record(actor, "connect_billing", row, name)
        sync_soon(row)
    return row


def change_connection(
    *, actor: Actor, connection: BillingConnection, name: str, settings: Mapping[str, str]
) -> BillingConnection:
    """Give a connection another name and other settings, all of them; raises as `connect` does."""
    require_office(actor, Duty.CONFIGURE)
    public, secrets = _tried(connection.system, settings)
    with scope(actor), naming(_TAKEN):
        row = BillingConnection.objects.select_for_update().one_for(actor, pk=connection.pk)
        row.name, row.public, row.sealed, row.failure = name, public, seal(secrets), ""
        row.save(update_fields=["name", "public", "sealed", "failure"])
        audit.record(actor, "change_billing", row, name)
        sync_soon(row)
    return row


def set_connection_active(*, actor: Actor, connection: BillingConnection, active: bool) -> BillingConnection:
    """Stop reading a billing system, or begin again; what was read stays as it is.

    Raises:
        ForbiddenError: the role may not.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        row = BillingConnection.objects.select_for_update().one_for(actor, pk=connection.pk)
        row.is_active = active
        row.save(update_fields=["is_active"])
        audit.record(actor, "switch_billing", row, row.name, {"active": active})
        if active:
            sync_soon(row)
    return row


def link_billed_customer(
    *, actor: Actor, billed: BilledCustomer, customer: Customer | None
) -> BilledCustomer:
    """Say whose subscriptions these are, or that they are nobody's; the next sync moves them.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is no such customer for the actor.
    """
    require_office(actor, Duty.KEEP_CUSTOMERS)
    with scope(actor):
        row = BilledCustomer.objects.select_for_update(of=("self",)).one_for(actor, pk=billed.pk)
        owner = Customer.objects.one_for(actor, pk=customer.pk) if customer else None
        row.customer = owner
        row.save(update_fields=["customer"])
        audit.record(
            actor, "link_billed_customer", row, str(row), {"customer": str(owner.pk) if owner else None}
        )
        sync_soon(row.connection)
    return row


def sync_soon(connection: BillingConnection) -> None:
    """Queue a sync in the transaction of what made it needed."""
    defer(SYNC, {"organisation_id": connection.organisation_id, "connection_id": connection.pk})


def _tried(system: str, settings: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The settings sorted into public and secret ones, once the billing system has accepted them."""
    refuse_open_scope()
    if system not in CONNECTORS:
        raise InvalidError(f"There is no billing system “{system}”.", field="system")
    asked: dict[str, Setting] = {each.name: each for each in CONNECTORS[system].settings}
    for name in settings:
        if name not in asked:
            raise InvalidError(f"“{name}” is no setting of this billing system.", field=name)
    given = {name: settings.get(name, "").strip() or setting.default for name, setting in asked.items()}
    for name, value in given.items():
        if not value:
            raise InvalidError("This is needed.", field=name)
    try:
        CONNECTORS[system](given).check()
    except CredentialsRefusedError as error:
        secret = next(setting.name for setting in asked.values() if setting.secret)
        raise InvalidError(error.message, field=secret) from error
    except RateLimitedError:
        pass  # it knows us
    except ConnectorError as error:
        raise InvalidError(error.message, field="url") from error
    public = {name: value for name, value in given.items() if not asked[name].secret}
    return public, {name: value for name, value in given.items() if asked[name].secret}
