"""The wall around what customers write: which rows their scope adds to a table, and which columns it changes (S6).

Derived from what the models say (`portal_writes`), as restrictive policies beside portico_wall, and a trigger where only
some columns may change, because a policy does not see how a row was. What money becomes is decided by jobs and staff:
no customer's scope, whatever SQL runs in it, makes an attempt succeed, a transfer arrive, or a card somebody else's.
docs/decisions/0012 says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from psycopg import sql

from portico.access.tenancy import Owned, PortalWrites

_NOT_A_CUSTOMER: Final = "portico_customer() IS NULL"
REFUSE: Final = """
CREATE OR REPLACE FUNCTION portico_refuse_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a customer changes no such column of %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def write_policies(model: type[Owned]) -> Iterator[sql.Composable]:
    """The statements that put a table's wall around what customers write in place; the same each time."""
    table = model._meta.db_table
    writes = model.portal_writes
    for command in ("insert", "update", "delete"):
        yield sql.SQL(f"DROP POLICY IF EXISTS portico_portal_{command} ON {table}")
    yield sql.SQL(f"DROP TRIGGER IF EXISTS portico_portal_columns ON {table}")
    if writes is None:
        return
    yield sql.SQL(_policy(table, "insert", f"WITH CHECK ({_or(writes.adds)})"))
    may_change = writes.becomes if writes.changes else ""
    yield sql.SQL(
        _policy(
            table, "update", f"USING ({_or('true' if may_change else '')}) WITH CHECK ({_or(may_change)})"
        )
    )
    yield sql.SQL(_policy(table, "delete", f"USING ({_NOT_A_CUSTOMER})"))
    if writes.changes:
        yield sql.SQL(_trigger(model, writes))


def _policy(table: str, command: str, rest: str) -> str:
    return f"CREATE POLICY portico_portal_{command} ON {table} AS RESTRICTIVE FOR {command.upper()} {rest}"


def _or(condition: str) -> str:
    return f"{_NOT_A_CUSTOMER} OR ({condition})" if condition else _NOT_A_CUSTOMER


def _trigger(model: type[Owned], writes: PortalWrites) -> str:
    columns = {str(field.column) for field in model._meta.local_fields}
    unknown = set(writes.changes) - columns
    if unknown:
        raise ValueError(f"{model._meta.label} has no columns {sorted(unknown)}")
    kept = [str(field.column) for field in model._meta.local_fields if field.column not in writes.changes]
    was, now = (", ".join(f"{row}.{column}" for column in kept) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER portico_portal_columns BEFORE UPDATE ON {model._meta.db_table} FOR EACH ROW"
        f" WHEN (NOT ({_NOT_A_CUSTOMER}) AND ({was}) IS DISTINCT FROM ({now}))"
        " EXECUTE FUNCTION portico_refuse_columns()"
    )
