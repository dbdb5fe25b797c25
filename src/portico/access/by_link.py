"""The wall around a public link: under its scope each table shows one document's rows only, or none at all.

Derived from what the models say (`by_link`), as a restrictive policy beside portico_wall: it narrows what that one
lets through and can let through nothing more. For everybody else `portico_document()` is NULL: then a table that
links never show costs one look for each statement, and any other one for each row. docs/decisions/0008 has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import models
from psycopg import sql

from portico.access.tenancy import ByLink, Owned

_NOBODYS: Final = "portico_document() IS NULL"
TAKES_ANYTHING: Final = ("access_auditrecord",)
"""Tables to which rows are added from every scope, as walls.ADDED_BY_ALL says."""


def link_policies(model: type[Owned]) -> Iterator[sql.Composable]:
    """The statements that put a table's wall for links in place; the same each time."""
    table = model._meta.db_table
    shows = model.by_link
    if shows is not None and (shows.through or shows.of):
        yield sql.SQL(_function(model, shows))
    seen = _or_nobodys(_seen(model, shows))
    taken = "true" if table in TAKES_ANYTHING else _or_nobodys(_taken(model, shows))
    for name, rest in (
        ("portico_by_link", f"USING ({seen}) WITH CHECK ({taken})"),
        ("portico_by_link_delete", f"FOR DELETE USING ({_NOBODYS})"),
    ):
        yield sql.SQL(f"DROP POLICY IF EXISTS {name} ON {table}")
        yield sql.SQL(f"CREATE POLICY {name} ON {table} AS RESTRICTIVE {rest}")


def _or_nobodys(condition: str) -> str:
    return f"{_NOBODYS} OR {condition}" if condition else _NOBODYS


def _seen(model: type[Owned], shows: ByLink | None) -> str:
    if shows is None:
        return ""
    if shows.all_rows:
        return "true"
    return " OR ".join([*_direct(shows), *([_call(model, shows)] if shows.through or shows.of else [])])


def _taken(model: type[Owned], shows: ByLink | None) -> str:
    if shows is None or not shows.takes:
        return ""
    return " OR ".join(
        [*_direct(shows), *(_of(model, name, f"{model._meta.db_table}.") for name in shows.of)]
    )


def _direct(shows: ByLink) -> list[str]:
    found = [f"{column} = portico_document()" for column in shows.document]
    return [*found, f"{shows.link} = portico_link()"] if shows.link else found


def _call(model: type[Owned], shows: ByLink) -> str:
    columns = ", ".join(["id", *(_column(model, name) for name in shows.of)])
    return f"portico_by_link_{model._meta.db_table}({columns})"


def _function(model: type[Owned], shows: ByLink) -> str:
    """Whether other rows that the link shows lead to a row: asked in a function, so that nobody else plans for it.

    It has the caller's rights, so the policies of those other tables decide what it finds.
    """
    parameters = ["the_id uuid", *(f"the_{_column(model, name)} uuid" for name in shows.of)]
    found = []
    for path in shows.through:
        label, _dot, name = path.rpartition(".")
        other = apps.get_model(label)
        found.append(f"EXISTS (SELECT FROM {other._meta.db_table} WHERE {_column(other, name)} = the_id)")
    found += [_of(model, name, "the_") for name in shows.of]
    return (
        f"CREATE OR REPLACE FUNCTION portico_by_link_{model._meta.db_table}({', '.join(parameters)})"
        " RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$"
        f" BEGIN RETURN {' OR '.join(found)}; END $$"
    )


def _of(model: type[Owned], name: str, prefix: str) -> str:
    theirs = model._meta.get_field(name).related_model
    assert isinstance(theirs, type)
    assert issubclass(theirs, models.Model)
    return f"EXISTS (SELECT FROM {theirs._meta.db_table} AS of_it WHERE of_it.id = {prefix}{_column(model, name)})"


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return str(field.column)
