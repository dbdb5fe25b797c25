"""Static files, hashed and compressed, collected again only when one of them has changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from fasteners import InterProcessLock


def collect_if_changed() -> bool:
    """Put every static file in STATIC_ROOT under its hashed name; whether there was anything to do.

    Raises:
        CalledProcessError: a file names another that is not there.
    """
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with InterProcessLock(
        root.parent / ".collecting"
    ):  # two that start at once would clear each other's files
        return _collect(root / ".collected")


def _collect(stamp: Path) -> bool:
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    # In a process of its own: this one's settings may have been read without the hashed names.
    subprocess.run(
        [sys.executable, "-m", "portico.config.command", "collectstatic", "--noinput", "--clear", "-v0"],
        env=os.environ | {"PORTICO_HASHED_STATIC": "1"},
        check=True,
    )
    stamp.write_text(now)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = os.stat(storage.path(name))  # noqa: PTH116 (one call for each of hundreds of files)
            digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
