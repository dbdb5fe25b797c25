"""A row in any table of ours, made from the model's fields alone, so that a new model is covered from its first day.

What is tested with these rows is who sees them, not what they mean: in this transaction, which is never committed,
foreign keys and triggers sleep and the tables' own conditions are lifted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from psycopg import sql
from psycopg.conninfo import make_conninfo

from portico.access.tenancy import CustomerOwned, Owned
from portico.kit.ids import new_id

APP = str(settings.DATABASES["default"]["USER"])


@dataclass(frozen=True)
class Place:
    """Whose a row is."""

    organisation: UUID
    customer: UUID


@dataclass
class Stage:
    """A superuser's transaction that can speak as the application in any scope."""

    connection: psycopg.Connection[tuple[Any, ...]]

    def add(self, model: type[Owned], place: Place, **given: object) -> UUID:
        """Insert a row of this place, with these columns; returns its id."""
        values = row(model, place) | given
        self.connection.execute(insert(model, values))
        return UUID(str(values["id"]))

    def ids(self, model: type[Owned]) -> set[UUID]:
        """What a raw SELECT of the whole table shows now."""
        statement = sql.SQL("SELECT id FROM {}").format(table(model))
        return {each[0] for each in self.connection.execute(statement)}

    @contextmanager
    def as_app(
        self,
        organisation: UUID | None = None,
        customer: UUID | None = None,
        *,
        document: UUID | None = None,
        link: UUID | None = None,
    ) -> Iterator[None]:
        """Speak as the application's role in this scope, as `access.scope` sets it."""
        limits = {"organisation": organisation, "customer": customer, "contact": None}
        for name, value in (limits | {"document": document, "link": link}).items():
            self.connection.execute("SELECT set_config(%s, %s, true)", [f"portico.{name}", str(value or "")])
        self.connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(APP)))
        try:
            yield
        finally:
            self.connection.execute("RESET ROLE")

    def refusal(self, statement: sql.Composed, values: Sequence[Any] = ()) -> str | None:
        """The SQLSTATE with which the database refuses a statement; None when it takes it. Undone either way."""
        with self.connection.transaction(force_rollback=True):
            try:
                with self.connection.transaction():
                    self.connection.execute(statement, values)
            except psycopg.Error as error:
                return error.sqlstate
        return None

    def touched(self, statement: sql.Composed, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changes; undone afterwards."""
        with self.connection.transaction(force_rollback=True):
            touched: int = self.connection.execute(statement, values).rowcount
        return touched


@contextmanager
def stage(*lifted: type[models.Model]) -> Iterator[Stage]:
    """A transaction in which rows need not mean anything; rolled back at the end.

    Args:
        lifted: models whose CHECK constraints do not matter here.
    """
    address = make_conninfo(os.environ["PORTICO_TEST_SERVER"], dbname=settings.DATABASES["default"]["NAME"])
    with psycopg.connect(address) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for model in lifted:
            found = connection.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
                [model._meta.db_table],
            ).fetchall()
            for (name,) in found:
                connection.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table(model), sql.Identifier(name))
                )
        yield Stage(connection)
        connection.rollback()


def table(model: type[models.Model]) -> sql.Identifier:
    """The model's table, quoted."""
    return sql.Identifier(model._meta.db_table)


def row(model: type[Owned], place: Place) -> dict[str, object]:
    """A value for each column, by the kind of its field."""
    values: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        if field.column and not field.generated:
            values[field.column] = _value(field, place)
    if model._meta.label == "organisations.Organisation":
        values["id"] = place.organisation
    elif model._meta.label == "customers.Customer":
        values["id"] = place.customer
    return values


def insert(model: type[models.Model], values: dict[str, object]) -> sql.Composed:
    """The statement that inserts these values."""
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        table(model),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Literal(value) for value in values.values()),
    )


def is_of_customers(model: type[Owned]) -> bool:
    """Whether the table has a customer's rows rather than an organisation's."""
    return issubclass(model, CustomerOwned) or model._meta.label == "customers.Customer"


def _value(field: models.Field[Any, Any], place: Place) -> object:
    if field.name == "organisation":
        return place.organisation
    if field.name == "customer":
        return place.customer
    if isinstance(field, models.ForeignKey):
        return None if field.null else new_id()
    if field.null and not field.primary_key:
        return None
    for kind, value in _VALUES:
        if isinstance(field, kind):
            return value(field)
    raise AssertionError(f"{field} is of a kind that has no value here yet: add it to _VALUES")


_VALUES: list[tuple[type[models.Field[Any, Any]], Any]] = [
    (models.UUIDField, lambda _: new_id()),
    (models.BooleanField, lambda _: True),
    (models.JSONField, lambda _: json.dumps({})),
    (models.BinaryField, lambda _: b"x"),
    (models.DateTimeField, lambda _: datetime.now(UTC)),
    (models.DateField, lambda _: date(2026, 1, 2)),
    (models.DecimalField, lambda _: Decimal(1)),
    (models.IntegerField, lambda _: 1),
    (models.CharField, lambda field: token_hex(15)[: field.max_length]),
    (models.TextField, lambda _: token_hex(8)),
    (SearchVectorField, lambda _: "word"),
]
