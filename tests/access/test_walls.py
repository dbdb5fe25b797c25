"""The wall in the database: what each table shows and takes, whatever the program asks of it."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from psycopg import sql

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import Owned, Tenancy
from portico.access.walls import (
    ADDED_BY_ALL,
    APPEND_ONLY,
    DOORS,
    KEPT_BY_TRIGGER,
    WITHOUT_POLICY,
    owned_models,
)
from portico.kit.ids import new_id
from tests.access.rows import APP, Place, Stage, insert, is_of_customers, row, stage, table

REFUSED = "42501"
"""insufficient_privilege: a policy's or a grant's refusal."""

MODELS = pytest.mark.parametrize("model", owned_models(), ids=lambda model: model._meta.label)

NORTHWIND = new_id()
GREENLEAF = Place(NORTHWIND, new_id())
HARBOURVIEW = Place(NORTHWIND, new_id())
ELSEWHERE = Place(new_id(), new_id())
MAYA = ContactActor(NORTHWIND, GREENLEAF.customer, new_id(), new_id(), "Maya", frozenset(Permission))


@MODELS
def test_maya_sees_greenleafs_rows_and_no_others(model: type[Owned]) -> None:
    with stage(model) as on:
        greenleaf, *_ = _everywhere(on, model)
        expected = set() if model.tenancy is Tenancy.STAFF else {greenleaf}
        with on.as_app(NORTHWIND, GREENLEAF.customer):
            assert on.ids(model) == expected


@MODELS
def test_olive_sees_northwinds_rows_and_no_others(model: type[Owned]) -> None:
    with stage(model) as on:
        *ours, theirs = _everywhere(on, model)
        with on.as_app(NORTHWIND):
            assert on.ids(model) == set(ours)
        with on.as_app(ELSEWHERE.organisation):
            assert on.ids(model) == {theirs}


@MODELS
def test_without_a_scope_there_are_no_rows(model: type[Owned]) -> None:
    with stage(model) as on:
        _everywhere(on, model)
        with on.as_app():
            assert on.ids(model) == set()
        # A customer without its organisation is no scope either.
        with on.as_app(None, GREENLEAF.customer):
            assert on.ids(model) == set()


@MODELS
def test_the_programs_own_door_is_as_narrow_as_the_databases(model: type[Owned]) -> None:
    with stage(model) as on:
        greenleaf, *_ = _everywhere(on, model)
        try:
            statement, values = model.objects.visible_to(MAYA).values_list("pk").query.sql_with_params()
        except EmptyResultSet:  # Django need not ask
            assert model.tenancy is Tenancy.STAFF
            return
        # As the superuser, whom no policy binds: what is left out here is left out by visible_to alone.
        assert {each[0] for each in on.connection.execute(statement.encode(), values)} == {greenleaf}


@MODELS
def test_in_mayas_scope_nothing_of_others_is_written(model: type[Owned]) -> None:
    with stage(model) as on:
        greenleaf, *others = _everywhere(on, model)
        with on.as_app(NORTHWIND, GREENLEAF.customer):
            for place in (HARBOURVIEW, ELSEWHERE):
                if model._meta.db_table in ADDED_BY_ALL and place is HARBOURVIEW:
                    continue  # the audit trail is the organisation's
                assert on.refusal(insert(model, _fresh(model, place))) == REFUSED
            for other in others:
                assert _untouched(on, model, other)
            if model.tenancy is not Tenancy.CUSTOMER:
                assert _untouched(on, model, greenleaf)


@MODELS
def test_no_row_is_moved_to_another_customer_or_organisation(model: type[Owned]) -> None:
    with stage(model) as on:
        greenleaf, *_ = _everywhere(on, model)
        with on.as_app(NORTHWIND, GREENLEAF.customer):
            for column, value in _owner(model, ELSEWHERE).items():
                move = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
                    table(model), sql.Identifier(column)
                )
                refusal = on.refusal(move, [value, greenleaf])
                assert refusal == REFUSED or (refusal is None and on.touched(move, [value, greenleaf]) == 0)


def _everywhere(on: Stage, model: type[Owned]) -> list[object]:
    """Rows at Greenleaf, at Harbourview where the table has customers' rows, and at another organisation."""
    places = [GREENLEAF, HARBOURVIEW, ELSEWHERE] if is_of_customers(model) else [GREENLEAF, ELSEWHERE]
    return [on.add(model, place) for place in places]


def _fresh(model: type[Owned], place: Place) -> dict[str, object]:
    values = row(model, place)
    if model._meta.label in {"organisations.Organisation", "customers.Customer"}:
        values["id"] = new_id()
    return values


def _owner(model: type[Owned], place: Place) -> dict[str, object]:
    columns = {field.column for field in model._meta.concrete_fields}
    owner = {"organisation_id": place.organisation, "customer_id": place.customer}
    return {column: value for column, value in owner.items() if column in columns}


def _untouched(on: Stage, model: type[Owned], key: object) -> bool:
    update = sql.SQL("UPDATE {} SET id = id WHERE id = %s").format(table(model))
    delete = sql.SQL("DELETE FROM {} WHERE id = %s").format(table(model))
    return all(
        on.refusal(statement, [key]) == REFUSED or on.touched(statement, [key]) == 0
        for statement in (update, delete)
    )


def test_every_table_is_behind_its_wall_or_named_with_a_reason() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid"
            " AND p.polname = 'portico_wall' AND p.polpermissive AND p.polcmd = '*')"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f')"
        )
        walled = dict(cursor.fetchall())
    assert {name for name, behind in walled.items() if not behind} == set(WITHOUT_POLICY)
    assert {model._meta.db_table for model in owned_models()} == {
        name for name, behind in walled.items() if behind
    }
    assert all(WITHOUT_POLICY.values())


def test_no_second_policy_widens_the_wall() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT polname FROM pg_policy WHERE polpermissive")
        assert cursor.fetchall() == [("portico_wall",)]


def test_no_view_looks_over_the_wall() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
            " AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"
        )
        assert cursor.fetchall() == []


def test_every_door_through_the_wall_is_named_and_has_a_fixed_path() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND has_function_privilege(%s, oid, 'EXECUTE')",
            [APP],
        )
        assert {name for (name,) in cursor.fetchall()} == set(DOORS)
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND proconfig IS DISTINCT FROM ARRAY['search_path=public, pg_temp']"
        )
        assert cursor.fetchall() == []
    assert all(DOORS.values())


def test_the_application_is_bound_by_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP,)
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s",
            [APP],
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = %s", [APP])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_auth_members WHERE pg_get_userbyid(member) = %s", [APP])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT has_table_privilege('django_migrations', 'INSERT, UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("name", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_only_grows_is_changed_by_nobody_not_even_the_owner(name: str, change: str) -> None:
    statement = change.format(name)
    assert _refusal("default", statement) == REFUSED
    assert _refusal("owner", statement) == "23001"  # restrict_violation, by the trigger


@pytest.mark.parametrize("name", KEPT_BY_TRIGGER)
@pytest.mark.parametrize(
    "change", ["INSERT INTO {} DEFAULT VALUES", "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_kept_sums_are_not_written_by_the_application(name: str, change: str) -> None:
    assert _refusal("default", change.format(name)) == REFUSED


def _refusal(alias: str, statement: str) -> str | None:
    given = settings.DATABASES[alias]
    with (
        psycopg.connect(
            dbname=given["NAME"], user=given["USER"], host=given["HOST"], port=given.get("PORT") or None
        ) as own,
        own.transaction(force_rollback=True),
    ):
        try:
            own.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate
    return None
