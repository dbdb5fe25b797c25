"""Where the bench runs: a data folder with a PostgreSQL of its own, durable as in production, and its databases."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

import psycopg
from psycopg import sql

from portico.config import embedded

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src" / "portico"
PAGES: Final = "bench_pages"
_EMPTY: Final = "bench_empty"


@dataclass(frozen=True)
class Place:
    """A running server and where its files are."""

    data: Path
    server: embedded.Embedded

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """For a process of the portal that works on this database."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "PORTICO_DATA": str(self.data),
            "PORTICO_MAIL_URL": "dummy:",
            "DATABASE_URL": self._url(self.server.app_url, database),
            "DATABASE_OWNER_URL": self._url(self.server.owner_url, database),
            **more,
        }

    def is_current(self, database: str, stamp: str) -> bool:
        """Whether the database was made from what the stamp stands for."""
        with self._superuser() as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database]
            ).fetchone()
        return found is not None and found[0] == stamp

    def stamp(self, database: str, stamp: str) -> None:
        """Write down what the database was made from."""
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(stamp))
            )

    def make(self, database: str) -> None:
        """Make the database anew: migrated and empty."""
        walls = (SOURCE / "access/walls.py", SOURCE / "access/tenancy.py")
        schema = fingerprint(*SOURCE.glob("*/migrations/*.py"), *SOURCE.glob("*/sql/*.sql"), *walls)
        if not self.is_current(_EMPTY, schema):
            self._create(_EMPTY, "template0")
            self.portico("migrate", "--database", "owner", "-v0", "--skip-checks", database=_EMPTY)
            self.stamp(_EMPTY, schema)
        self._create(database, _EMPTY)

    def portico(self, *arguments: str, database: str) -> str:
        """Run a `portico` command; what it printed.

        Raises:
            RuntimeError: it failed.
        """
        command = [sys.executable, "-m", "portico.config.command", *arguments]
        done = subprocess.run(
            command, env=self.environment(database), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"portico {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.server.server.get_uri("postgres"), autocommit=True)

    def _create(self, database: str, template: str) -> None:
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE {}").format(
                    sql.Identifier(database), sql.Identifier(embedded.OWNER), sql.Identifier(template)
                )
            )

    def _url(self, url: str, database: str) -> str:
        return url.replace("/portico?", f"/{database}?", 1)


@contextmanager
def a_place(data: Path) -> Iterator[Place]:
    """Start the server, or join the one that runs there; stop what was started."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PORTICO_SECRET_KEY", token_urlsafe(50))
    server = embedded.start(data)
    try:
        yield Place(data, server)
    finally:
        if server.started:
            server.stop()


def become(environment: Mapping[str, str]) -> None:
    """Let this process be one of the portal's, in this environment; once."""
    os.environ.update(environment)
    import django

    django.setup()


def fingerprint(*files: Path) -> str:
    """Changes when one of the files does."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
