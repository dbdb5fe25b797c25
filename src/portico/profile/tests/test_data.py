"""Mira takes her data with her, and is forgotten (S9.3)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from django.db import connections

from portico.access.actors import ContactActor, Permission
from portico.access.models import User
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import add_contact, edit_own_details, invite_contact
from portico.customers.models import ContactPerson
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.payments.tests.making import card_account, saved_card
from portico.profile.actions.erasure import (
    ask_for_erasure,
    decline_erasure,
    erase_person,
    withdraw_erasure,
)
from portico.profile.traces import KEPT, NOBODY
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.sharing.links.actions import make_link
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import PASSWORD, World, make_contact
from portico.transactions.models import HistoryEvent


@pytest.fixture
def mira(world: World) -> ContactActor:
    """She has looked at things, changed things and been written to."""
    with scope(world.job):
        actor = make_contact(
            world.greenleaf, "Mirabella", frozenset(Permission), tag=world.tag, company="greenleaf"
        )
    edit_own_details(actor=actor, last_name=f"Quill{world.tag}", phone=f"+1 555 {world.tag}")
    actor = replace(actor, name=f"Mirabella Quill{world.tag}")
    gus = add_contact(actor=actor, customer=world.greenleaf, first_name="Gus", email="gus@greenleaf.example")
    invite_contact(actor=actor, person=gus)
    invoice = Books(world.olive, world.greenleaf).invoice("10")
    signed_in(actor).get(f"/invoices/{invoice.pk}/")
    return actor


def _left(words: tuple[str, ...]) -> set[str]:
    """Every column of text in the whole database that still has one of the words."""
    found = set()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'character')"
        )
        for table, column in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1',
                    [f"%{word}%"],
                )
                if cursor.fetchone():
                    found.add(f"{table}.{column}")
    return found


def _erase(world: World, mira: ContactActor) -> None:
    erase_person(actor=world.olive, request=ask_for_erasure(actor=mira))


def test_mira_downloads_all_that_is_kept_about_her(world: World, mira: ContactActor) -> None:
    with scope(world.job):
        user = User.objects.get(pk=mira.user_id)
        make_contact(world.harbourview, "Mirabella", (), tag=world.tag, company="greenleaf", user=user)
    client = signed_in(mira)
    answer = client.get("/profile/data/download/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert json.loads(archive.read("login.json"))["email"] == world.email("mirabella")
    people = [
        json.loads(archive.read(name))[0]
        for name in names
        if name.endswith("customers.contactperson.id.json")
    ]
    assert {each["customer_id"] for each in people} == {str(world.greenleaf.pk), str(world.harbourview.pk)}
    assert f"+1 555 {world.tag}" in [each["phone"] for each in people]
    assert any(json.loads(archive.read(each)) for each in names if "documentview" in each)
    everything = b"".join(archive.read(each) for each in names).decode()
    assert "scrypt" not in everything
    assert '"invitation_token_hash"' not in everything
    assert world.email("leo") not in everything


def test_after_erasure_nothing_of_her_is_left_but_what_the_law_keeps(
    world: World, mira: ContactActor
) -> None:
    email = world.email("mirabella")
    words = (email, f"Quill{world.tag}", f"555 {world.tag}")
    assert _left(words)
    _erase(world, mira)
    run_jobs()
    left = {each for each in _left(words) if each.split(".")[0].split("_")[0] not in _kept_prefixes()}
    assert left == set()
    person = ContactPerson(pk=mira.person_id)
    with scope(world.olive):
        row = ContactPerson.objects.get(pk=person.pk)
    assert (row.full_name, row.email, row.user_id) == (NOBODY, "", None)
    assert [each.first_name for each in queries.contacts_of(world.olive, world.greenleaf)] == [
        "Gus",
        "Leo",
        "Maya",
    ]


def _kept_prefixes() -> set[str]:
    return {each.split("_")[0] for each in KEPT}


def test_her_sessions_end_and_her_password_opens_nothing(world: World, mira: ContactActor) -> None:
    browser = signed_in(mira)
    assert browser.get("/").status_code == 200
    _erase(world, mira)
    assert browser.get("/").status_code in (302, 403)
    browser.post("/account/login/", {"login": world.email("mirabella"), "password": PASSWORD})
    assert browser.get("/").status_code in (302, 403)
    assert not User.objects.get(pk=mira.user_id).is_active


def test_a_login_that_leads_elsewhere_stays(world: World, mira: ContactActor) -> None:
    with scope(world.job):
        user = User.objects.get(pk=mira.user_id)
        make_contact(world.harbourview, "Mirabella", (), tag=world.tag, company="greenleaf", user=user)
    _erase(world, mira)
    assert User.objects.get(pk=mira.user_id).email == world.email("mirabella")
    assert len(queries.contacts_of(world.olive, world.harbourview)) == 2


def test_the_books_and_the_others_stay_as_they_are(world: World, mira: ContactActor) -> None:
    paid = Books(world.olive, world.greenleaf)
    paid.pay("5", (paid.invoice("20"), "5"))
    _erase(world, mira)
    assert signed_in(world.maya).get("/invoices/").status_code == 200
    assert "Maya" in signed_in(world.maya).get("/profile/contacts/").content.decode()


def test_who_asks_proves_who_they_are_first(world: World, mira: ContactActor) -> None:
    client = signed_in(mira)
    answer = client.post("/profile/data/erase/", {"sure": "on"})
    assert answer["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/profile/data/erase/", {"sure": "on"})
    assert "Take the request back" in client.get("/profile/data/").content.decode()
    client.post("/profile/data/erase/", {"withdraw": "1"})
    assert "Ask to be erased" in client.get("/profile/data/").content.decode()


def test_who_has_no_password_proves_it_by_a_code(world: World, mira: ContactActor, mailbox: Mailbox) -> None:
    user = User.objects.get(pk=mira.user_id)
    user.set_unusable_password()
    user.save()
    client = signed_in(mira)
    asked = client.post("/profile/data/erase/", {"sure": "on"})
    page = client.get(asked["Location"], follow=True)
    where = page.redirect_chain[-1][0]
    assert where.startswith("/account/reauthenticate/mail/")
    assert mailbox.to(user.email) == [], "looking sends nothing"
    client.post(where)
    code = re.search(r"^\d{6}$", text_of(mailbox.wait_for(user.email)), re.MULTILINE)
    assert code
    wrong = f"{(int(code[0]) + 1) % 1_000_000:06d}"
    assert client.post(where, {"code": wrong}).status_code == 422
    client.post("/profile/data/erase/", {"sure": "on"})
    assert "Ask to be erased" in client.get("/profile/data/").content.decode(), "not proved yet"
    assert client.post(where, {"code": code[0]})["Location"] == "/profile/data/"
    client.post("/profile/data/erase/", {"sure": "on"})
    assert "Take the request back" in client.get("/profile/data/").content.decode()


def test_a_request_is_declined_with_its_reason(world: World, mira: ContactActor, mailbox: Mailbox) -> None:
    request = ask_for_erasure(actor=mira)
    with pytest.raises(ConflictError):
        ask_for_erasure(actor=mira)
    with pytest.raises(InvalidError):
        decline_erasure(actor=world.olive, request=request, answer=" ")
    decline_erasure(actor=world.olive, request=request, answer="You owe us $10.")
    run_jobs()
    assert "You owe us $10." in text_of(mailbox.wait_for(world.email("mirabella")))
    assert "You owe us $10." in signed_in(mira).get("/profile/data/").content.decode()
    with pytest.raises(ConflictError):
        erase_person(actor=world.olive, request=request)


def test_only_an_owner_erases_and_nobody_withdraws_for_another(world: World, mira: ContactActor) -> None:
    request = ask_for_erasure(actor=mira)
    with pytest.raises(ForbiddenError):
        erase_person(actor=world.maya, request=request)
    with pytest.raises(ConflictError):
        withdraw_erasure(actor=world.maya)


def test_olive_erases_in_the_office(world: World, mira: ContactActor) -> None:
    request = ask_for_erasure(actor=mira)
    client = signed_in(world.olive)
    where = f"/office/do/erase-person/{request.pk}/"
    assert client.post(where).status_code == 422
    assert client.post(where, {"sure": "on"}).status_code == 302
    with scope(world.olive):
        assert ContactPerson.objects.get(pk=mira.person_id).first_name == NOBODY


@pytest.mark.parametrize("name", ["application", "pdf", "USD", "to", "shared"])
def test_a_name_that_is_a_word_of_programs_breaks_no_page(
    world: World, mira: ContactActor, name: str
) -> None:
    edit_own_details(actor=mira, first_name=name, last_name="")
    mira = replace(mira, name=name)
    invoice = Books(world.olive, world.greenleaf).invoice("10")
    make_link(mira, "invoice", invoice.pk, "ada@elsewhere.example")
    file = share_file(
        actor=mira, customer_id=world.greenleaf.pk, name="a.pdf", content=io.BytesIO(b"%PDF-1.4 nothing")
    )
    erase_person(actor=world.olive, request=ask_for_erasure(actor=mira))
    with scope(world.olive):
        now = SharedFile.objects.get(pk=file.pk)
        assert (now.media_type, now.storage_key) == (file.media_type, file.storage_key)
        details = HistoryEvent.objects.get(event="shared_by_link").details
        assert details == {"to": "ada@elsewhere.example"}
    maya = signed_in(world.maya)
    for path in (
        "/",
        "/documents/",
        f"/documents/{file.pk}/download",
        f"/invoices/{invoice.pk}/",
        "/profile/",
    ):
        assert maya.get(path).status_code == 200
    for page in ("files_sharedfile", "links_publiclink", "customers_contactperson"):
        assert signed_in(world.olive).get(f"/office/{page.replace('_', '/', 1)}/").status_code == 200


def test_her_saved_cards_are_in_her_data_and_are_erased_with_her(world: World, mira: ContactActor) -> None:
    card = saved_card(mira, card_account(world), "4242")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(signed_in(mira).get("/profile/data/download/"))))
    name = next(each for each in archive.namelist() if "payments.savedmethod" in each)
    assert "4242" in archive.read(name).decode()
    _erase(world, mira)
    with scope(world.job):
        card.refresh_from_db()
    assert (card.brand, card.last4, card.expires) == ("", "", None)
    assert card.removed_at is not None
