"""Sam invites many at once, and Olive words the invitations."""

from __future__ import annotations

import pytest

from portico.access.actors import Role, StaffActor
from portico.access.scope import scope
from portico.customers.actions import add_contact, invite_contact, set_active
from portico.customers.actions.waves import choose_uninvited, progress_of, send_some, start_wave
from portico.customers.actions.wording import reset_wording, set_wording
from portico.customers.models import ContactPerson, Customer, InvitationText, PortalState, Wave
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.models import Mail
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import World, make_staff


@pytest.fixture
def sam(world: World) -> StaffActor:
    """Sales."""
    with scope(world.job):
        return make_staff(world.organisation, "Sam", Role.SALES, world.tag)


def _crowd(world: World, count: int) -> None:
    with scope(world.job):
        ContactPerson.objects.bulk_create(
            ContactPerson(
                organisation=world.organisation,
                customer=world.greenleaf,
                first_name=f"P{number}",
                email=f"p{number}@greenleaf.example",
            )
            for number in range(count)
        )


def _invited(world: World) -> int:
    with scope(world.job):
        return ContactPerson.objects.filter(portal_state=PortalState.INVITED).count()


def test_sam_invites_everybody_at_the_chosen_customers(
    world: World, sam: StaffActor, mailbox: Mailbox
) -> None:
    _crowd(world, 3)
    add_contact(actor=world.olive, customer=world.greenleaf, first_name="Nomail")
    client = signed_in(sam)
    chosen = {"action": "invite_uninvited", "index": "0", "_selected_action": [str(world.greenleaf.pk)]}
    answer = client.post("/office/customers/customer/", chosen)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "3 of 4 contact persons will be sent an invitation." in page
    assert "Left out: 1 have no e-mail address." in page
    assert _invited(world) == 0
    sent = client.post(answer["Location"], {"message": "See you at the fair."})
    assert sent.status_code == 302
    run_jobs()
    shown = client.get(sent["Location"]).content.decode()
    assert "3 invited, 1 left out (of 4)" in shown
    assert "has no e-mail address" in shown
    assert _invited(world) == 3
    assert "See you at the fair." in text_of(mailbox.wait_for("p1@greenleaf.example"))


def test_sam_invites_those_chosen_one_by_one(world: World, sam: StaffActor) -> None:
    _crowd(world, 3)
    with scope(world.job):
        ids = [str(each.pk) for each in ContactPerson.objects.filter(first_name__in=["P0", "P2"])]
    client = signed_in(sam)
    chosen = {"action": "invite_chosen", "index": "0", "_selected_action": ids}
    answer = client.post("/office/customers/contactperson/", chosen)
    client.post(answer["Location"], {"message": ""})
    run_jobs()
    assert _invited(world) == 2


def test_a_thousand_are_invited_by_a_job_that_goes_on_where_it_stopped(world: World) -> None:
    _crowd(world, 1_000)
    with scope(world.olive):
        wave = choose_uninvited(actor=world.olive, customers=Customer.objects.visible_to(world.olive))
    start_wave(actor=world.olive, wave=wave)
    assert send_some(world.organisation.pk, wave.pk)  # and here the worker dies
    assert 0 < progress_of(world.olive, wave)["invited"] < 1_000
    while send_some(world.organisation.pk, wave.pk):
        pass
    assert progress_of(world.olive, wave) == {"invited": 1_000}
    with scope(world.olive):
        assert Mail.objects.filter(key__startswith="invitation:").count() == 1_000
        assert Wave.objects.get(pk=wave.pk).state == Wave.State.SENT
    with pytest.raises(ConflictError):
        start_wave(actor=world.olive, wave=wave)


def test_what_happens_between_choosing_and_sending_counts(world: World) -> None:
    _crowd(world, 2)
    with scope(world.olive):
        wave = choose_uninvited(actor=world.olive, customers=Customer.objects.visible_to(world.olive))
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    start_wave(actor=world.olive, wave=wave)
    send_some(world.organisation.pk, wave.pk)
    assert progress_of(world.olive, wave) == {"left_out": 2}


def test_a_reader_and_a_customer_invite_nobody(world: World) -> None:
    _crowd(world, 1)
    with scope(world.job):
        rita = make_staff(world.organisation, "Rita", Role.READ_ONLY, world.tag)
        everybody = Customer.objects.filter(organisation=world.organisation)
    for actor in (rita, world.maya):
        with pytest.raises(ForbiddenError):
            choose_uninvited(actor=actor, customers=everybody)
    chosen = {"action": "invite_uninvited", "index": "0", "_selected_action": [str(world.greenleaf.pk)]}
    signed_in(rita).post("/office/customers/customer/", chosen)
    with scope(world.job):
        assert not Wave.objects.exists()


def test_olive_words_the_invitations_and_looks_first(world: World, mailbox: Mailbox) -> None:
    client = signed_in(world.olive)
    where = "/office/do/edit-invitation-text/"
    words = {
        "subject": "Hello %first_name",
        "message": "Dear %name of %customer,\n\n%organisation is 100% ready.",
    }
    page = client.post(where, {**words, "preview": "1"}).content.decode()
    assert "Dear Maya Chen of Greenleaf Gardens Ltd," in page
    with scope(world.olive):
        assert not InvitationText.objects.exists()
    assert client.post(where, words).status_code == 302
    finn = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email=world.email("finn")
    )
    invite_contact(actor=world.maya, person=finn)
    run_jobs()
    mail = mailbox.wait_for(world.email("finn"))
    assert str(mail["Subject"]) == "Hello Finn"
    assert "Dear Finn of Greenleaf Gardens Ltd," in text_of(mail)
    assert "Northwind Traders is 100% ready." in text_of(mail)
    assert "/account/invitation/" in text_of(mail)


def test_a_placeholder_that_does_not_exist_is_named(world: World) -> None:
    with pytest.raises(InvalidError, match=r"There is no %nmae\. You can write %name"):
        set_wording(actor=world.olive, subject="Hello", message="Dear %nmae")
    answer = signed_in(world.olive).post(
        "/office/do/edit-invitation-text/", {"subject": "Hi %who", "message": "x"}
    )
    assert answer.status_code == 422
    assert "There is no %who." in answer.content.decode()


def test_the_usual_text_comes_back(world: World) -> None:
    text = set_wording(actor=world.olive, subject="Hello", message="Come")
    signed_in(world.olive).post(f"/office/do/reset-invitation-text/{text.pk}/")
    with scope(world.olive):
        assert not InvitationText.objects.exists()
    reset_wording(actor=world.olive)
    page = signed_in(world.olive).get("/office/do/edit-invitation-text/").content.decode()
    assert "Your access to the customer portal of %organisation" in page
