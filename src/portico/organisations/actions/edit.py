"""Changing the organisation, its logo, and its portal preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from portico.access import audit, hosts
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import Check, naming, save_changed, set_fields
from portico.access.scope import refuse_open_scope, scope
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.organisations import checks, domains
from portico.organisations.logo import logo_type
from portico.organisations.models import Organisation, Preferences

FIELDS: Final = frozenset(
    {
        "name",
        "portal_name",
        "own_domain",
        "street",
        "street2",
        "city",
        "state",
        "postal_code",
        "country",
        "email",
        "phone",
        "website",
        "contact_note",
        "tax_number",
        "base_currency",
        "time_zone",
        "language",
        "page_size",
        "accent_colour",
        "payment_instructions",
    }
)
"""What `edit_organisation` may change."""

CHECKS: Final[dict[str, Check]] = {
    "own_domain": checks.domain,
    "country": checks.country,
    "email": checks.email,
    "website": checks.website,
    "base_currency": checks.currency,
    "time_zone": checks.time_zone,
    "language": checks.language,
}

TAKEN: Final = {
    "portal_name_once": ("portal_name", "Another portal has this name already."),
    "own_domain_once": ("own_domain", "Another portal has this domain already."),
}

PREFERENCES: Final = frozenset(
    field.name for field in Preferences._meta.local_fields if field.name not in {"id", "organisation"}
)
"""Preferences 2 to 17 (S2); the first is the portal name, which is the organisation's own."""


def edit_organisation(*, actor: Actor, **changes: object) -> Organisation:
    """Change fields of the actor's organisation (FIELDS); returns it as it is now.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the portal name or the domain is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        organisation = _own(actor)
        done = set_fields(organisation, changes, allowed=FIELDS, checks=CHECKS)
        if done:
            with naming(TAKEN):
                save_changed(organisation, done)
            if "own_domain" in done:
                organisation.own_domain_checked_at = None  # another domain has to be seen to lead here
                organisation.save(update_fields=["own_domain_checked_at"])
            transaction.on_commit(hosts.forget)
            audit.record(actor, "edit_organisation", organisation, changes=done)
    return organisation


def set_logo(*, actor: Actor, data: bytes) -> Organisation:
    """Set the organisation's logo, a PNG, JPEG or SVG judged by its content; empty takes it away.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: too large, of another type, or an SVG that carries a script; `field` is “logo”.
    """
    require_office(actor, Duty.CONFIGURE)
    kind = logo_type(data) if data else ""
    with scope(actor):
        organisation = _own(actor)
        organisation.logo, organisation.logo_type = data, kind
        organisation.save(update_fields=["logo", "logo_type"])
        transaction.on_commit(hosts.forget)
        audit.record(actor, "set_logo", organisation, changes={"logo": [None, f"{kind}, {len(data)} bytes"]})
    return organisation


def edit_preferences(*, actor: Actor, **changes: object) -> Preferences:
    """Change portal preferences (S2): PREFERENCES, and `portal_name`, which is the first of them.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the portal name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        if "portal_name" in changes:
            edit_organisation(actor=actor, portal_name=changes.pop("portal_name"))
        preferences = Preferences.objects.select_for_update(no_key=True).get(
            organisation_id=actor.organisation_id
        )
        done = set_fields(preferences, changes, allowed=PREFERENCES)
        if done:
            save_changed(preferences, done)
            audit.record(actor, "edit_preferences", preferences, changes=done)
    return preferences


def check_domain(
    *, actor: Actor, look_up: Callable[[str], frozenset[str]] = domains.addresses
) -> Organisation:
    """See whether the organisation's own domain leads here, and open the portal there if so (S1.1).

    It leads here when it has the addresses that PORTICO_URL's host has: only who owns a domain can make it so.

    Args:
        actor: an owner.
        look_up: host name → its IP addresses; the system's resolver, but in tests.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: there is no own domain; `field` is “own_domain”.
        ConflictError: it leads elsewhere, or nowhere.
    """
    require_office(actor, Duty.CONFIGURE)
    refuse_open_scope()
    with scope(actor):
        wanted = Organisation.objects.visible_to(actor).only("own_domain").get().own_domain
    if not wanted:
        raise InvalidError("Enter a domain of your own first.", field="own_domain")
    here, there = look_up(urlsplit(settings.PUBLIC_URL).hostname or ""), look_up(wanted)
    if not there:
        raise ConflictError(f"{wanted} leads nowhere yet. New entries can take an hour to spread.")
    if not there <= here:
        raise ConflictError(
            f"{wanted} leads to {', '.join(sorted(there))}, this portal is at {', '.join(sorted(here))}."
        )
    with scope(actor):
        organisation = _own(actor)
        if organisation.own_domain != wanted:
            raise ConflictError("The domain was changed meanwhile. Please check again.")
        organisation.own_domain_checked_at = clock.now()
        organisation.save(update_fields=["own_domain_checked_at"])
        transaction.on_commit(hosts.forget)
        audit.record(actor, "check_domain", organisation, f"{wanted} leads here")
    return organisation


def _own(actor: Actor) -> Organisation:
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=actor.organisation_id).first()
    if found is None:
        raise InvalidError("There is no such organisation.")
    return found
