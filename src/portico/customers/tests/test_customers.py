"""Olive keeps customers; Maya keeps what is hers of Greenleaf."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portico.access.actors import Permission, Role
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.actions import (
    AddressDetails,
    create_customer,
    edit_customer,
    set_active,
    set_address,
)
from portico.customers.models import Address, Customer
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, NewEntry, post_all
from portico.notifications.models import Notification
from portico.organisations.actions import edit_preferences
from portico.organisations.queries import payment_terms_of
from portico.testing.people import World, make_world

HOME = AddressDetails(
    attention="Accounts", street="1 Elm St", city="Portland", state="OR", postal_code="97201", country="us"
)


def test_olive_makes_a_customer_with_every_field(world: World) -> None:
    terms = payment_terms_of(world.olive)[0]
    made = create_customer(
        actor=world.olive,
        kind="business",
        customer_number="C-1",
        salutation="Ms",
        first_name="Ada",
        last_name="Ågren",
        company_name="Ågren Trädgård AB",
        display_name="Ågren",
        email="Info@Agren.example",
        phone="+46 8 1",
        mobile="+46 70 1",
        website="agren.example",
        currency="sek",
        payment_terms=terms,
        portal_language="sv",
        tax_treatment="overseas",
        tax_number="SE1",
        credit_limit=Money.of("5000.50", "SEK"),
        allow_bank_payments=True,
        remarks="Pays late.\nBut pays.",
        custom_fields={"Region": " North ", "Empty": ""},
        billing=HOME,
        shipping=replace(HOME, street="2 Oak St"),
    )
    stored = queries.customer_for(world.olive, made.pk)
    assert (stored.email, stored.website) == ("info@agren.example", "https://agren.example")
    assert (stored.currency, stored.credit_limit) == ("SEK", Money.of("5000.5", "SEK"))
    assert stored.custom_fields == {"Region": "North"}
    assert stored.payment_terms == terms
    addresses = queries.addresses_of(world.olive, made)
    assert addresses["billing"].lines == ["Accounts", "1 Elm St", "Portland, OR 97201", "US"]
    assert addresses["shipping"].street == "2 Oak St"


def test_a_customer_has_the_currency_of_the_organisation_and_the_name_of_the_company_unless_told(
    world: World,
) -> None:
    made = create_customer(actor=world.olive, company_name="Fern & Co")
    assert (made.display_name, made.currency) == ("Fern & Co", "USD")
    assert create_customer(actor=world.olive, first_name="Fay", last_name="Fern").display_name == "Fay Fern"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("display_name", {}),
        ("display_name", {"display_name": "x" * 201}),
        ("display_name", {"display_name": "a\x00b"}),
        ("currency", {"currency": "USDX"}),
        ("email", {"email": "a@b@c"}),
        ("website", {"website": "ftp://x.example"}),
        ("portal_language", {"portal_language": "xx-nonsense"}),
        ("kind", {"kind": "ghost"}),
        ("tax_treatment", {"tax_treatment": "none"}),
        ("credit_limit", {"credit_limit": Money.of("1", "EUR")}),
        ("credit_limit", {"credit_limit": Money.of("-1", "USD")}),
        ("credit_limit", {"credit_limit": 5}),
        ("custom_fields", {"custom_fields": {"a": 1}}),
        ("custom_fields", {"custom_fields": {"a": "x" * 3000}}),
        ("allow_bank_payments", {"allow_bank_payments": "on"}),
        ("payment_terms", {"payment_terms": "Net 30"}),
        ("billing.country", {"billing": replace(HOME, country="Atlantis")}),
        ("shipping.street", {"shipping": replace(HOME, street="x" * 201)}),
        ("opening_balance", {"opening_balance": Money.of("1", "USD")}),
        ("is_active", {"is_active": False}),
    ],
)
def test_what_a_customer_cannot_be_is_said_beside_its_field(
    world: World, field: str, values: dict[str, object]
) -> None:
    given: dict[str, object] = {"display_name": "Fern"} if field != "display_name" else {}
    with pytest.raises(InvalidError) as refused:
        create_customer(actor=world.olive, **{**given, **values})  # type: ignore[arg-type]
    assert refused.value.field == field
    with scope(world.olive):
        assert Customer.objects.count() == 2


def test_a_customer_number_is_taken_once(world: World) -> None:
    create_customer(actor=world.olive, display_name="Fern", customer_number="7")
    with pytest.raises(ConflictError) as refused:
        edit_customer(actor=world.olive, customer=world.greenleaf, customer_number="7")
    assert refused.value.field == "customer_number"


def test_payment_terms_of_another_organisation_are_no_choice(world: World) -> None:
    theirs = payment_terms_of(make_world().olive)[0]
    with pytest.raises(InvalidError) as refused:
        edit_customer(actor=world.olive, customer=world.greenleaf, payment_terms=theirs)
    assert refused.value.field == "payment_terms"


def test_what_olive_changes_is_on_record_and_nothing_else_is_written(world: World) -> None:
    edit_customer(actor=world.olive, customer=world.greenleaf, phone="1")
    stale = queries.customer_for(world.olive, world.greenleaf.pk)
    edit_customer(actor=world.olive, customer=world.greenleaf, phone="2", remarks="")
    made = edit_customer(actor=world.olive, customer=stale, mobile="3")
    assert (made.phone, made.mobile) == ("2", "3")
    with scope(world.olive):
        records = AuditRecord.objects.filter(action="edit_customer").order_by("id")
        assert [record.changes for record in records] == [
            {"phone": ["", "1"]},
            {"phone": ["1", "2"]},
            {"mobile": ["", "3"]},
        ]


def test_the_currency_may_change_until_there_is_money(world: World) -> None:
    edit_customer(actor=world.olive, customer=world.greenleaf, credit_limit=Money.of("10", "USD"))
    made = edit_customer(actor=world.olive, customer=world.greenleaf, currency="eur")
    assert made.currency == "EUR"
    assert not made.credit_limit
    with scope(world.olive):
        post_all(
            [
                NewEntry(
                    world.organisation.pk,
                    world.greenleaf.pk,
                    "EUR",
                    EntryKind.INVOICE,
                    new_id(),
                    date(2026, 1, 2),
                    (Leg(Account.RECEIVABLE, Account.SALES, Money(Decimal(1), "EUR")),),
                )
            ]
        )
    with pytest.raises(ConflictError) as refused:
        edit_customer(actor=world.olive, customer=world.greenleaf, currency="USD")
    assert refused.value.field == "currency"


def test_maya_changes_her_own_details_and_staff_are_told(world: World) -> None:
    edit_customer(actor=world.maya, customer=world.greenleaf, phone="+1 555 1", portal_language="de")
    set_address(actor=world.maya, customer=world.greenleaf, kind=Address.Kind.BILLING, details=HOME)
    with scope(world.olive):
        assert Customer.objects.get(pk=world.greenleaf.pk).portal_language == "de"
        assert Notification.objects.filter(event="profile_changed").count() == 2
        assert AuditRecord.objects.get(action="edit_customer").actor_name == "Maya"


@pytest.mark.parametrize("field", ["tax_number", "payment_terms", "currency", "credit_limit", "remarks"])
def test_maya_cannot_change_what_is_the_organisations(world: World, field: str) -> None:
    with pytest.raises(ForbiddenError) as refused:
        edit_customer(actor=world.maya, customer=world.greenleaf, **{field: None})
    assert refused.value.field == field


def test_details_stay_where_customers_may_not_edit_them(world: World) -> None:
    edit_preferences(actor=world.olive, customers_may_upload=False)
    with pytest.raises(ForbiddenError):
        edit_customer(actor=world.maya, customer=world.greenleaf, phone="1")
    with pytest.raises(ForbiddenError):
        set_address(actor=world.maya, customer=world.greenleaf, kind=Address.Kind.BILLING, details=HOME)
    edit_customer(actor=world.olive, customer=world.greenleaf, phone="1")


def test_leo_ines_and_readers_change_nothing_at_greenleaf(world: World) -> None:
    for actor, error in (
        (world.leo, ForbiddenError),
        (world.ines, NotFoundError),
        (replace(world.olive, role=Role.READ_ONLY), ForbiddenError),
        (make_world().olive, NotFoundError),
    ):
        with pytest.raises(error):
            edit_customer(actor=actor, customer=world.greenleaf, phone="1")
        with pytest.raises(error):
            set_address(actor=actor, customer=world.greenleaf, kind=Address.Kind.BILLING, details=HOME)
    for actor in (world.maya, replace(world.olive, role=Role.READ_ONLY)):
        with pytest.raises(ForbiddenError):
            create_customer(actor=actor, display_name="Mine")
        with pytest.raises(ForbiddenError):
            set_active(actor=actor, customer=world.greenleaf, is_active=False)
    assert Permission.MANAGE_PROFILE not in world.leo.permissions


def test_an_address_is_set_changed_and_taken_away(world: World) -> None:
    def of_greenleaf() -> dict[str, Address]:
        return queries.addresses_of(world.olive, world.greenleaf)

    for details in (HOME, replace(HOME, city="Salem")):
        set_address(actor=world.olive, customer=world.greenleaf, kind=Address.Kind.SHIPPING, details=details)
    assert of_greenleaf()["shipping"].city == "Salem"
    set_address(
        actor=world.olive, customer=world.greenleaf, kind=Address.Kind.SHIPPING, details=AddressDetails()
    )
    assert of_greenleaf() == {}
    with scope(world.olive):
        assert AuditRecord.objects.filter(action="set_address").count() == 3
