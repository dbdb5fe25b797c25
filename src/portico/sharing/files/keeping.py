"""Where the bytes of shared files are kept: in the default storage, under random names, and nowhere a server serves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, ClassVar, Final
from uuid import UUID

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from portico.access.scope import refuse_open_scope
from portico.kit.errors import PorticoError
from portico.kit.ids import new_id

log = structlog.get_logger(__name__)

FOLDER: Final = "shared"
_CHUNK: Final = 262_144


class StorageAwayError(PorticoError):
    """The storage takes nothing now: its disk is full, or it does not answer."""

    code: ClassVar[str] = "storage_away"
    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been written to the storage."""

    key: str
    size: int
    sha256: str


def keep(organisation_id: UUID, content: IO[bytes]) -> Kept:
    """Write the content to the storage; never inside a transaction, because the storage may be far away.

    Raises:
        StorageAwayError: it cannot be written now; nothing is left of it.
    """
    refuse_open_scope()
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    wanted = f"{FOLDER}/{organisation_id}/{new_id()}"
    try:
        key = default_storage.save(wanted, File(content))
    except OSError as error:
        log.error("storage_away", reason=str(error))  # noqa: TRY400 (the reason says it)
        with suppress(OSError):
            default_storage.delete(wanted)
        raise StorageAwayError(
            _("The file cannot be kept just now, so nothing was sent. Please try again later.")
        ) from error
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
