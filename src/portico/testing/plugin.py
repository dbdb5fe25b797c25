"""A pytest plugin: a real PostgreSQL database of its own for each test process, made from a migrated template.

Nothing is rolled back or emptied between tests: each test makes an organisation of its own, and the walls
that keep organisations apart keep tests apart. So commits, races and triggers are the real ones.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from portico.config import embedded

SOURCE: Final = Path(__file__).resolve().parents[1]
FAST: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}


def _server() -> str:
    """The address of a superuser's `postgres` database: PORTICO_TEST_SERVER, or our own server in var/test."""
    given = os.environ.get("PORTICO_TEST_SERVER")
    if given:
        return given
    folder = Path(os.environ.get("PORTICO_TEST_DATA", "var/test")).resolve()
    url = str(embedded.start(folder, options=FAST).server.get_uri("postgres"))
    os.environ["PORTICO_TEST_SERVER"] = url  # for the workers of xdist
    return url


def _fingerprint() -> str:
    """Changes whenever the schema could have."""
    digest = hashlib.sha256()
    files = [
        *SOURCE.glob("*/migrations/*.py"),
        *SOURCE.glob("*/sql/*.sql"),
        *SOURCE.glob("*/models*.py"),
        *SOURCE.glob("*/models/*.py"),
        *(SOURCE / "access" / f"{name}.py" for name in ("walls", "tenancy", "by_link", "portal_writes")),
    ]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _url(server: str, role: str, database: str) -> str:
    parts = conninfo_to_dict(server)
    suffix = f"{database}?host={quote(str(parts['host']), safe='')}"
    if parts.get("port"):
        suffix += f"&port={parts['port']}"
    return f"postgresql://{role}@/{suffix}"


def _template(server: str) -> str:
    name = f"template_{_fingerprint()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('portico.template'))")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        draft = f"draft_{os.getpid()}"
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(draft), sql.Identifier(embedded.OWNER)
            )
        )
        environment = os.environ | {
            "DATABASE_URL": _url(server, embedded.APP, draft),
            "DATABASE_OWNER_URL": _url(server, embedded.OWNER, draft),
        }
        command = [sys.executable, "-m", "portico.config.command", "migrate", "--database", "owner", "-v0"]
        done = subprocess.run(
            [*command, "--skip-checks"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the test database could not be migrated:\n{done.stderr}")
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
        )
    return name


def _fresh_database() -> str:
    server = _server()
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    template = _template(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('portico.template'))")
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(embedded.OWNER), sql.Identifier(template)
            )
        )
    os.environ["DATABASE_URL"] = _url(server, embedded.APP, name)
    os.environ["DATABASE_OWNER_URL"] = _url(server, embedded.OWNER, name)
    return name


# Examples are the same in every run, and none fails because the machine was busy. Others are tried on purpose:
# `pytest --hypothesis-profile=exploring`.
hypothesis_settings.register_profile(
    "exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.register_profile("same", hypothesis_settings.get_profile("exploring"), derandomize=True)
hypothesis_settings.load_profile("same")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
os.environ.setdefault("PORTICO_DATA", str(Path("var/test-data").resolve()))
os.environ.setdefault("PORTICO_SECRET_KEY", "for tests only, never served")
DATABASE: Final = _fresh_database()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is there already; pytest-django makes none."""


@pytest.fixture(scope="session", autouse=True)
def _open_database(django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process: what they share is made once, not once in each."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_unconfigure() -> None:
    """Drop this process's database; the server and the template stay for the next run."""
    from django.db import connections

    for each in connections.all():
        each.close()
    with psycopg.connect(os.environ["PORTICO_TEST_SERVER"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
        )
