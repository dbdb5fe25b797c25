"""Commits that fail: the database refuses, or goes away, when a transaction with certain rows is committed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from django.db import connection

from portico.testing.people import World

HOW: Final = {
    "disk full": "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'",
    "refused": "RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'",
    "connection cut": "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0.2)",
}


@contextmanager
def failing_commit(world: World, table: str, how: str) -> Iterator[None]:
    """Each transaction that adds or changes this world's rows of a table fails when it commits, in a way of HOW."""
    name = f"fails_{world.tag}"
    organisation = world.organisation.pk
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {HOW[how]}; RETURN NULL; END $$"
        )
        owner.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW WHEN (NEW.organisation_id = '{organisation}') EXECUTE FUNCTION {name}()"
        )
        try:
            yield
        finally:
            owner.execute(f"DROP TRIGGER {name} ON {table}")
            owner.execute(f"DROP FUNCTION {name}()")
    connection.close()  # the one that was cut is made anew
