"""Gateway accounts: add one, switch one on or off."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings as django_settings

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.payments.gateway import gateway_for
from portico.payments.models import GatewayAccount, GatewayCredential
from portico.payments.sealing import seal


def add_gateway_account(
    *, actor: Actor, gateway: str, name: str, settings: Mapping[str, str]
) -> GatewayAccount:
    """Connect an account at a gateway.

    Args:
        actor: an owner.
        gateway: a key of the setting GATEWAYS.
        name: what customers read, such as “Card”.
        settings: what the gateway's `settings` ask for; secrets among them are sealed.

    Raises:
        InvalidError: no such gateway, or a setting is missing or unknown; `field` names it.
    """
    if gateway not in django_settings.GATEWAYS:
        raise InvalidError(f"There is no gateway “{gateway}”.", field="gateway")
    public, secrets = _sort_settings(gateway, settings)
    with scope(actor):
        require_office(actor, Duty.CONFIGURE)
        account = GatewayAccount(
            organisation_id=actor.organisation_id, gateway=gateway, name=name, public=public
        )
        account.save(force_insert=True)
        GatewayCredential.objects.create(
            organisation_id=actor.organisation_id, gateway_account=account, sealed=seal(secrets)
        )
        audit.record(actor, "gateway_account.added", account, name)
    return account


def replace_gateway_settings(
    *, actor: Actor, account: GatewayAccount, settings: Mapping[str, str]
) -> GatewayAccount:
    """Give an account other settings, all of them; what was sealed before is gone."""
    public, secrets = _sort_settings(account.gateway, settings)
    with scope(actor):
        require_office(actor, Duty.CONFIGURE)
        account.public = public
        account.save(update_fields=["public"])
        GatewayCredential.objects.filter(gateway_account=account).update(sealed=seal(secrets))
        audit.record(actor, "gateway_account.changed", account, account.name)
    return account


def set_gateway_active(*, actor: Actor, account: GatewayAccount, active: bool) -> GatewayAccount:
    """Offer the account for new payments, or no more; attempts under way go on."""
    with scope(actor):
        require_office(actor, Duty.CONFIGURE)
        account.is_active = active
        account.save(update_fields=["is_active"])
        audit.record(actor, "gateway_account.switched", account, changes={"active": active})
    return account


def _sort_settings(gateway: str, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    wanted = {setting.name: setting for setting in gateway_for(gateway).settings}
    for name in given.keys() - wanted.keys():
        raise InvalidError(f"This gateway has no setting “{name}”.", field=name)
    for name, setting in wanted.items():
        if not given.get(name, "").strip():
            raise InvalidError(f"{setting.label} is missing.", field=name)
    public = {name: given[name].strip() for name, setting in wanted.items() if not setting.secret}
    return public, {name: given[name].strip() for name, setting in wanted.items() if setting.secret}
