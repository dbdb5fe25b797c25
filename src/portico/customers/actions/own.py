"""What contact persons change about themselves."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import ContactActor
from portico.access.changes import Changes, save_changed, set_fields
from portico.access.models import User
from portico.access.scope import scope
from portico.customers import fields
from portico.customers.doors import locked_person, require_open_profile
from portico.customers.history import note_change
from portico.customers.models import ContactPerson
from portico.notifications.actions import tell_staff

OWN: Final = frozenset(
    {"salutation", "first_name", "last_name", "phone", "mobile", "designation", "department"}
)
"""What contact persons may change about themselves: neither their address, which is proved, nor permissions."""


def edit_own_details(*, actor: ContactActor, **changes: object) -> ContactPerson:
    """Change one's own name and phone at this customer, where preference 8 allows it; staff are told (S9.2).

    Raises:
        ForbiddenError: customers may not edit their details.
        InvalidError: a value cannot be taken; `field` names it.
    """
    with scope(actor):
        person = locked_person(actor, ContactPerson(pk=actor.person_id))
        require_open_profile(actor)
        done: Changes = set_fields(person, changes, allowed=OWN, checks=fields.CONTACT_CHECKS)
        if done:
            save_changed(person, done)
            if {"first_name", "last_name"} & done.keys():
                User.objects.filter(pk=actor.user_id).update(name=person.full_name[:200])
            audit.record(actor, "edit_own_details", person, changes=done)
            note_change(actor, person, "contact", done)
            title = f"{actor.name} changed their own details"
            # Which, not what: what is told stays in mailboxes, where nobody can erase it.
            lines = ", ".join(sorted(name.replace("_", " ") for name in done))
            tell_staff(actor, "profile_changed", title, customer=person.customer_id, body=lines)
    return person
