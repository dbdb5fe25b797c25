"""Authenticator apps, recovery codes, and the organisation that asks everybody for a second factor (S1.3, S2 3)."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests.access.matrix import OFFICE_LISTS, OFFICE_PAGES, ROUTES

from portico.access import second_factor
from portico.access.models import User
from portico.access.scope import scope
from portico.organisations.actions.edit import edit_preferences
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import PASSWORD, World, make_contact, make_world

SECURITY = "/account/security/"
NEEDED = "/account/second-factor/needed/"


def sign_in(world: World, name: str = "maya", company: str = "greenleaf") -> Client:
    client = Client()
    client.post("/account/login/", {"login": world.email(name, company), "password": PASSWORD})
    return client


def code_of(secret: str) -> str:
    _before, counter, _after = (
        yield_hotp_counters_from_time()
    )  # the one that stays good past the half minute's end
    return str(format_hotp_value(hotp_value(secret, counter)))


def confirm(client: Client) -> None:
    """Type the password once more, as the pages that change something ask."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Set up an authenticator app; gives its secret."""
    confirm(client)
    page = client.get("/account/authenticator/add/").content.decode()
    secret = re.search(r'class="mono">([A-Z2-7]{16,})<', page)
    assert secret, page
    answer = client.post("/account/authenticator/add/", {"code": code_of(secret[1])})
    assert answer["Location"] == "/account/recovery-codes/"
    return secret[1]


def require(world: World, *, on: bool = True) -> None:
    edit_preferences(actor=world.olive, require_second_factor=on)


def test_maya_sets_up_an_app_and_is_asked_for_its_code_from_then_on(world: World) -> None:
    client = sign_in(world)
    secret = set_up_app(client)
    codes = re.findall(r"<li>(\d{8})</li>", client.get("/account/recovery-codes/").content.decode())
    assert len(codes) == 10

    second = sign_in(world)
    assert second.get("/invoices/")["Location"].startswith("/account/login/")
    wrong = second.post("/account/second-factor/", {"code": "000000"})
    assert wrong.status_code == 200
    assert 'aria-invalid="true"' in wrong.content.decode()
    right = second.post("/account/second-factor/", {"code": code_of(secret)})
    assert right["Location"] == "/"
    assert second.get("/invoices/").status_code == 200


def test_a_recovery_code_stands_in_once(world: World) -> None:
    client = sign_in(world)
    set_up_app(client)
    [code, *_rest] = re.findall(r"<li>(\d{8})</li>", client.get("/account/recovery-codes/").content.decode())
    lost = sign_in(world)
    assert lost.post("/account/second-factor/", {"code": code})["Location"] == "/"
    again = sign_in(world)
    assert again.post("/account/second-factor/", {"code": code}).status_code == 200
    assert "9 codes left" in client.get(SECURITY).content.decode()


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old(world: World) -> None:
    client = sign_in(world)
    set_up_app(client)
    assert client.head("/account/recovery-codes/").status_code == 200  # a look from outside uses up nothing
    first = client.get("/account/recovery-codes/")
    codes = re.findall(r"<li>(\d{8})</li>", first.content.decode())
    assert "no-store" in first["Cache-Control"]
    assert 'download="recovery-codes.txt"' in first.content.decode()
    assert not re.findall(r"<li>\d{8}</li>", client.get("/account/recovery-codes/").content.decode())
    client.post("/account/recovery-codes/new/")
    fresh = re.findall(r"<li>(\d{8})</li>", client.get("/account/recovery-codes/").content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)


def test_the_owner_hears_of_every_change_to_how_one_signs_in(world: World) -> None:
    client = sign_in(world)
    set_up_app(client)
    client.post("/account/recovery-codes/new/")
    client.post("/account/authenticator/remove/")
    subjects = [message.subject for message in mail.outbox if world.email("maya") in message.to]
    assert subjects == [
        "An authenticator app was added to your login",
        "You have new recovery codes",
        "The authenticator app was removed from your login",
    ]
    assert "If it was not you" in str(mail.outbox[0].body)


