"""No page runs a script of others, or may be framed by others: the ground of SAQ A (docs/operate/card-data.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from portico.kit.ids import new_id
from portico.payments.gateway import Account, FieldsPage, MethodKind, gateway_for
from portico.testing.gateway_contract import a_wish
from tests.access.cast import Stage, make_stage
from tests.access.matrix import ROUTES
from tests.access.test_matrix import _PLAIN

OURS = {"'self'", "'none'", "data:"}
A_PAGE = "text/html"
FRAMES_OF_GATEWAYS = {"pay", "pay_summary", "link_pay", "link_pay_summary", "payment_method_new"}
"""Pages that frame the fields that a gateway hosts; its origin is all they let in."""
FRAMED_BY_US = {"pay_fields", "link_pay_fields", "payment_method_fields", "file_preview", "document_preview"}
"""What stands in a frame of ours, under a policy of its own."""


@pytest.fixture(scope="module")
def cast() -> Stage:
    """Everybody, and everything there is to see."""
    return make_stage()


def _rules(policy: str) -> Mapping[str, set[str]]:
    rows = (each.split() for each in policy.split(";") if each.strip())
    return {row[0]: set(row[1:]) for row in rows}


@pytest.mark.parametrize("who", ["nobody", "maya"])
def test_every_page_of_the_portal_lets_in_our_own_scripts_and_nothing_else(cast: Stage, who: str) -> None:
    seen = 0
    for route in ROUTES:
        if route.method != "GET":
            continue
        address = reverse(
            route.name, args=[str(cast.things.get(each, _PLAIN.get(each))) for each in route.about]
        )
        data = {key: value.format(**cast.things) for key, value in route.data.items()}
        answer = cast.clients[who].get(address, data)
        if not answer["Content-Type"].startswith(A_PAGE) or answer.status_code in (301, 302, 303):
            continue
        seen += 1
        _check(route.name, answer.headers)
        kept = answer.headers.get("Cache-Control", "")
        if who == "maya" and answer.status_code == 200 and "private" not in kept and "no-store" not in kept:
            # No cache between her and us keeps what is hers.
            for_all = cast.clients["nobody"].get(address, data)
            assert for_all.status_code == 200, f"{route.name} may be kept by others: {kept}"
    assert seen > 20


def _check(name: str, headers: Mapping[str, str]) -> None:
    rules = _rules(headers["Content-Security-Policy"])
    scripts = rules.get("script-src", rules.get("default-src", {"*"}))
    assert scripts <= OURS, f"{name} runs {scripts}"
    assert rules.get("form-action", set()) <= OURS, name
    if "sandbox" in rules or name in FRAMED_BY_US:
        return
    for directive, sources in rules.items():
        if directive == "frame-src" and name in FRAMES_OF_GATEWAYS:
            continue
        assert sources <= OURS, f"{name}: {directive} {sources}"
    assert rules["frame-ancestors"] == {"'none'"}, name
    assert headers["X-Frame-Options"] == "DENY", name


def test_an_error_is_under_the_same_policy() -> None:
    answer = Client().get("/there/is/nothing/here/")
    assert answer.status_code in (302, 404)
    rules = _rules(answer["Content-Security-Policy"])
    assert rules["script-src"] == {"'self'"}
    assert rules["frame-ancestors"] == {"'none'"}


def test_what_the_guide_says_of_the_pages_of_fields_is_what_the_gateways_let_in() -> None:
    guide = (Path(__file__).parents[2] / "docs/operate/card-data.md").read_text()
    rows = {
        name: line
        for line in guide.splitlines()
        for name in ("Stripe", "Authorize.Net")
        if f"| {name} |" in line
    }
    public = {"publishable_key": "pk_test_1", "mode": "live"}
    for gateway in (gateway_for("stripe"), gateway_for("authorize_net")):
        page = gateway.fields(Account(new_id(), public, {}), a_wish(MethodKind.CARD))
        assert isinstance(page, FieldsPage)
        named = {each for sources in page.sources.values() for each in sources if each.startswith("https:")}
        written = set(re.findall(r"`(https://[^`]+)`", rows[gateway.name])) - {"https://jstest.authorize.net"}
        assert named == written
        assert ("'unsafe-inline'" in page.sources.get("style-src", ())) == (
            "inline styles" in rows[gateway.name]
        )
