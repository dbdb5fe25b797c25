"""Staff members: added, changed, let go; an organisation always has an active owner."""

from __future__ import annotations

from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, Role, StaffActor, require_office
from portico.access.changes import naming, save_changed, set_fields
from portico.access.memberships import memberships
from portico.access.models import User
from portico.access.people import check_password, end_sessions_without_access, find_person, person_for
from portico.access.scope import scope
from portico.kit.errors import ConflictError, NotFoundError
from portico.organisations import checks
from portico.organisations.models import Organisation, StaffMember

FIELDS: Final = frozenset({"name", "role", "is_active", "wants_email"})
OWN_FIELDS: Final = frozenset({"name", "wants_email"})
"""What staff members may change about themselves."""

_ONCE: Final = {"staff_member_once": ("email", "This person is a staff member already.")}


def add_staff(
    *, actor: Actor, name: str, email: str, role: Role, password: str | None = None, wants_email: bool = True
) -> StaffMember:
    """Make somebody a staff member of the actor's organisation.

    Args:
        actor: an owner.
        name: as colleagues and customers read it.
        email: an existing login with this address is taken, and keeps its password.
        role: what they may do.
        password: for a new login; without one they sign in by a code sent to the address.
        wants_email: whether they want e-mail about portal activity.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: this person is a staff member already.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        organisation = Organisation.objects.one_for(actor, pk=actor.organisation_id)
        return put_on_staff(
            actor,
            organisation,
            email=email,
            name=name,
            role=role,
            password=password,
            wants_email=wants_email,
        )


def put_on_staff(
    actor: Actor,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None = None,
    wants_email: bool = True,
    email_field: str = "email",
) -> StaffMember:
    """What `add_staff` and `create_organisation` share; within a scope of the organisation."""
    address = checks.email(email.strip(), email_field)
    staff = StaffMember(organisation=organisation)
    values = {"name": name, "role": role, "wants_email": wants_email}
    set_fields(staff, values, allowed=FIELDS)
    known = find_person(address)
    user = known or person_for(address, staff.name)
    if known is None and password is not None:
        check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    _open_office(user, True)
    staff.user = user
    with naming(_ONCE):
        staff.save(force_insert=True)
    audit.record(
        actor,
        "add_staff",
        staff,
        f"Added {staff.name} as {role}",
        {"email": [None, address], "role": [None, role]},
    )
    return staff


def edit_staff(*, actor: Actor, staff: StaffMember, **changes: object) -> StaffMember:
    """Change a staff member: `name`, `role`, `is_active`, `wants_email`.

    Owners may change everybody; the others may change OWN_FIELDS of themselves. Who is made inactive and can
    act as nothing else is signed out everywhere at once.

    Raises:
        ForbiddenError: not an owner, and not a field of one's own.
        ConflictError: it would leave the organisation without an active owner.
        InvalidError: a value cannot be taken; `field` names it.
        NotFoundError: not a staff member of the actor's organisation.
    """
    own = isinstance(actor, StaffActor) and actor.staff_id == staff.pk
    if not (own and OWN_FIELDS.issuperset(changes)):
        require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        # One change of staff at a time: two owners demoting each other must not leave none.
        Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)
        fresh = StaffMember.objects.filter(organisation_id=actor.organisation_id, pk=staff.pk).first()
        if fresh is None:
            raise NotFoundError
        was_owner = fresh.is_active and fresh.role == Role.OWNER
        done = set_fields(fresh, changes, allowed=FIELDS)
        if was_owner and not (fresh.is_active and fresh.role == Role.OWNER):
            _refuse_last_owner(fresh, done)
        if done:
            save_changed(fresh, done)
            audit.record(actor, "edit_staff", fresh, changes=done)
        if "is_active" in done:
            _open_office(fresh.user, fresh.is_active or _works_elsewhere(fresh.user))
            end_sessions_without_access([fresh.user_id])
    return fresh


def _refuse_last_owner(staff: StaffMember, changed: dict[str, list[object]]) -> None:
    others = StaffMember.objects.filter(
        organisation_id=staff.organisation_id, role=Role.OWNER, is_active=True
    ).exclude(pk=staff.pk)
    if not others.exists():
        field = "is_active" if "is_active" in changed else "role"
        raise ConflictError("This is the last active owner. Make somebody else an owner first.", field=field)


def _works_elsewhere(user: User) -> bool:
    return any(isinstance(each.actor, StaffActor) for each in memberships(user.pk))


def _open_office(user: User, may: bool) -> None:
    if user.is_staff != may:
        user.is_staff = may
        user.save(update_fields=["is_staff"])
