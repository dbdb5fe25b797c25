"""Addresses of portals: by name, by subdomain, by own domain; former names; hosts that are nobody's (S1.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portico.access import hosts
from portico.access.models import User
from portico.access.scope import scope
from portico.kit.errors import ConflictError, ForbiddenError
from portico.organisations.actions.edit import check_domain, edit_organisation, edit_preferences, set_logo
from portico.testing.clients import signed_in
from portico.testing.mail import Mailbox, links_in
from portico.testing.people import PASSWORD, World, make_contact, make_world


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    hosts.forget()


@pytest.fixture
def base(settings: Any) -> str:
    """Portals are subdomains of this."""
    settings.BASE_DOMAIN = "portal.example"
    return "portal.example"


def look_up(host: str) -> frozenset[str]:
    """The outside world's name service: portals are at 127.0.0.1, everything of “elsewhere” is not."""
    if "nowhere" in host:
        return frozenset()
    return frozenset({"203.0.113.7" if "elsewhere" in host else "127.0.0.1"})


def own_domain(world: World) -> str:
    domain = f"pay-{world.tag}.example"
    edit_organisation(actor=world.olive, own_domain=domain)
    check_domain(actor=world.olive, look_up=look_up)
    return domain


def at(host: str) -> Client:
    return Client(headers={"Host": host})


def test_a_portals_url_shows_its_sign_in_page_in_its_brand(world: World) -> None:
    make_world(name="Aardvark Ltd")  # the sign-in page of the only organisation is always its own
    edit_organisation(actor=world.olive, name="Northwind & Sons", accent_colour="#8a1c5b")
    client = Client()
    page = client.get(f"/at/{world.organisation.portal_name}/", follow=True)
    html = page.content.decode()
    assert page.redirect_chain[-1][0].startswith("/account/login/?next=")
    assert "Northwind &amp; Sons" in html
    assert "/brand/8a1c5b-" in html
    assert "Northwind" not in Client().get("/account/login/").content.decode()


def test_after_signing_in_there_that_organisations_customer_is_chosen(world: World) -> None:
    elsewhere = make_world(name="Aardvark Ltd")
    user = User.objects.get(pk=world.maya.user_id)
    with scope(elsewhere.job):
        make_contact(
            elsewhere.greenleaf, "Maya", set(world.maya.permissions), tag=world.tag, company="x", user=user
        )
    client = Client()
    where = f"/at/{world.organisation.portal_name}/"
    client.get(where)
    answer = client.post(
        "/account/login/", {"login": world.email("maya"), "password": PASSWORD, "next": where}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/"
    assert "Northwind Traders" in answer.content.decode()
    other = client.get(f"/at/{elsewhere.organisation.portal_name}/", follow=True)
    assert "Aardvark Ltd" in other.content.decode()


def test_staff_go_on_to_the_office_and_strangers_are_told(world: World) -> None:
    where = f"/at/{world.organisation.portal_name}/"
    assert signed_in(world.olive).get(where)["Location"] == "/office/"
    assert signed_in(make_world().maya).get(where).status_code == 403


def test_a_former_name_leads_to_the_present_one_and_is_given_to_nobody_else(world: World) -> None:
    old, new = world.organisation.portal_name, f"renamed{world.tag}"
    edit_preferences(actor=world.olive, portal_name=new)
    assert Client().get(f"/at/{old}/")["Location"] == f"/at/{new}/"
    assert Client().get(f"/at/{new.upper()}/").status_code == 302
    other = make_world()
    with pytest.raises(ConflictError) as refused:
        edit_organisation(actor=other.olive, portal_name=old.upper())
    assert refused.value.field == "portal_name"
    edit_preferences(actor=world.olive, portal_name=old)
    hosts.forget()
    assert Client().get(f"/at/{new}/")["Location"] == f"/at/{old}/"


def test_a_subdomain_is_the_portal_and_a_former_one_redirects(world: World, base: str) -> None:
    old = world.organisation.portal_name
    html = at(f"{old}.{base}").get("/account/login/").content.decode()
    assert "Northwind Traders" in html
    edit_preferences(actor=world.olive, portal_name=f"renamed{world.tag}")
    answer = at(f"{old}.{base}").get("/invoices/?page=2")
    assert answer["Location"] == f"http://renamed{world.tag}.{base}:8000/invoices/?page=2"
    assert Client().get(f"/at/{old}/")["Location"] == f"http://renamed{world.tag}.{base}:8000/"
    assert at(f"nobody{world.tag}.{base}").get("/account/login/").status_code == 404


def test_an_own_domain_opens_once_it_was_seen_to_lead_here(world: World) -> None:
    domain = f"pay-{world.tag}.example"
    edit_organisation(actor=world.olive, own_domain=domain)
    assert at(domain).get("/account/login/").status_code == 404
    check_domain(actor=world.olive, look_up=look_up)
    assert "Northwind Traders" in at(domain).get("/account/login/").content.decode()
    edit_organisation(actor=world.olive, own_domain=f"new-{world.tag}.example")
    assert at(domain).get("/account/login/").status_code == 404
    assert at(f"new-{world.tag}.example").get("/account/login/").status_code == 404


@pytest.mark.parametrize("label", ["elsewhere", "nowhere"])
def test_a_domain_that_does_not_lead_here_stays_shut(world: World, label: str) -> None:
    edit_organisation(actor=world.olive, own_domain=f"{label}-{world.tag}.example")
    with pytest.raises(ConflictError):
        check_domain(actor=world.olive, look_up=look_up)
    assert at(f"{label}-{world.tag}.example").get("/account/login/").status_code == 404


def test_only_an_owner_opens_a_domain(world: World) -> None:
    with pytest.raises(ForbiddenError):
        check_domain(actor=world.maya, look_up=look_up)


def test_on_an_own_domain_only_that_organisation_is_there(world: World) -> None:
    domain = own_domain(world)
    elsewhere = make_world(name="Aardvark Ltd")
    user = User.objects.get(pk=world.maya.user_id)
    with scope(elsewhere.job):
        other = make_contact(
            elsewhere.greenleaf, "Maya", set(world.maya.permissions), tag=world.tag, company="x", user=user
        )
    client = signed_in(other)  # whose session has the other organisation's customer chosen
    page = client.get("/", headers={"Host": domain}).content.decode()
    assert "Northwind Traders" in page
    assert "Aardvark" not in page
    refused = client.post(
        "/account/switch/", {"account": str(elsewhere.greenleaf.pk)}, headers={"Host": domain}
    )
    assert refused.status_code == 404
    assert (
        client.get(f"/at/{elsewhere.organisation.portal_name}/", headers={"Host": domain}).status_code == 404
    )
    assert signed_in(elsewhere.maya).get("/", headers={"Host": domain}).status_code == 403
    assert signed_in(elsewhere.olive).get("/office/", headers={"Host": domain}).status_code == 403
    assert signed_in(world.olive).get("/office/", headers={"Host": domain}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "xn--nobody-.example", "10.0.0.1"],
)
@pytest.mark.parametrize("path", ["/", "/account/login/", "/account/password/reset/", "/office/", "/healthz"])
def test_a_host_that_is_nobodys_gets_a_clear_page_and_nothing_else(
    world: World, host: str, path: str
) -> None:
    answer = at(host).get(path)
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "There is no portal at this address" in html
    assert "Northwind" not in html


