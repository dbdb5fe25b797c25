"""Olive runs Northwind: the organisation itself, its preferences, terms and taxes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from secrets import token_hex

import pytest

from portico.access.actors import Role
from portico.access.models import AuditRecord, User
from portico.access.scope import scope
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.organisations import queries
from portico.organisations.actions import (
    STANDARD_TERMS,
    add_payment_terms,
    add_tax_rate,
    create_organisation,
    edit_organisation,
    edit_payment_terms,
    edit_preferences,
    edit_tax_rate,
    set_logo,
)
from portico.organisations.actions.edit import PREFERENCES
from portico.organisations.models import Organisation, Preferences, StaffMember
from portico.testing.people import PASSWORD, World, make_world


def test_a_new_organisation_has_preferences_terms_and_an_owner_who_can_sign_in() -> None:
    tag = token_hex(4)
    made = create_organisation(
        name="Lindenhof",
        portal_name=f"linden{tag}",
        owner_email=f"Oda.{tag}@Lindenhof.example",
        owner_name="Oda",
        owner_password=PASSWORD,
        base_currency="eur",
        time_zone="Europe/Berlin",
        country="de",
    )
    assert (made.base_currency, made.country) == ("EUR", "DE")
    oda = User.objects.get(email=f"oda.{tag}@lindenhof.example")
    assert oda.check_password(PASSWORD)
    assert oda.is_staff
    from portico.access.memberships import memberships

    [membership] = memberships(oda.pk)
    with scope(membership.actor):
        assert StaffMember.objects.get().role == Role.OWNER
        assert Preferences.objects.get().prevent_duplicate_payments
    terms = {(each.name, each.rule, each.days) for each in queries.payment_terms_of(membership.actor)}
    assert terms == set(STANDARD_TERMS)


def test_preferences_start_as_the_specification_says(world: World) -> None:
    with scope(world.olive):
        fresh = Preferences()
    off = {name for name in PREFERENCES if getattr(fresh, name) is False}
    assert off == {"require_second_factor", "customer_reviews", "show_subscriptions"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("portal_name", "abc"),
        ("portal_name", "with space"),
        ("portal_name", "x" * 31),
        ("base_currency", "XYZ"),
        ("time_zone", "Mars/Olympus"),
        ("language", "klingonese"),
        ("country", "ZZ"),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("accent_colour", "red"),
        ("name", "  "),
        ("name", "two\nlines"),
        ("name", "x" * 201),
        ("own_domain", "not a domain"),
        ("page_size", "a3"),
        ("created_at", "2020-01-01"),
    ],
)
def test_what_an_organisation_cannot_be_is_said_beside_its_field(
    world: World, field: str, value: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        edit_organisation(actor=world.olive, **{field: value})
    assert refused.value.field == field


def test_a_portal_name_is_taken_once_in_whatever_case(world: World) -> None:
    other = make_world()
    with pytest.raises(ConflictError) as refused:
        edit_organisation(actor=other.olive, portal_name=world.organisation.portal_name.upper())
    assert refused.value.field == "portal_name"


def test_olive_renames_northwind_and_the_change_is_on_record(world: World) -> None:
    made = edit_organisation(actor=world.olive, name="Northwind Ltd", website="northwind.example")
    assert made.website == "https://northwind.example"
    with scope(world.olive):
        assert Organisation.objects.get().name == "Northwind Ltd"
        record = AuditRecord.objects.get(action="edit_organisation")
    assert record.actor_name == "Olive"
    assert record.changes["name"] == ["Northwind Traders", "Northwind Ltd"]


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.SALES, Role.READ_ONLY])
def test_only_owners_configure(world: World, role: Role) -> None:
    clerk = replace(world.olive, role=role)
    for attempt in (
        lambda: edit_organisation(actor=clerk, name="Mine"),
        lambda: edit_preferences(actor=clerk, allow_sign_up=False),
        lambda: add_payment_terms(actor=clerk, name="Net 7", days=7),
        lambda: add_tax_rate(actor=clerk, name="VAT", percentage=Decimal(19)),
        lambda: set_logo(actor=clerk, data=b""),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_maya_cannot_configure_the_organisation_she_buys_from(world: World) -> None:
    with pytest.raises(ForbiddenError):
        edit_preferences(actor=world.maya, allow_sign_up=False)


@pytest.mark.parametrize("name", sorted(PREFERENCES - {"banner_message"}))
def test_each_preference_can_be_turned_round(world: World, name: str) -> None:
    was = getattr(queries.preferences_of(world.maya), name)
    edit_preferences(actor=world.olive, **{name: not was})
    assert getattr(queries.preferences_of(world.maya), name) is not was


def test_the_banner_and_the_portal_name_are_preferences_too(world: World) -> None:
    edit_preferences(actor=world.olive, banner_message="Closed on Friday", portal_name=f"new{world.tag}")
    organisation = queries.organisation_of(world.maya)
    assert organisation.portal_name == f"new{world.tag}"
    assert organisation.preferences.banner_message == "Closed on Friday"


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_a_preference_is_yes_or_no(world: World, value: object) -> None:
    with pytest.raises(InvalidError) as refused:
        edit_preferences(actor=world.olive, allow_sign_up=value)
    assert refused.value.field == "allow_sign_up"


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'


@pytest.mark.parametrize(
    ("data", "kind"), [(PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (SVG, "image/svg+xml")]
)
def test_a_logo_is_judged_by_its_content(world: World, data: bytes, kind: str) -> None:
    assert set_logo(actor=world.olive, data=data).logo_type == kind
    assert set_logo(actor=world.olive, data=b"").logo_type == ""


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a",
        b"<html><svg></svg></html>",
        b"<svg><script>alert(1)</script></svg>",
        b'<svg onload="alert(1)"></svg>',
        b'<svg><image href="https://elsewhere.example/x.png"/></svg>',
        b"<!DOCTYPE svg><svg></svg>",
        PNG + b"\0" * 500_000,
    ],
)
def test_what_is_no_plain_picture_is_no_logo(world: World, data: bytes) -> None:
    with pytest.raises(InvalidError) as refused:
        set_logo(actor=world.olive, data=data)
    assert refused.value.field == "logo"


def test_terms_and_taxes_are_added_and_changed_but_never_twice_by_one_name(world: World) -> None:
    terms = add_payment_terms(actor=world.olive, name="Net 7", days=7)
    assert edit_payment_terms(actor=world.olive, terms=terms, days=10).days == 10
    with pytest.raises(ConflictError) as refused:
        add_payment_terms(actor=world.olive, name="Net 7", days=8)
    assert refused.value.field == "name"
    vat = add_tax_rate(actor=world.olive, name="VAT", percentage=Decimal("8.875"))
    assert str(vat) == "VAT (8.875%)"
    with pytest.raises(ConflictError):
        add_tax_rate(actor=world.olive, name="VAT", percentage=Decimal(1))
    edit_tax_rate(actor=world.olive, rate=vat, is_active=False)
    assert queries.tax_rates_of(world.olive) == []


@pytest.mark.parametrize("percentage", [Decimal(-1), Decimal("100.1"), Decimal("1.23456"), "many"])
def test_a_tax_is_between_nothing_and_everything(world: World, percentage: Decimal) -> None:
    with pytest.raises(InvalidError) as refused:
        add_tax_rate(actor=world.olive, name="Odd", percentage=percentage)
    assert refused.value.field == "percentage"


def test_olive_cannot_change_the_terms_of_another_organisation(world: World) -> None:
    other = make_world()
    theirs = queries.payment_terms_of(other.olive)[0]
    with pytest.raises(NotFoundError):
        edit_payment_terms(actor=world.olive, terms=theirs, days=1)
