"""Where the bytes of shared files are kept: in the default storage, under random names, and nowhere a server serves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

from portico.access.scope import refuse_open_scope
from portico.kit.ids import new_id

FOLDER: Final = "shared"
_CHUNK: Final = 262_144


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been written to the storage."""

    key: str
    size: int
    sha256: str


def keep(organisation_id: UUID, content: IO[bytes]) -> Kept:
    """Write the content to the storage; never inside a transaction, because the storage may be far away."""
    refuse_open_scope()
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    key = default_storage.save(f"{FOLDER}/{organisation_id}/{new_id()}", File(content))
    return Kept(key, size, digest.hexdigest())


@contextmanager
def opened(key: str) -> Iterator[IO[bytes]]:
    """The content, open for reading.

    Raises:
        FileNotFoundError: the storage has lost it.
    """
    with default_storage.open(key, "rb") as content:
        yield content


def stream(key: str) -> Iterator[bytes]:
    """The content in parts."""
    with opened(key) as content:
        while chunk := content.read(_CHUNK):
            yield chunk


def forget(key: str) -> None:
    """Delete the content and what was drawn of it; nothing happens where it is gone already."""
    refuse_open_scope()
    default_storage.delete(key)
    folder, _slash, name = key.rpartition("/")
    drawn = f"{folder}/drawn-{name}"
    if default_storage.exists(drawn):
        for page in default_storage.listdir(drawn)[1]:
            default_storage.delete(f"{drawn}/{page}")
        default_storage.delete(drawn)


def drawn_key(key: str, page: int) -> str:
    """Where the picture of a page is kept."""
    folder, _slash, name = key.rpartition("/")
    return f"{folder}/drawn-{name}/{page}.png"