@pytest.mark.parametrize("host", ["a b", "a/b", "pay.example:80:80", "<script>", "", "a" * 300])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    assert at(host).get("/account/login/").status_code in {400, 404}


def test_a_forged_host_brings_no_link_into_an_e_mail(world: World, mailbox: Mailbox) -> None:
    at("evil.example").post("/account/password/reset/", {"email": world.email("maya")})
    assert mailbox.to(world.email("maya")) == []
    Client(headers={"X-Forwarded-Host": "evil.example"}).post(
        "/account/password/reset/", {"email": world.email("maya")}
    )
    assert "evil.example" not in links_in(mailbox.wait_for(world.email("maya")))[0]


def test_another_organisations_domain_gets_no_secret_link_of_its_strangers(
    world: World, mailbox: Mailbox
) -> None:
    theirs = own_domain(make_world())
    at(theirs).post("/account/password/reset/", {"email": world.email("maya")})
    [link] = links_in(mailbox.wait_for(world.email("maya")))
    assert theirs not in link
    mine = own_domain(world)
    at(mine).post("/account/password/reset/", {"email": world.email("leo")})
    [link] = links_in(mailbox.wait_for(world.email("leo")))
    assert link.startswith(f"http://{mine}/")


def test_an_organisations_domain_gets_no_secret_link_of_who_belongs_elsewhere_too(
    world: World, mailbox: Mailbox
) -> None:
    other = make_world()
    with scope(other.job):
        maya = User.objects.get(pk=world.maya.user_id)
        make_contact(other.greenleaf, "Mayasecond", (), tag=other.tag, company="greenleaf", user=maya)
    theirs = own_domain(other)
    at(theirs).post("/account/password/reset/", {"email": world.email("maya")})
    [link] = links_in(mailbox.wait_for(world.email("maya")))
    assert theirs not in link


def test_forms_work_on_an_own_domain_and_from_no_other_site(world: World) -> None:
    domain = own_domain(world)
    client = Client(enforce_csrf_checks=True, headers={"Host": domain})
    client.get("/account/login/")
    form = {
        "login": world.email("maya"),
        "password": PASSWORD,
        "csrfmiddlewaretoken": client.cookies["portico_csrf"].value,
    }
    assert client.post("/account/login/", form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/account/login/", form, headers={"Origin": f"http://{domain}"}).status_code == 302


def test_the_logo_is_on_the_sign_in_page(world: World) -> None:
    name = world.organisation.portal_name
    assert Client().get(f"/at/{name}/logo").status_code == 404
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
    set_logo(actor=world.olive, data=svg)
    answer = Client().get(f"/at/{name}/logo")
    assert (answer.content, answer["Content-Type"]) == (svg, "image/svg+xml")
    assert "sandbox" in answer["Content-Security-Policy"]
    again = Client(headers={"If-None-Match": answer["ETag"]}).get(f"/at/{name}/logo")
    assert again.status_code == 304
    client = Client()
    client.get(f"/at/{name}/")
    assert f"/at/{name}/logo" in client.get("/account/login/").content.decode()


def test_made_up_hosts_fill_no_memory(settings: Any) -> None:
    settings.BASE_DOMAIN = "portal.example"
    for number in range(hosts._MOST + 50):
        hosts._known[("", f"made{number}")] = (0.0, None)
    at("onemore.portal.example").get("/")
    assert len(hosts._known) <= hosts._MOST
