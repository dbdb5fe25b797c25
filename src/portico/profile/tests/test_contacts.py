"""Maya keeps the list of her colleagues; nobody gives away what they do not have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import add_contact, edit_contact, edit_customer, invite, invite_contact
from portico.customers.actions.invite import MOST_A_DAY_TO_ONE
from portico.customers.models import ContactPerson, DetailChange, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.look import blocks
from portico.notifications.models import Mail, Notification
from portico.organisations.actions.edit import edit_preferences
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact

FORM = {"first_name": "Gus", "last_name": "Berg", "email": "gus@greenleaf.example"}


def _gus(world: World) -> ContactPerson:
    [found] = [p for p in queries.contacts_of(world.olive, world.greenleaf) if p.first_name == "Gus"]
    return found


@pytest.fixture
def tom(world: World) -> ContactActor:
    """He manages the profile, and sees no billing."""
    with scope(world.job):
        return make_contact(
            world.greenleaf,
            "Tom",
            {Permission.MANAGE_PROFILE, Permission.VIEW_ORDERS},
            tag=world.tag,
            company="greenleaf",
        )


def test_maya_adds_gus_and_invites_him_at_once(world: World) -> None:
    client = signed_in(world.maya)
    answer = client.post("/profile/contacts/new/", {**FORM, "can_view_orders": "on", "invite": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/profile/contacts/")
    gus = _gus(world)
    assert gus.portal_state == PortalState.INVITED
    assert gus.permissions == {Permission.VIEW_ORDERS}
    with scope(world.olive):
        assert Mail.objects.filter(to="gus@greenleaf.example", key__startswith="invitation:").count() == 1
        assert Notification.objects.filter(event="contacts_changed", title__contains="Gus Berg").exists()
    page = client.get("/profile/contacts/").content.decode()
    for words in ("Gus Berg", "Invited", "Maya added Gus Berg", "Maya invited Gus Berg"):
        assert words in page


def test_what_was_changed_is_told_from_and_to(world: World) -> None:
    client = signed_in(world.maya)
    client.post("/profile/contacts/new/", FORM)
    client.post(f"/profile/contacts/{_gus(world).pk}/", {**FORM, "phone": "+1 206 555 0100"})
    assert "Phone: +1 206 555 0100" in client.get("/profile/contacts/").content.decode()


def test_tom_cannot_give_what_he_does_not_have(world: World, tom: ContactActor) -> None:
    client = signed_in(tom)
    client.post("/profile/contacts/new/", {**FORM, "can_view_billing": "on", "can_pay": "on"})
    assert not _gus(world).permissions
    for permission in ("can_view_billing", "can_pay"):
        with pytest.raises(ForbiddenError):
            edit_contact(actor=tom, person=_gus(world), **{permission: True})
        with pytest.raises(ForbiddenError):
            edit_contact(actor=tom, person=ContactPerson(pk=tom.person_id), **{permission: True})


def test_tom_cannot_take_an_invitation_that_is_worth_more_than_his_own_access(
    world: World, tom: ContactActor
) -> None:
    boss = add_contact(
        actor=world.olive,
        customer=world.greenleaf,
        first_name="Boss",
        email="boss@greenleaf.example",
        can_pay=True,
    )
    with pytest.raises(ForbiddenError, match="more here than you"):
        edit_contact(actor=tom, person=boss, email="tom-too@greenleaf.example")
    with pytest.raises(ForbiddenError, match="more here than you"):
        invite_contact(actor=tom, person=boss)
    assert edit_contact(actor=tom, person=boss, phone="1").phone == "1"
    assert edit_contact(actor=world.maya, person=boss, email="chief@greenleaf.example").email.startswith(
        "chief"
    )


def test_the_last_who_manages_cannot_lock_everybody_out(world: World, tom: ContactActor) -> None:
    maya = ContactPerson(pk=world.maya.person_id)
    assert not edit_contact(actor=world.maya, person=maya, can_manage_profile=False).can_manage_profile
    with pytest.raises(ConflictError, match="last who could undo"):
        edit_contact(actor=tom, person=ContactPerson(pk=tom.person_id), can_manage_profile=False)
    answer = signed_in(tom).post(f"/profile/contacts/{tom.person_id}/", {"first_name": "Tom"})
    assert answer.status_code == 422
    assert "last who could undo" in answer.content.decode()


def test_maya_ends_the_access_of_leo_and_invites_him_again(world: World) -> None:
    client, leo = signed_in(world.maya), signed_in(world.leo)
    assert leo.get("/").status_code == 200
    where = f"/profile/contacts/{world.leo.person_id}"
    assert "signed out at once" in client.get(f"{where}/end/").content.decode()
    assert leo.get("/").status_code == 200
    client.post(f"{where}/end/")
    assert leo.get("/").status_code in (302, 403)
    client.post(f"{where}/invite/")
    assert queries.contact_for(world.olive, world.leo.person_id).portal_state == PortalState.INVITED


def test_what_cannot_be_done_is_said(world: World) -> None:
    client = signed_in(world.maya)
    where = f"/profile/contacts/{world.maya.person_id}"
    for verb, words in (
        ("end", "your own access"),
        ("remove", "remove yourself"),
        ("invite", "access already"),
    ):
        assert words in client.post(f"{where}/{verb}/", follow=True).content.decode()


@pytest.mark.parametrize("may", [True, False])
def test_preference_8_decides_whether_contact_persons_are_edited(world: World, may: bool) -> None:
    edit_preferences(actor=world.olive, customers_may_upload=may)
    client = signed_in(world.maya)
    answer = client.post("/profile/contacts/new/", FORM)
    assert answer.status_code == (302 if may else 422)
    page = client.get("/profile/contacts/").content.decode()
    assert ("Add a person" in page) == may
    assert ("Please write to them" in page) != may


def test_an_actor_with_a_made_up_permission_is_still_read_from_the_database(world: World) -> None:
    """The actor of a request is made from the rows, so a permission taken away is gone with the next click."""
    edit_contact(actor=world.olive, person=ContactPerson(pk=world.maya.person_id), can_manage_profile=False)
    assert signed_in(replace(world.maya)).get("/profile/contacts/").status_code == 403


@pytest.mark.parametrize(
    "name", ["Your invoice: https://evil.example/", "www.evil.example", "HTTP://evil.example"]
)
def test_a_name_is_no_way_to_a_web_site(world: World, name: str) -> None:
    client = signed_in(world.maya)
    answer = client.post("/profile/contacts/new/", {**FORM, "first_name": name, "invite": "on"})
    assert answer.status_code == 422
    assert "A name has no web address in it." in answer.content.decode()
    assert client.post("/profile/", {"first_name": "Maya", "last_name": name}).status_code == 422
    with scope(world.olive):
        assert not Mail.objects.filter(text__contains="evil.example").exists()


def test_what_maya_changes_is_no_button_in_staffs_mail(world: World) -> None:
    edit_customer(actor=world.maya, customer=world.greenleaf, website="https://evil.example/office/")
    with pytest.raises(InvalidError):
        edit_customer(actor=world.maya, customer=world.greenleaf, display_name="x: https://evil.example/")
    with scope(world.olive):
        mail = Mail.objects.get(to=world.email("olive", "northwind"), key__startswith="staff:")
    assert "https://evil.example/office/" in mail.text
    assert not [each for each in blocks(mail.text) if "evil" in each.url]


def test_maya_cannot_fill_a_mailbox_with_invitations(world: World) -> None:
    gus = add_contact(actor=world.maya, customer=world.greenleaf, first_name="Gus", email=FORM["email"])
    for _again in range(MOST_A_DAY_TO_ONE):
        invite_contact(actor=world.maya, person=gus)
    with pytest.raises(ConflictError):
        invite_contact(actor=world.maya, person=gus)
    invite_contact(actor=world.olive, person=gus)
    with scope(world.job):
        DetailChange.objects.filter(event="invited").update(at=clock.now() - timedelta(days=1, minutes=1))
    invite_contact(actor=world.maya, person=gus)


def test_nor_the_mailboxes_of_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invite, "MOST_A_DAY", 2)
    people = [
        add_contact(actor=world.maya, customer=world.greenleaf, first_name=name, email=f"{name}@x.example")
        for name in ("ann", "ben", "cid")
    ]
    for each in people[:2]:
        invite_contact(actor=world.maya, person=each)
    with pytest.raises(ConflictError):
        invite_contact(actor=world.maya, person=people[2])
