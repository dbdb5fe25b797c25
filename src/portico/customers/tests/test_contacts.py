"""Contact persons of Greenleaf: added, changed, put first, removed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from portico.access.actors import Permission
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import (
    add_contact,
    create_customer,
    edit_contact,
    invite_contact,
    make_primary,
    remove_contact,
)
from portico.customers.models import ContactPerson, PortalState
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.testing.people import World, make_world
from portico.transactions.models import DocumentView


def _person(world: World, who: str = "maya") -> ContactPerson:
    return queries.contact_for(world.olive, getattr(world, who).person_id)


def test_the_first_contact_person_comes_first_and_may_everything(world: World) -> None:
    fern = create_customer(actor=world.olive, display_name="Fern")
    first = add_contact(
        actor=world.olive, customer=fern, first_name="Fay", can_pay=False, can_view_billing=False
    )
    second = add_contact(actor=world.olive, customer=fern, first_name="Finn")
    assert first.is_primary
    assert first.permissions == frozenset(Permission)
    assert not second.is_primary
    assert second.permissions == {Permission.VIEW_ORDERS, Permission.VIEW_BILLING, Permission.PAY}


def test_of_two_first_contact_persons_added_at_once_one_is_first(world: World) -> None:
    fern = create_customer(actor=world.olive, display_name="Fern")
    barrier = Barrier(2)

    def add(name: str) -> ContactPerson:
        try:
            barrier.wait(60)
            return add_contact(actor=world.olive, customer=fern, first_name=name)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(add, ["Fay", "Finn"]))
    assert [person.is_primary for person in made].count(True) == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("first_name", {"first_name": " "}),
        ("email", {"email": "nobody"}),
        ("last_name", {"last_name": "x" * 101}),
        ("phone", {"phone": "1\r\nBcc: all@example.com"}),
        ("can_pay", {"can_pay": "yes"}),
        ("portal_state", {"portal_state": "active"}),
        ("is_primary", {"is_primary": True}),
    ],
)
def test_what_a_contact_person_cannot_be_is_said_beside_its_field(
    world: World, field: str, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidError) as refused:
        add_contact(actor=world.olive, customer=world.greenleaf, **{"first_name": "Fay", **values})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_an_address_stands_once_at_a_customer_but_may_stand_at_several(world: World) -> None:
    with pytest.raises(ConflictError) as refused:
        add_contact(
            actor=world.olive, customer=world.greenleaf, first_name="M", email=world.email("maya").upper()
        )
    assert refused.value.field == "email"
    add_contact(actor=world.olive, customer=world.harbourview, first_name="Maya", email=world.email("maya"))


def test_maya_adds_a_colleague_who_may_at_most_what_she_may(world: World) -> None:
    made = add_contact(actor=world.maya, customer=world.greenleaf, first_name="Finn", can_pay=True)
    assert made.permissions == {Permission.PAY}
    with scope(world.olive):
        assert AuditRecord.objects.get(action="add_contact").actor_name == "Maya"


def test_nobody_gives_away_what_they_do_not_have(world: World) -> None:
    manager = _person(world, "leo")
    edit_contact(actor=world.olive, person=manager, can_manage_profile=True)
    from dataclasses import replace

    leo = replace(world.leo, permissions=frozenset({Permission.VIEW_ORDERS, Permission.MANAGE_PROFILE}))
    with pytest.raises(ForbiddenError) as refused:
        edit_contact(actor=leo, person=manager, can_view_billing=True)
    assert refused.value.field == "can_view_billing"
    with pytest.raises(ForbiddenError):
        add_contact(actor=leo, customer=world.greenleaf, first_name="Finn", can_pay=True)
    # Maya keeps what she has when Leo corrects her name.
    assert edit_contact(actor=leo, person=_person(world), last_name="Moss").can_pay


def test_leo_and_ines_touch_nobody_at_greenleaf(world: World) -> None:
    person = _person(world)
    for actor, error in (
        (world.leo, ForbiddenError),
        (world.ines, NotFoundError),
        (make_world().olive, NotFoundError),
    ):
        with pytest.raises(error):
            edit_contact(actor=actor, person=person, last_name="X")
        with pytest.raises(error):
            make_primary(actor=actor, person=person)
        with pytest.raises(error):
            remove_contact(actor=actor, person=person)
        with pytest.raises(error):
            add_contact(actor=actor, customer=world.greenleaf, first_name="X")
        with pytest.raises(error):
            invite_contact(actor=actor, person=person)


def test_one_comes_first_at_a_time(world: World) -> None:
    make_primary(actor=world.olive, person=_person(world, "leo"))
    make_primary(actor=world.maya, person=_person(world))
    first, second = queries.contacts_of(world.olive, world.greenleaf)
    assert (first.first_name, first.is_primary, second.is_primary) == ("Maya", True, False)


def test_someone_with_access_keeps_an_address(world: World) -> None:
    with pytest.raises(InvalidError) as refused:
        edit_contact(actor=world.olive, person=_person(world), email="")
    assert refused.value.field == "email"


def test_a_contact_person_without_a_past_can_be_removed(world: World) -> None:
    finn = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email="f@greenleaf.example"
    )
    remove_contact(actor=world.maya, person=finn)
    assert len(queries.contacts_of(world.olive, world.greenleaf)) == 2
    with scope(world.olive):
        assert AuditRecord.objects.get(action="remove_contact").summary == "Removed Finn"


def test_who_has_a_past_goes_out_of_sight_and_stays_in_it(world: World) -> None:
    finn = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email="f@greenleaf.example"
    )
    with scope(world.olive):
        view = DocumentView.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            document_kind="invoice",
            document_id=finn.pk,
            contact_person=finn,
        )
    remove_contact(actor=world.olive, person=finn)
    remove_contact(actor=world.olive, person=_person(world, "leo"))
    assert [each.first_name for each in queries.contacts_of(world.olive, world.greenleaf)] == ["Maya"]
    with scope(world.olive):
        assert DocumentView.objects.get(pk=view.pk).contact_person_id == finn.pk
        leo = ContactPerson.objects.get(pk=world.leo.person_id)
        assert (leo.portal_state, leo.removed_at is None) == (PortalState.REVOKED, False)
    with pytest.raises(NotFoundError):
        edit_contact(actor=world.olive, person=finn, first_name="Finn again")
    back = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email="F@greenleaf.example"
    )
    assert (back.pk, back.removed_at) == (finn.pk, None)


def test_the_primary_contact_and_oneself_are_not_removed(world: World) -> None:
    make_primary(actor=world.olive, person=_person(world, "leo"))
    with pytest.raises(ConflictError, match="come first"):
        remove_contact(actor=world.maya, person=_person(world, "leo"))
    with pytest.raises(ConflictError, match="yourself"):
        remove_contact(actor=world.maya, person=_person(world))
