"""Gateway accounts: connect one after trying it, change its settings, switch it on or off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings as django_settings
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming
from portico.access.scope import refuse_open_scope, scope
from portico.kit.errors import InvalidError
from portico.kit.ids import new_id
from portico.kit.money import MoneyError, minor_digits
from portico.payments.accounts import open_account
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    GatewayRefusedError,
    GatewayUnreachableError,
    gateway_for,
    listed_currencies,
)
from portico.payments.models import GatewayAccount, GatewayCredential
from portico.payments.sealing import seal

_ONCE: Final = {"gateway_account_name_once": ("name", "Another account has this name already.")}


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
        ConflictError: another account has this name.
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
        with naming(_ONCE):
            account.save(force_insert=True)
        GatewayCredential.objects.create(
            organisation_id=actor.organisation_id, gateway_account=account, sealed=seal(secrets)
        )
        audit.record(actor, "gateway_account.added", account, name)
    return account


def connect_gateway(*, actor: Actor, gateway: str, name: str, settings: Mapping[str, str]) -> GatewayAccount:
    """Try an account at a gateway, then connect it as `add_gateway_account` does; calls the gateway, outside any scope.

    Raises:
        InvalidError: also where the gateway refuses the settings, or cannot be asked; nothing is kept then. `field`
            is what it named, otherwise its key.
    """
    require_office(actor, Duty.CONFIGURE)
    _try(gateway, *_sort_settings(gateway, settings))
    return add_gateway_account(actor=actor, gateway=gateway, name=name, settings=settings)


def change_gateway(
    *, actor: Actor, account: GatewayAccount, name: str, settings: Mapping[str, str]
) -> GatewayAccount:
    """Change an account's name and settings after trying them; calls the gateway, outside any scope.

    Args:
        actor: an owner.
        account: which.
        name: what customers read.
        settings: all that is not secret; a secret that is empty stays as it is.

    Raises:
        InvalidError: as for `connect_gateway`.
    """
    require_office(actor, Duty.CONFIGURE)
    _gateway, known = open_account(actor.organisation_id, account.pk)
    whole = {**known.secrets, **{key: value for key, value in settings.items() if value.strip()}}
    whole = {**whole, **{key: value for key, value in settings.items() if key not in known.secrets}}
    _try(account.gateway, *_sort_settings(account.gateway, whole))
    with scope(actor):
        if account.name != name:
            account.name = name
            with naming(_ONCE):
                account.save(update_fields=["name"])
        return replace_gateway_settings(actor=actor, account=account, settings=whole)


def _try(gateway: str, public: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    refuse_open_scope()
    try:
        gateway_for(gateway).check(Account(new_id(), public, secrets))
    except GatewayRefusedError as error:
        raise InvalidError(
            _("%(name)s does not accept this: %(why)s")
            % {"name": gateway_for(gateway).name, "why": error.message},
            field=error.field or next(each.name for each in gateway_for(gateway).settings if each.secret),
        ) from error
    except GatewayUnreachableError as error:
        raise InvalidError(
            _("%(name)s could not be reached, so nothing was saved. Try again in a while.")
            % {"name": gateway_for(gateway).name}
        ) from error


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
        if setting.required and not given.get(name, "").strip():
            raise InvalidError(f"{setting.label} is missing.", field=name)
        text = given.get(name, "").strip()
        if not (text.isascii() and text.isprintable()):  # such as the “…” of a key that was copied shortened
            raise InvalidError(f"{setting.label} has a sign that no key has. Copy it again.", field=name)
    for code in sorted(listed_currencies(given.get(CURRENCIES.name, ""))):
        _check_currency(gateway, code)
    texts = {name: given.get(name, "").strip() for name in wanted}
    public = {name: text for name, text in texts.items() if not wanted[name].secret}
    return public, {name: text for name, text in texts.items() if wanted[name].secret}


def _check_currency(gateway: str, code: str) -> None:
    able = gateway_for(gateway)
    try:
        minor_digits(code)
    except MoneyError as error:
        raise InvalidError(error.message, field=CURRENCIES.name) from None
    if not able.capabilities.takes(code):
        raise InvalidError(f"{able.name} takes no {code} here.", field=CURRENCIES.name)
