"""Asking ClamAV whether a file is harmful, over clamd's own protocol (INSTREAM, described in `man clamd`).

The one Python package for it has had no release since 2014; the part that is needed is this one command.
"""

from __future__ import annotations

import socket
import struct
from typing import IO, ClassVar, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from portico.access.scope import refuse_open_scope
from portico.kit.errors import InvalidError, PorticoError

log = structlog.get_logger(__name__)
_CHUNK: Final = 65_536
_LONGEST_ANSWER: Final = 4_096


class ScannerAwayError(PorticoError):
    """A virus scanner is configured and does not answer; nothing is taken unscanned."""

    code: ClassVar[str] = "scanner_away"
    status: ClassVar[int] = 503


def scan(content: IO[bytes], name: str) -> bool:
    """Have the content scanned; returns False where no scanner is configured, True where nothing was found.

    Args:
        content: open at any place; left at its beginning.
        name: for the message.

    Raises:
        InvalidError: something harmful was found.
        ScannerAwayError: the scanner cannot be asked now.
    """
    if not settings.CLAMD_URL:
        return False
    refuse_open_scope()
    content.seek(0)
    try:
        answer = _ask(content)
    except OSError as error:
        log.warning("scanner_away", reason=str(error))
        raise ScannerAwayError(
            _(
                "The file cannot be checked for viruses just now, so it was not taken. Please try again later."
            ),
        ) from error
    finally:
        content.seek(0)
    if answer.endswith("OK"):
        return True
    if answer.endswith("FOUND"):
        log.warning("harmful_file", answer=answer)
        raise InvalidError(
            _("“%(name)s” was not taken: the virus scanner found something harmful in it.") % {"name": name},
            field="file",
        )
    log.warning("scanner_away", reason=answer)
    raise ScannerAwayError(
        _("The file could not be checked for viruses, so it was not taken. Please try again later.")
    )


def _ask(content: IO[bytes]) -> str:
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\x00")
        while chunk := content.read(_CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while b"\x00" not in answer and len(answer) < _LONGEST_ANSWER:
            part = connection.recv(_LONGEST_ANSWER)
            if not part:
                break
            answer += part
    return answer.split(b"\x00", 1)[0].decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    """Connect to tcp://host:port or unix:///path."""
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(settings.CLAMD_TIMEOUT_SECONDS)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection(
        (address.hostname or "127.0.0.1", address.port or 3310), settings.CLAMD_TIMEOUT_SECONDS
    )