@pytest.mark.parametrize(
    "path", ["/account/authenticator/add/", "/account/passkeys/add/", "/account/recovery-codes/new/"]
)
def test_a_change_asks_for_the_password_once_more(world: World, path: str) -> None:
    client = sign_in(world)
    if "recovery" in path:
        Authenticator.objects.create(
            user_id=world.maya.user_id,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Key", "credential": {}},
        )
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")


def test_the_secret_of_an_app_is_sealed_in_the_database(world: World) -> None:
    secret = set_up_app(sign_in(world))
    kept = Authenticator.objects.get(user_id=world.maya.user_id, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept


def test_codes_cannot_be_guessed_at_will(world: World) -> None:
    client = sign_in(world)
    secret = set_up_app(client)
    thief = sign_in(world)
    for _ in range(6):
        thief.post("/account/second-factor/", {"code": "000000"})
    assert thief.post("/account/second-factor/", {"code": code_of(secret)}).status_code == 200
    assert thief.get("/").status_code == 302


def test_the_page_about_security_lists_and_ends_sessions(world: World) -> None:
    client, other = sign_in(world), sign_in(world)
    page = client.get(SECURITY).content.decode()
    assert page.count("This one") == 1
    assert "End all others" in page
    client.post("/account/sessions/")
    assert UserSession.objects.filter(user_id=world.maya.user_id).count() == 1
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_off_nobody_is_asked_for_a_second_factor(world: World) -> None:
    assert signed_in(world.maya).get("/").status_code == 200
    require(world)
    assert signed_in(world.maya).get("/")["Location"] == NEEDED
    require(world, on=False)
    assert signed_in(world.maya).get("/").status_code == 200


def test_on_maya_is_led_to_set_one_up_and_then_goes_on_where_she_was(world: World) -> None:
    require(world)
    client = sign_in(world)
    assert client.get("/payments/?page=1")["Location"] == NEEDED
    page = client.get(NEEDED).content.decode()
    assert "Northwind Traders asks everybody for a second factor" in page
    set_up_app(client)
    assert "go on" in client.get("/account/recovery-codes/").content.decode()
    assert client.get(NEEDED)["Location"] == "/payments/?page=1"
    assert client.get("/payments/?page=1").status_code == 200


def test_a_session_from_before_has_to_confirm_the_factor_too(world: World) -> None:
    old, client = sign_in(world), sign_in(world)
    secret = set_up_app(client)
    require(world)
    assert old.get("/")["Location"] == NEEDED
    page = old.get(NEEDED).content.decode()
    assert "Type a code" in page
    answer = old.post(
        f"/account/reauthenticate/code/?next={NEEDED}", {"code": code_of(secret), "next": NEEDED}
    )
    assert answer["Location"] == NEEDED
    assert old.get("/").status_code == 200


def test_anothers_proof_in_the_same_browser_counts_for_nobody_else(world: World) -> None:
    require(world)
    set_up = sign_in(world)
    secret = set_up_app(set_up)
    shared = sign_in(world)
    shared.post("/account/second-factor/", {"code": code_of(secret)})
    session = shared.session
    assert session[second_factor.PROVED] == str(world.maya.user_id)
    leo = sign_in(world, "leo")
    planted = leo.session
    planted[second_factor.PROVED] = session[second_factor.PROVED]
    planted.save()
    assert leo.get("/")["Location"] == NEEDED


def test_the_last_factor_stays_while_an_organisation_asks_for_one(world: World) -> None:
    require(world)
    client = sign_in(world)
    set_up_app(client)
    refused = client.post("/account/authenticator/remove/")
    assert refused.status_code == 200
    assert "You need a second factor here" in refused.content.decode()
    require(world, on=False)
    assert client.post("/account/authenticator/remove/").status_code == 302
    assert not second_factor.has_factor(world.maya.user_id)


def test_pages_of_another_organisation_that_asks_for_none_stay_open(world: World) -> None:
    elsewhere = make_world()
    user = User.objects.get(pk=world.maya.user_id)
    with scope(elsewhere.job):
        there = make_contact(
            elsewhere.greenleaf,
            "Maya",
            {*world.maya.permissions},
            tag=world.tag,
            company="greenleaf",
            user=user,
        )
    require(world)
    client = signed_in(there)
    assert client.get("/").status_code == 200
    client.post("/account/switch/", {"account": str(world.greenleaf.pk)})
    assert client.get("/")["Location"] == NEEDED


@pytest.mark.parametrize("who", ["maya", "olive"])
def test_every_page_of_the_portal_and_the_office_is_shut_without_one(world: World, who: str) -> None:
    require(world)
    client = signed_in(getattr(world, who))
    some = "00000000-0000-7000-8000-000000000000"
    tried, open_pages = 0, []
    for name, about in _addresses():
        try:
            address = reverse(name, args=[some] * about)
        except Exception:  # noqa: BLE001 (takes something else: another line of the matrix has it)
            continue
        if address.startswith("/office/") != (who == "olive") or address.startswith("/l/"):
            continue  # a public link asks no human who they are: it has its own code (S1.7)
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            if (answer.status_code, answer.headers.get("Location")) != (302, NEEDED):
                open_pages.append((method, address))
        tried += 1
    assert open_pages == []
    assert tried > (40 if who == "olive" else 15)


def _addresses() -> list[tuple[str, int]]:
    own = {"healthz", "readyz", "logo"}
    portal = {
        (route.name, len(route.about))
        for route in ROUTES
        if route.answers.split()[0] == "302" and not _is_about_the_human(route.name) and route.name not in own
    }
    pages = {(f"admin:{name}", 1 if about else 0) for name, (about, _may) in OFFICE_PAGES.items()}
    lists = {(f"admin:{name}_changelist", 0) for name in OFFICE_LISTS}
    return sorted(portal | pages | lists)


def _is_about_the_human(name: str) -> bool:
    try:
        return reverse(name).startswith("/account/")
    except Exception:  # noqa: BLE001
        return name.startswith(("mfa_", "account_", "invitation", "openid", "saml", "portal"))


def test_htmx_and_programs_are_told_in_their_own_way(world: World) -> None:
    require(world)
    client = signed_in(world.maya)
    fragment = client.get("/invoices/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, NEEDED)
    told = client.get("/invoices/", headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (403, "second_factor_required")


def test_it_is_asked_for_at_the_very_next_request_whoever_changed_the_preference(world: World) -> None:
    client = signed_in(world.maya)
    assert client.get("/").status_code == 200
    with scope(world.olive):
        world.organisation.preferences.require_second_factor = True
        world.organisation.preferences.save()
    assert client.get("/")["Location"] == NEEDED
    with statements() as sent:
        client.get("/invoices/")
    assert sum("door_memberships" in each for each in sent) == 1  # both middlewares ask once


def test_maya_downloads_no_data_of_an_organisation_that_asks_before_she_has_proved(world: World) -> None:
    other = make_world()
    with scope(other.job):
        user = User.objects.get(pk=world.maya.user_id)
        make_contact(other.greenleaf, "Mayasecond", (), tag=other.tag, company="greenleaf", user=user)
    client = sign_in(world)
    client.post("/account/switch/", {"account": str(world.greenleaf.pk)})
    assert _customers_in(client) == {str(world.greenleaf.pk), str(other.greenleaf.pk)}
    require(other)
    assert _customers_in(client) == {str(world.greenleaf.pk)}
    set_up_app(client)
    assert _customers_in(client) == {str(world.greenleaf.pk), str(other.greenleaf.pk)}


def _customers_in(client: Client) -> set[str]:
    answer = client.get("/profile/data/download/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    people = [each for each in archive.namelist() if each.endswith("customers.contactperson.id.json")]
    return {json.loads(archive.read(each))[0]["customer_id"] for each in people}
