"""A new organisation, with its preferences, its usual payment terms and its first owner."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import JobActor, Role
from portico.access.changes import naming, set_fields
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.kit.ids import new_id
from portico.organisations.actions.edit import CHECKS, FIELDS, TAKEN
from portico.organisations.actions.staff import put_on_staff
from portico.organisations.models import Organisation, PaymentTerms, Preferences

_DAYS = PaymentTerms.Rule.DAYS
STANDARD_TERMS: Final = (
    ("Due on receipt", _DAYS, 0),
    ("Net 15", _DAYS, 15),
    ("Net 30", _DAYS, 30),
    ("Net 60", _DAYS, 60),
    ("End of month", PaymentTerms.Rule.END_OF_MONTH, 0),
)
"""The payment terms every organisation starts with: name, rule, days."""


def create_organisation(
    *,
    name: str,
    portal_name: str,
    owner_email: str,
    owner_name: str,
    owner_password: str | None = None,
    **fields: object,
) -> Organisation:
    """Make an organisation with preferences at their defaults, STANDARD_TERMS, and an owner who can sign in.

    No actor is asked for, because nobody belongs to an organisation that is not there yet: who may call this
    has the command line, so the system itself is written down as the one who did it.

    Args:
        name: as it stands on documents.
        portal_name: 5 to 30 letters and digits; unique over the installation, in whatever case.
        owner_email: the first owner's; an existing login with this address is taken.
        owner_name: the first owner's.
        owner_password: for a new login; without one the owner signs in by a code sent to the address.
        fields: further fields of Organisation (address, base_currency, time_zone, …).

    Raises:
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the portal name is taken.
    """
    actor = JobActor(new_id())
    if not owner_name.strip():
        raise InvalidError("The owner needs a name.", field="owner_name")
    with scope(actor):
        organisation = Organisation(id=actor.organisation_id)
        values = {"name": name, "portal_name": portal_name, **fields}
        set_fields(organisation, values, allowed=FIELDS, checks=CHECKS)
        with naming(TAKEN):
            organisation.save(force_insert=True)
        Preferences(organisation=organisation).save(force_insert=True)
        PaymentTerms.objects.bulk_create(
            PaymentTerms(organisation=organisation, name=label, rule=rule, days=days)
            for label, rule, days in STANDARD_TERMS
        )
        audit.record(actor, "create_organisation", organisation, f"Made {organisation.name}")
        put_on_staff(
            actor,
            organisation,
            email=owner_email,
            name=owner_name,
            role=Role.OWNER,
            password=owner_password,
            email_field="owner_email",
        )
    return organisation
