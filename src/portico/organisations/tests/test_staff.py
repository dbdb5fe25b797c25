"""Staff come and go; Northwind always has an active owner."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from portico.access.actors import Role, StaffActor
from portico.access.models import User
from portico.access.scope import scope
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, PorticoError
from portico.organisations.actions import add_staff, edit_staff
from portico.organisations.models import StaffMember
from portico.organisations.queries import staff_of
from portico.testing.people import PASSWORD, World, make_world


def _olive(world: World) -> StaffMember:
    with scope(world.olive):
        return StaffMember.objects.get(pk=world.olive.staff_id)


def _add(world: World, name: str, role: Role) -> StaffMember:
    return add_staff(
        actor=world.olive,
        name=name,
        email=f"{name}.{world.tag}@northwind.example",
        role=role,
        password=PASSWORD,
    )


def _actor(staff: StaffMember) -> StaffActor:
    return StaffActor(staff.organisation_id, staff.pk, staff.user_id, staff.name, Role(staff.role))


def test_olive_adds_an_accountant(world: World) -> None:
    amy = _add(world, "Amy", Role.ACCOUNTANT)
    assert [each.name for each in staff_of(world.olive)] == ["Amy", "Olive"]
    user = User.objects.get(pk=amy.user_id)
    assert user.is_staff
    assert user.check_password(PASSWORD)


def test_nobody_is_staff_twice(world: World) -> None:
    _add(world, "Amy", Role.ACCOUNTANT)
    with pytest.raises(ConflictError) as refused:
        _add(world, "Amy", Role.SALES)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("email", {"email": "nobody"}),
        ("role", {"role": "emperor"}),
        ("name", {"name": ""}),
        ("password", {"password": "short"}),
        ("password", {"password": "password123"}),
    ],
)
def test_what_a_staff_member_cannot_have_is_said_beside_its_field(
    world: World, field: str, values: dict[str, str]
) -> None:
    given = {"name": "Amy", "email": f"amy.{world.tag}@n.example", "role": Role.SALES, "password": PASSWORD}
    with pytest.raises(InvalidError) as refused:
        add_staff(actor=world.olive, **{**given, **values})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not User.objects.filter(email=f"amy.{world.tag}@n.example").exists()


def test_a_login_that_exists_keeps_its_password(world: World) -> None:
    made = add_staff(
        actor=world.olive,
        name="Maya",
        email=world.email("MAYA"),
        role=Role.SALES,
        password="quite-another-one",
    )
    assert made.user_id == world.maya.user_id
    assert User.objects.get(pk=made.user_id).check_password(PASSWORD)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.SALES}])
def test_the_last_owner_stays(world: World, change: dict[str, object]) -> None:
    with pytest.raises(ConflictError) as refused:
        edit_staff(actor=world.olive, staff=_olive(world), **change)
    assert refused.value.field in change
    assert _olive(world).is_active
    assert _olive(world).role == Role.OWNER


def test_an_owner_may_go_when_another_stays(world: World) -> None:
    otto = _add(world, "Otto", Role.OWNER)
    assert not edit_staff(actor=_actor(otto), staff=_olive(world), is_active=False).is_active
    with pytest.raises(ConflictError):
        edit_staff(actor=_actor(otto), staff=otto, role=Role.READ_ONLY)


def test_two_owners_who_demote_each_other_at_once_do_not_both_succeed(world: World) -> None:
    otto = _add(world, "Otto", Role.OWNER)
    barrier = Barrier(2)

    def demote(actor: StaffActor, staff: StaffMember) -> bool:
        try:
            barrier.wait(60)
            edit_staff(actor=actor, staff=staff, role=Role.SALES)
        except PorticoError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(demote, world.olive, otto),
            pool.submit(demote, _actor(otto), _olive(world)),
        ]
        assert [each.result() for each in done].count(True) == 1
    assert [each.role for each in staff_of(world.job)].count(Role.OWNER) == 1


def test_who_is_let_go_is_signed_out_at_once_and_cannot_open_the_office(world: World) -> None:
    amy = _add(world, "Amy", Role.ACCOUNTANT)
    client = Client()
    signed_in = client.post(
        "/account/login/", {"login": f"amy.{world.tag}@northwind.example", "password": PASSWORD}
    )
    assert signed_in.status_code == 302
    assert client.get("/account/sessions/").status_code == 200
    edit_staff(actor=world.olive, staff=amy, is_active=False)
    assert client.get("/account/sessions/").status_code == 302
    assert not User.objects.get(pk=amy.user_id).is_staff


def test_amy_may_turn_off_her_mail_but_not_raise_her_role(world: World) -> None:
    amy = _add(world, "Amy", Role.READ_ONLY)
    assert not edit_staff(actor=_actor(amy), staff=amy, wants_email=False).wants_email
    with pytest.raises(ForbiddenError):
        edit_staff(actor=_actor(amy), staff=amy, role=Role.OWNER)
    with pytest.raises(ForbiddenError):
        edit_staff(actor=_actor(amy), staff=_olive(world), name="Olivia")


def test_olive_cannot_touch_staff_elsewhere_and_maya_no_staff_at_all(world: World) -> None:
    other = make_world()
    with pytest.raises(NotFoundError):
        edit_staff(actor=world.olive, staff=_olive(other), name="Mine")
    with pytest.raises(ForbiddenError):
        edit_staff(actor=world.maya, staff=_olive(world), name="Mine")
    with pytest.raises(ForbiddenError):
        staff_of(world.maya)
