"""`portico`: Django's management command, which first makes sure there is a database to talk to."""

from __future__ import annotations

import os
import secrets
import sys
import warnings
from pathlib import Path


def main() -> None:
    """Run a command; without DATABASE_URL the embedded server is started or joined."""
    prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["portico", *sys.argv[1:]])


def prepare() -> None:
    """Put the settings' environment in place: data folder, secret key, database."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")  # of no use to who runs this
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
    if sys.argv[1:2] == ["serve"]:
        # Here, because granian forks its workers on Linux: they work with the settings this process has read.
        os.environ["PORTICO_HASHED_STATIC"] = "1"
        os.environ["PORTICO_POOLED"] = "1"
    data = Path(os.environ.get("PORTICO_DATA", "var")).resolve()
    os.environ["PORTICO_DATA"] = str(data)
    data.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("PORTICO_SECRET_KEY"):
        os.environ["PORTICO_SECRET_KEY"] = _secret_key(data / "secret_key")
    if not os.environ.get("DATABASE_URL"):
        from portico.config import embedded

        embedded.start_for_settings(data)


def _secret_key(file: Path) -> str:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
    return file.read_text().strip()


if __name__ == "__main__":
    main()
