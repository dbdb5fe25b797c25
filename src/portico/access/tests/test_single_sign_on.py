"""Signing in through OpenID Connect and SAML providers that others wrote (S1.3)."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from portico.access.models import User
from portico.access.providers import SignInProvider, allauth_providers, read_providers
from portico.access.scope import scope
from portico.access.tests.identity import ENTITY, SSO, OidcProvider, SamlProvider, running_oidc
from portico.customers.actions import revoke_access
from portico.customers.models import ContactPerson
from portico.organisations.actions.edit import edit_preferences
from portico.testing.people import World

OIDC = "/account/oidc/greenleaf/login/"
SAML = "/account/saml/leaf/login/"


def browser() -> Client:
    """At an address as a browser says it."""
    return Client(headers={"Host": "127.0.0.1"})


@pytest.fixture(scope="module")
def oidc() -> Iterator[OidcProvider]:
    with running_oidc() as provider:
        yield provider


@pytest.fixture
def saml(tmp_path: Path) -> SamlProvider:
    return SamlProvider(tmp_path)


def use(settings: Any, *providers: SignInProvider) -> None:
    settings.SIGN_IN_PROVIDERS = providers
    settings.SOCIALACCOUNT_PROVIDERS = allauth_providers(providers)


@pytest.fixture(autouse=True)
def configured(settings: Any, tmp_path: Path, oidc: OidcProvider, saml: SamlProvider) -> None:
    """The file an operator writes."""
    path = tmp_path / "sign-in.toml"
    path.write_text(
        f"""
        [[openid_connect]]
        id = "greenleaf"
        name = "Greenleaf"
        server = "{oidc.url}"
        client_id = "portico"
        client_secret = "secret"
        domains = ["greenleaf.example"]

        [[saml]]
        id = "leaf"
        name = "Greenleaf by SAML"
        entity_id = "{ENTITY}"
        sso_url = "{SSO}"
        certificate = '''{saml.certificate}'''
        domains = ["greenleaf.example"]
        addresses_are_verified = true
        """
    )
    use(settings, *read_providers(str(path)))


def by_oidc(oidc: OidcProvider, client: Client, path: str = OIDC, **claims: object) -> Any:
    """Go there, sign in there, come back."""
    oidc.put("somebody", **claims)
    address = client.get(path)["Location"]
    back = urlsplit(oidc.authorize(address, "somebody"))
    return client.get(f"{back.path}?{back.query}")


def by_saml(saml: SamlProvider, client: Client, mail: str | None, **more: Any) -> Any:
    address = client.get(SAML)["Location"]
    assert address.startswith(SSO)
    return post(client, saml.answer(metadata(), address, mail, **more))


def post(client: Client, answer: dict[str, str]) -> Any:
    """What the browser brings from there."""
    finish = client.post("/account/saml/leaf/acs/", answer)
    return client.get(finish["Location"])


def metadata() -> str:
    answer = browser().get("/account/saml/leaf/metadata/")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def is_in(client: Client) -> bool:
    return client.get("/account/security/").status_code == 200


def test_maya_comes_in_through_her_companys_openid_connect(world: World, oidc: OidcProvider) -> None:
    client = browser()
    answer = by_oidc(oidc, client, f"{OIDC}?next=/invoices/", email=world.email("maya"), email_verified=True)
    assert (answer.status_code, answer["Location"]) == (302, "/invoices/")
    assert client.get("/").status_code == 200


def test_the_way_there_carries_state_and_a_proof_key(oidc: OidcProvider) -> None:
    asked = parse_qs(urlsplit(browser().get(OIDC)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]


def refused(answer: Any, client: Client, says: str) -> None:
    assert answer.status_code in {401, 403}, answer.status_code
    assert says in answer.content.decode()
    assert not is_in(client)


def test_a_person_of_another_organisations_domain_is_refused(world: World, oidc: OidcProvider) -> None:
    client = browser()
    for email in (world.email("olive", "northwind"), world.email("ines", "harbourview")):
        answer = by_oidc(oidc, client, email=email, email_verified=True)
        refused(answer, client, "may not sign in addresses like yours")


@pytest.mark.parametrize(
    "domain", ["sub.greenleaf.example", "greenleaf.example.evil.example", "evilgreenleaf.example"]
)
def test_what_only_looks_like_the_domain_is_not_it(world: World, oidc: OidcProvider, domain: str) -> None:
    client = browser()
    refused(by_oidc(oidc, client, email=f"maya@{domain}", email_verified=True), client, "may not sign in")


@pytest.mark.parametrize("said", [False, None, "false", "no", 0])
def test_an_address_that_the_provider_did_not_verify_is_refused(
    world: World, oidc: OidcProvider, said: object
) -> None:
    client = browser()
    claims: dict[str, Any] = {} if said is None else {"email_verified": said}
    answer = by_oidc(oidc, client, email=world.email("maya"), **claims)
    refused(answer, client, "did not confirm your e-mail address")


def test_an_unknown_address_makes_no_login(world: World, oidc: OidcProvider) -> None:
    client = browser()
    stranger = f"nobody.{world.tag}@greenleaf.example"
    refused(by_oidc(oidc, client, email=stranger, email_verified=True), client, "Nobody with your address")
    assert not User.objects.filter(email=stranger).exists()


def test_who_was_revoked_does_not_come_in_by_another_door(world: World, oidc: OidcProvider) -> None:
    with scope(world.olive):
        leo = ContactPerson.objects.get(pk=world.leo.person_id)
    revoke_access(actor=world.olive, person=leo)
    client = browser()
    answer = by_oidc(oidc, client, email=world.email("leo"), email_verified=True)
    refused(answer, client, "Nobody with your address")


def test_an_id_token_signed_by_another_key_is_refused(
    world: World, oidc: OidcProvider, settings: Any
) -> None:
    with running_oidc() as forger:
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        apps[0]["settings"]["openid_configuration_overrides"] = {"jwks_uri": f"{forger.url}/jwks"}
        client = browser()
        answer = by_oidc(oidc, client, email=world.email("maya"), email_verified=True)
        refused(answer, client, "could not be accepted")


def test_a_code_of_another_browser_signs_nobody_in(world: World, oidc: OidcProvider) -> None:
    oidc.put("somebody", email=world.email("maya"), email_verified=True)
    back = urlsplit(oidc.authorize(browser().get(OIDC)["Location"], "somebody"))
    victim = browser()
    assert victim.get(f"{back.path}?{back.query}").status_code in {401, 403}
    assert not is_in(victim)


def test_the_same_answer_works_once(world: World, oidc: OidcProvider) -> None:
    client = browser()
    oidc.put("somebody", email=world.email("maya"), email_verified=True)
    back = urlsplit(oidc.authorize(client.get(OIDC)["Location"], "somebody"))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    client.post("/account/logout/")
    assert client.get(f"{back.path}?{back.query}").status_code in {401, 403}
    assert not is_in(client)


def test_a_provider_that_is_away_is_named(world: World, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"
    )
    answer = browser().get(OIDC)
    assert answer.status_code == 503
    assert "could not reach Greenleaf" in answer.content.decode()


def test_maya_comes_in_through_her_companys_saml(world: World, saml: SamlProvider) -> None:
    client = browser()
    answer = by_saml(saml, client, world.email("maya"))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_an_assertion_signed_by_another_key_is_refused(
    world: World, saml: SamlProvider, tmp_path: Path
) -> None:
    (tmp_path / "forger").mkdir()
    forger = SamlProvider(tmp_path / "forger")
    client = browser()
    refused(by_saml(saml, client, world.email("maya"), key=forger.key), client, "could not be accepted")


def test_an_unsigned_assertion_is_refused(world: World, saml: SamlProvider) -> None:
    client = browser()
    refused(by_saml(saml, client, world.email("maya"), signed=False), client, "could not be accepted")


def test_an_assertion_changed_after_signing_is_refused(world: World, saml: SamlProvider) -> None:
    client = browser()

    def swap(text: str) -> str:
        assert world.email("leo") in text
        return text.replace(world.email("leo"), world.email("maya"))

    refused(by_saml(saml, client, world.email("leo"), after_signing=swap), client, "could not be accepted")


@pytest.mark.parametrize("other", ["", "ONELOGIN_nobody_asked"])
def test_an_assertion_that_nobody_asked_for_is_refused(world: World, saml: SamlProvider, other: str) -> None:
    client = browser()
    answer = by_saml(saml, client, world.email("maya"), in_response_to=other)
    assert answer.status_code in {401, 403}
    assert not is_in(client)


def test_an_assertion_works_once_and_in_one_browser(world: World, saml: SamlProvider) -> None:
    client = browser()
    answer = saml.answer(metadata(), client.get(SAML)["Location"], world.email("maya"))
    thief = browser()
    assert post(thief, answer).status_code in {401, 403}
    assert not is_in(thief)
    assert post(client, answer).status_code == 302
    client.post("/account/logout/")
    assert post(client, answer).status_code in {401, 403}
    assert not is_in(client)


def test_saml_too_speaks_for_its_domain_alone(world: World, saml: SamlProvider) -> None:
    client = browser()
    refused(by_saml(saml, client, world.email("olive", "northwind")), client, "may not sign in addresses")
    refused(
        by_saml(saml, client, f"nobody.{world.tag}@greenleaf.example"), client, "Nobody with your address"
    )


def test_what_is_no_saml_is_refused(world: World) -> None:
    client = browser()
    for said in ("", "nonsense", base64.b64encode(b"<a/>").decode()):
        assert post(client, {"SAMLResponse": said}).status_code in {401, 403}


def test_an_own_second_factor_is_asked_for_after_the_provider_unless_it_asks_itself(
    world: World, oidc: OidcProvider, settings: Any
) -> None:
    edit_preferences(actor=world.olive, require_second_factor=True)
    client = browser()
    by_oidc(oidc, client, email=world.email("maya"), email_verified=True)
    assert client.get("/")["Location"] == "/account/second-factor/needed/"
    strong = [dataclasses.replace(each, second_factor=True) for each in settings.SIGN_IN_PROVIDERS]
    use(settings, *strong)
    client = browser()
    by_oidc(oidc, client, email=world.email("maya"), email_verified=True)
    assert client.get("/").status_code == 200


def test_a_customers_provider_is_found_by_the_address_and_told_to_nobody(world: World) -> None:
    page = browser().get("/account/login/").content.decode()
    assert "Greenleaf" not in page
    assert "Use my company" in page
    found = browser().get("/account/company/", {"email": "who@GREENLEAF.example", "next": "/invoices/"})
    assert f"{OIDC}?next=/invoices/" in found.content.decode().replace("%2F", "/")
    assert (
        "We know no company sign-in" in browser().get("/account/company/?email=a@b.example").content.decode()
    )
    outside = browser().get(
        "/account/company/", {"email": "who@greenleaf.example", "next": "https://evil.example"}
    )
    assert "evil" not in outside.content.decode()


def test_an_organisations_own_provider_has_a_button_at_its_portal(world: World, settings: Any) -> None:
    name = world.organisation.portal_name
    use(
        settings,
        dataclasses.replace(settings.SIGN_IN_PROVIDERS[0], name="Northwind staff", portals=frozenset({name})),
    )
    client = browser()
    assert "Northwind staff" not in client.get("/account/login/").content.decode()
    client.get(f"/at/{name}/")
    assert "Sign in with Northwind staff" in client.get("/account/login/").content.decode()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            '[[openid_connect]]\nid = "a"\nname = "A"\nserver = "https://a"\nclient_id = "a"',
            "lacks client_secret, domains",
        ),
        ('[[saml]]\nid = "a"', "lacks certificate, domains"),
        (
            '[[saml]]\nid = "a"\nname = "A"\nentity_id = "e"\nsso_url = "s"\ncertificate = "c"\ndomains = []',
            "domains",
        ),
        (
            '[[saml]]\nid = "a"\nname = "A"\nentity_id = "e"\nsso_url = "s"\ncertificate = "c"\ndomains = ["*.a.example"]',
            "domains",
        ),
        (
            '[[saml]]\nid = "a b"\nname = "A"\nentity_id = "e"\nsso_url = "s"\ncertificate = "c"\ndomains = ["a.example"]',
            "an id",
        ),
        ("[[ldap]]\nid = 1", "unknown tables ldap"),
        ("nonsense", "PORTICO_SIGN_IN"),
    ],
)
def test_a_wrong_configuration_is_refused_at_the_start(tmp_path: Path, table: str, says: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(table)
    with pytest.raises(ImproperlyConfigured, match=says):
        read_providers(str(path))
    assert json.dumps(allauth_providers(read_providers("")))
