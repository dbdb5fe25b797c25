"""Pictures of a PDF's pages, drawn once by a process of its own and kept beside the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portico.access.scope import refuse_open_scope
from portico.kit.errors import NotFoundError
from portico.sharing.files.drawing import SECONDS
from portico.sharing.files.keeping import drawn_key, opened
from portico.sharing.files.models import SharedFile

log = structlog.get_logger(__name__)
PAGES: Final = 20
"""How many pages a preview has at most; the whole file can be downloaded."""
_SOURCE: Final = Path(__file__).resolve().parents[3]


def page_count(file: SharedFile) -> int:
    """How many pages the preview has; 0 where the file cannot be drawn, because it is broken or has a password."""
    key = drawn_key(file.storage_key, 0)
    counted = key.removesuffix(".png") + ".txt"
    if not default_storage.exists(counted):
        _draw(file, 0)
    with default_storage.open(counted, "rb") as content:
        return min(int(content.read()), PAGES)


def page_picture(file: SharedFile, page: int) -> bytes:
    """A page (counted from 0) as PNG.

    Raises:
        NotFoundError: there is no such page.
    """
    if page >= page_count(file):
        raise NotFoundError
    key = drawn_key(file.storage_key, page)
    if not default_storage.exists(key):
        _draw(file, page)
    try:
        with default_storage.open(key, "rb") as content:
            return bytes(content.read())
    except FileNotFoundError:
        raise NotFoundError from None


def _draw(file: SharedFile, page: int) -> None:
    refuse_open_scope()
    with opened(file.storage_key) as content:
        pdf = content.read()
    try:
        done = subprocess.run(  # noqa: S603 (our own module, with a number)
            [sys.executable, "-m", "portico.sharing.files.drawing", str(page)],
            input=pdf,
            capture_output=True,
            timeout=SECONDS * 2,
            check=False,
            env={"PYTHONPATH": str(_SOURCE), "PATH": ""},
        )
        drawn = done.returncode == 0
    except subprocess.TimeoutExpired:
        drawn = False
    if page == 0:
        count = done.stderr.strip() if drawn and done.stderr.strip().isdigit() else b"0"
        _keep(drawn_key(file.storage_key, 0).removesuffix(".png") + ".txt", count)
    if drawn:
        _keep(drawn_key(file.storage_key, page), done.stdout)
    else:
        log.warning("page_not_drawn", file=str(file.pk), page=page)


def _keep(key: str, content: bytes) -> None:
    """Write it once; of two who draw at once, the second one's is thrown away."""
    if default_storage.exists(key):
        return
    written = default_storage.save(key, ContentFile(content))
    if written != key:
        default_storage.delete(written)
