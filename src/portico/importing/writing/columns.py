"""Many rows in one statement: the columns go over as arrays, which row-level security allows and COPY does not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from psycopg import sql

_PLAIN: Final = {"uuid", "integer", "bigint", "smallint", "numeric", "boolean", "date"}
"""Types whose text needs no quotes in an array."""


def insert_columns(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert as many rows as the columns are long; fields that are not given get their defaults.

    Args:
        model: the table.
        columns: attname (“customer_id”) → values: one for each row, or a single one for all. JSON fields take
            plain values.
    """
    names: list[sql.Composable] = []
    values: list[sql.Composable] = []
    arrays: list[sql.Composable] = []
    aliases: list[sql.Composable] = []
    shared: list[Any] = []
    varying: list[str] = []
    for field in _fields(model):
        given = columns.get(field.attname) or [field.get_default()]
        kind = _type(field)
        name = sql.Identifier(str(field.column))
        names.append(name)
        if not field.primary_key and all(value == given[0] for value in given):
            values.append(sql.SQL("%s::" + kind))
            shared.append(_as_json(given[0]) if kind == "jsonb" else given[0])
        else:
            carried = "text" if kind == "jsonb" else kind
            arrays.append(sql.SQL("%s::" + carried + "[]"))
            values.append(sql.SQL("fresh.{}::" + kind).format(name))
            aliases.append(name)
            varying.append(
                _array([_as_json(value) for value in given] if kind == "jsonb" else given, carried)
            )
    comma = sql.SQL(", ")
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS fresh ({})").format(
        sql.Identifier(model._meta.db_table),
        comma.join(names),
        comma.join(values),
        comma.join(arrays),
        comma.join(aliases),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*shared, *varying])


def insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows that were made in memory, ids and all."""
    columns = {each.attname: [row.__dict__[each.attname] for row in rows] for each in _fields(model)}
    insert_columns(model, columns)


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that are written; generated ones the database works out itself."""
    return [each for each in model._meta.local_concrete_fields if not each.generated]


def _type(field: models.Field[Any, Any]) -> str:
    """The column's type without its size: a cast to varchar(40) would cut off what the insert should refuse."""
    kind = re.sub(r"\(.*\)", "", field.db_type(connection) or "")
    return {"varchar": "text", "double precision": "float8"}.get(kind, kind)


def _as_json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)


def _array(values: Sequence[Any], kind: str) -> str:
    """The values as PostgreSQL writes an array. psycopg does it too, ten times slower, element by element."""
    if kind in _PLAIN:
        texts = ["NULL" if value is None else str(value) for value in values]
    else:
        texts = ["NULL" if value is None else _quoted(str(value)) for value in values]
    return "{" + ",".join(texts) + "}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
