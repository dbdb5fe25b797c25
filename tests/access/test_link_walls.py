"""The wall around a public link: under its scope every table shows what belongs to its document, or nothing."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections
from psycopg import sql

from portico.access.actors import LinkActor, Permission
from portico.access.tenancy import Owned
from portico.access.walls import ADDED_BY_ALL, owned_models
from portico.kit.ids import new_id
from tests.access.rows import Place, insert, is_of_customers, row, stage, table
from tests.access.rows import Stage as Rows

REFUSED = "42501"
NORTHWIND = new_id()
GREENLEAF = Place(NORTHWIND, new_id())
HARBOURVIEW = Place(NORTHWIND, new_id())
DOCUMENT, LINK = new_id(), new_id()
HOLDER = LinkActor(
    NORTHWIND, GREENLEAF.customer, LINK, "invoice", DOCUMENT, "ada@example.org", frozenset(Permission)
)
MODELS = pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)
SHOWN = pytest.mark.parametrize(
    "model", [each for each in owned_models() if each.by_link], ids=lambda model: model._meta.label
)

EVERYTHING = {
    "organisations.Organisation",
    "organisations.Preferences",
    "customers.Customer",
    "customers.Address",
    "payments.GatewayAccount",
}
"""What a link shows whatever its document is: whose it is, whom it is for, how it can be paid."""

BEGUN: dict[str, dict[str, object]] = {
    "payments.PaymentAttempt": {
        "state": "created",
        "gateway_reference": "",
        "action_url": "",
        "is_unattended": False,
    },
}
"""What a payment is like that customers may add, where the model says so (portal_writes)."""


def test_little_is_shown_whatever_the_document() -> None:
    assert {
        model._meta.label for model in owned_models() if model.by_link and model.by_link.all_rows
    } == EVERYTHING


@MODELS
def test_a_link_shows_no_row_that_has_nothing_to_do_with_its_document(model: type[Owned]) -> None:
    with stage(model) as on:
        mine = on.add(model, GREENLEAF)
        if is_of_customers(model):
            on.add(model, HARBOURVIEW)
        expected = {mine} if model._meta.label in EVERYTHING else set()
        with on.as_app(NORTHWIND, GREENLEAF.customer, document=DOCUMENT, link=LINK):
            assert on.ids(model) == expected
        assert _by_the_program(on, model) == expected


@SHOWN
def test_a_link_shows_its_documents_rows_of_its_customer_alone(model: type[Owned]) -> None:
    shows = model.by_link
    assert shows is not None
    for column in (*shows.document, *([shows.link] if shows.link else [])):
        with stage(model) as on:
            value = LINK if column == shows.link else DOCUMENT
            mine = on.add(model, GREENLEAF, **{column: value})
            if column != "id":
                other = {"position": 2} if "position" in {each.name for each in model._meta.fields} else {}
                on.add(model, HARBOURVIEW, **{column: value}, **other)
            with on.as_app(NORTHWIND, GREENLEAF.customer, document=DOCUMENT, link=LINK):
                assert on.ids(model) == {mine}, column
            assert _by_the_program(on, model) == {mine}, column


@SHOWN
def test_a_link_shows_what_its_documents_rows_lead_to(model: type[Owned]) -> None:
    shows = model.by_link
    assert shows is not None
    for path in shows.through:
        label, _dot, name = path.rpartition(".")
        other = apps.get_model(label)
        column = other._meta.get_field(name).column
        assert other.by_link is not None
        for by in (each for each in other.by_link.document if each not in {column, "id"}):
            with stage(model, other) as on:
                mine, _unrelated = on.add(model, GREENLEAF), on.add(model, GREENLEAF)
                on.add(other, GREENLEAF, **{column: mine, by: DOCUMENT})
                with on.as_app(NORTHWIND, GREENLEAF.customer, document=DOCUMENT, link=LINK):
                    assert on.ids(model) == {mine}, path
                assert _by_the_program(on, model) == {mine}, path


@MODELS
def test_under_a_link_nothing_is_changed_or_deleted(model: type[Owned]) -> None:
    with stage(model) as on:
        given = {}
        if model.by_link and model.by_link.document:
            given = {model.by_link.document[0]: DOCUMENT}
        on.add(model, GREENLEAF, **given)
        takes = bool(model.by_link and model.by_link.takes)
        with on.as_app(NORTHWIND, GREENLEAF.customer, document=DOCUMENT, link=LINK):
            update = sql.SQL("UPDATE {} SET id = id").format(table(model))
            if not takes or model.portal_writes is not None:
                assert on.refusal(update) == REFUSED or on.touched(update) == 0
            delete = sql.SQL("DELETE FROM {}").format(table(model))
            assert on.refusal(delete) == REFUSED or on.touched(delete) == 0


@MODELS
def test_under_a_link_nothing_is_added_but_a_payment_of_its_document(model: type[Owned]) -> None:
    takes = bool(model.by_link and model.by_link.takes)
    if model._meta.db_table in ADDED_BY_ALL:
        return
    with stage(model) as on, on.as_app(NORTHWIND, GREENLEAF.customer, document=DOCUMENT, link=LINK):
        fresh = row(model, GREENLEAF)
        if model._meta.label in {"organisations.Organisation", "customers.Customer"}:
            fresh["id"] = new_id()
        assert on.refusal(insert(model, fresh)) == REFUSED
        if takes:
            shows = model.by_link
            assert shows is not None
            for column in (*shows.document, *([shows.link] if shows.link else [])):
                value = LINK if column == shows.link else DOCUMENT
                fresh |= BEGUN.get(model._meta.label, {})
                assert on.refusal(insert(model, fresh | {column: value})) is None, column


def test_whoever_may_only_look_orders_sees_no_bills_by_a_link() -> None:
    holder = LinkActor(
        NORTHWIND,
        GREENLEAF.customer,
        LINK,
        "sales_order",
        DOCUMENT,
        "ada@example.org",
        frozenset({Permission.VIEW_ORDERS}),
    )
    invoice = apps.get_model("invoices.Invoice")
    statement = str(invoice.link_rows(holder))
    assert "allocation" not in statement


def test_every_table_has_the_wall_for_links() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT polrelid::regclass::text, polname FROM pg_policy"
            " WHERE NOT polpermissive AND polname LIKE 'portico_by_link%'"
        )
        found: dict[str, set[str]] = {}
        for name, policy in cursor.fetchall():
            found.setdefault(name, set()).add(policy)
    assert found == {
        model._meta.db_table: {"portico_by_link", "portico_by_link_delete"} for model in owned_models()
    }


def _by_the_program(on: Rows, model: type[Owned]) -> set[object]:
    """What `visible_to` alone leaves, as the superuser whom no policy binds."""
    try:
        statement, values = model.objects.visible_to(HOLDER).values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return set()
    return {each[0] for each in on.connection.execute(statement.encode(), values)}
