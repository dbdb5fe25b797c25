"""Changing the organisation, its logo, and its portal preferences."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import Check, naming, save_changed, set_fields
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.organisations import checks
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


def _own(actor: Actor) -> Organisation:
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=actor.organisation_id).first()
    if found is None:
        raise InvalidError("There is no such organisation.")
    return found
