"""Every address is in the matrix, and answers everybody as the matrix says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse

from portico.office.site import office
from tests.access.answers import EVERY_ROLE, Route, rexs_answer
from tests.access.cast import PEOPLE, Stage, make_stage
from tests.access.matrix import (
    ELSEWHERE_TESTED,
    OFFICE_LISTS,
    OFFICE_OTHERS,
    OFFICE_PAGES,
    OFFICE_SHUT,
    ROUTES,
    TAKE_NOTHING,
)

STAFF_ELSEWHERE = "otto"
IN_THE_OFFICE = ("nobody", "maya", "rex", *EVERY_ROLE, STAFF_ELSEWHERE)
"""Whom the office is tried with: no contact person has any access there, so Maya stands for them."""
AT_A_LIST = ("nobody", "maya", "rita", "olive", STAFF_ELSEWHERE)
"""Lists are the same for every role; the least and the most of them."""


@pytest.fixture(scope="module")
def cast() -> Stage:
    """One stage for all: what is posted by those who may is undone, or changes nothing that others ask for."""
    return make_stage()


def _named(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.name or ""


def test_every_address_is_in_the_matrix() -> None:
    listed = {route.name for route in ROUTES} | {each.split()[0] for each in ELSEWHERE_TESTED}
    addresses = list(_named(get_resolver()))
    outside = {name for address, name in addresses if not address.startswith("office/")}
    assert outside - listed == set(), "add these addresses to tests/access/routes/"
    assert listed - outside == set(), "these are in the matrix, but there is no such address"
    admin = {
        f"{each}_{page}"
        for each in OFFICE_LISTS
        for page in ("changelist", "add", "history", "delete", "change")
    }
    known = (
        admin
        | set(OFFICE_PAGES)
        | set(OFFICE_OTHERS)
        | set(OFFICE_SHUT)
        | {"login", "logout", "app_list", ""}
    )
    inside = {name for address, name in addresses if address.startswith("office/")}
    assert inside - known == set(), "add these pages of the office to tests/access/routes/"
    assert known - inside == set(), "these pages of the office are in the matrix, but are not there"


def test_every_address_that_takes_a_post_is_tried_with_one() -> None:
    posted = {route.name for route in ROUTES if route.method == "POST"}
    posted |= {each.split()[0] for each in ELSEWHERE_TESTED if each.endswith("POST")}
    for name in {route.name for route in ROUTES} - posted - TAKE_NOTHING:
        assert _refuses_posts(name), f"{name} takes a POST: add it to tests/access/routes/"


def _refuses_posts(name: str) -> bool:
    """Whether the view stops at the method, before it looks at anything else."""
    found = resolve(_address(name, ("00000000-0000-7000-8000-000000000000",) * 3))
    try:
        answer = found.func(RequestFactory().post("/"), *found.args, **found.kwargs)
    except Exception:  # noqa: BLE001 (it did not stop, whatever it stumbled over then)
        return False
    return bool(answer.status_code == 405)


@pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.method} {route.name} {' '.join(route.about)}".strip()
)
def test_everybody_is_answered_as_the_matrix_says(cast: Stage, route: Route) -> None:
    address = _address(
        route.name, tuple(str(cast.things.get(each, _PLAIN.get(each))) for each in route.about)
    )
    expected = dict(zip(PEOPLE, _answers(route, address), strict=True))
    data = {key: value.format(**cast.things) for key, value in route.data.items()}
    assert {who: _ask(cast, who, route.method, address, data) for who in PEOPLE} == expected
    if route.method == "GET":
        for who in ("nobody", "ines", "leo"):
            assert _ask(cast, who, "HEAD", address, data) in {expected[who], 405}, who


def _answers(route: Route, address: str) -> list[int]:
    """The line's answers, with Rex's where it leaves that out."""
    answers = route.answers.split()
    if len(answers) < len(PEOPLE):
        view = resolve(address).func
        marked = any(getattr(view, mark, False) for mark in ("open_to_all", "signed_in"))
        answers.append(rexs_answer(answers, is_open=marked or view.__module__.startswith("allauth.")))
    return [int(each) for each in answers]


_PLAIN = {"accent": "005a6b", "version": "1"}


@pytest.mark.parametrize("name", OFFICE_PAGES)
def test_a_page_of_the_office_is_for_those_roles_only(cast: Stage, name: str) -> None:
    about, may = OFFICE_PAGES[name]
    address = _office(name, cast, about)
    for method in ("GET", "POST"):
        for who in IN_THE_OFFICE:
            with _undone(method):
                status = _ask(cast, who, method, address)
            if who in may:
                assert status in {200, 302, 409, 422}, (method, who)
            elif who == STAFF_ELSEWHERE:
                assert status in ({404} if about else {200, 302, 422}), (method, who)
            else:
                assert status == _outsider(who), (method, who)


@pytest.mark.parametrize("rows", OFFICE_LISTS)
def test_lists_of_the_office_are_read_by_staff_and_written_by_nobody(cast: Stage, rows: str) -> None:
    key = cast.things[OFFICE_LISTS[rows]]
    for who in AT_A_LIST:
        staff = who in (*EVERY_ROLE, STAFF_ELSEWHERE)
        refused = 403 if staff else _outsider(who)
        assert _ask(cast, who, "GET", reverse(f"admin:{rows}_changelist")) == (200 if staff else refused)
        one = 404 if who == STAFF_ELSEWHERE else 200 if staff else refused
        assert _ask(cast, who, "GET", reverse(f"admin:{rows}_change", args=[key])) == one
        if who not in {"maya", "olive", STAFF_ELSEWHERE}:
            continue  # what the owner may not, the others may not
        for page, arguments in (("add", []), ("delete", [key]), ("change", [key])):
            for method in ("GET", "POST") if page != "change" else ("POST",):
                with _undone(method):
                    status = _ask(cast, who, method, reverse(f"admin:{rows}_{page}", args=arguments))
                nowhere = {302, 404} if who == STAFF_ELSEWHERE and arguments else set()
                assert status in {refused, *nowhere}, (page, method, who)


def test_the_offices_own_doors_lead_to_the_portals_sign_in(cast: Stage) -> None:
    for address in ("/office/", "/office/login/", "/office/customers/", "/office/no/such/page/"):
        assert _ask(cast, "nobody", "GET", address) == 302, address
        assert _ask(cast, "maya", "GET", address) == 403, address
    assert _ask(cast, "olive", "GET", "/office/customers/") == 200
    assert _ask(cast, "olive", "GET", "/office/no/such/page/") == 404


@pytest.mark.parametrize("name", OFFICE_OTHERS)
def test_other_pages_of_the_office(cast: Stage, name: str) -> None:
    about, may, expected = OFFICE_OTHERS[name]
    address = _office(name, cast, about)
    for who in IN_THE_OFFICE:
        status = _ask(cast, who, "GET", address)
        if who in may:
            assert status == expected, who
        elif who == STAFF_ELSEWHERE:
            assert status == (404 if about else expected), who
        else:
            assert status == _outsider(who), who


@pytest.mark.parametrize("name", OFFICE_SHUT)
def test_what_the_admin_brings_along_is_shut(cast: Stage, name: str) -> None:
    arguments = ["1", "1"] if name == "view_on_site" else []
    for who in IN_THE_OFFICE:
        status = _ask(cast, who, "GET", reverse(f"admin:{name}", args=arguments))
        assert status in ({403, 404} if who in (*EVERY_ROLE, STAFF_ELSEWHERE) else {_outsider(who)}), who


def test_the_office_has_every_list_that_is_registered() -> None:
    assert {f"{model._meta.app_label}_{model._meta.model_name}" for model in office._registry} == set(
        OFFICE_LISTS
    )


def _outsider(who: str) -> int:
    """What somebody of no staff is answered in the office, and a role that may not."""
    return 302 if who == "nobody" else 403


def _office(name: str, cast: Stage, about: str) -> str:
    return reverse(f"admin:{name}", args=[cast.things[about]] if about else [])


def _address(name: str, arguments: tuple[str, ...]) -> str:
    for count in range(len(arguments) + 1):
        try:
            return reverse(name, args=arguments[:count])
        except NoReverseMatch:  # it takes more
            continue
    raise AssertionError(f"{name} takes other arguments than {arguments}")


def _ask(cast: Stage, who: str, method: str, address: str, data: dict[str, str] | None = None) -> int:
    client = cast.clients[who]
    if method == "POST":
        return client.post(address, data or {}).status_code
    return (client.get if method == "GET" else client.head)(address, data or {}).status_code


@contextmanager
def _undone(method: str) -> Iterator[None]:
    """What a POST does is rolled back, so that the next of the people asks for the same."""
    if method != "POST":
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_form_of_another_site_is_refused(cast: Stage) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cast.clients["maya"].cookies
    for name in ("account_switch", "account_theme", "pay"):
        assert strict.post(reverse(name)).status_code == 403
