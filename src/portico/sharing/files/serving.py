"""Answers that carry what somebody else has uploaded: never run, never framed by others, never guessed at."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from portico.kit.errors import NotFoundError
from portico.sharing.files.keeping import stream
from portico.sharing.files.models import SharedFile

LOCKED: Final = "default-src 'none'; sandbox; frame-ancestors 'self'"
"""The policy of every answer with foreign content: it may load nothing, run nothing, and belongs to no origin."""


def as_download(file: SharedFile, *, inline: bool = False) -> StreamingHttpResponse:
    """The file in parts; to be saved under its name, or, for a picture, to be shown.

    Raises:
        NotFoundError: its bytes are gone.
    """
    content = stream(file.storage_key)
    try:
        first = next(content, b"")
    except FileNotFoundError:
        raise NotFoundError from None

    def parts() -> object:
        yield first
        yield from content

    media_type = file.media_type + ("; charset=utf-8" if file.media_type.startswith("text/") else "")
    response = StreamingHttpResponse(parts(), content_type=media_type)  # type: ignore[arg-type]
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition_header(not inline, file.name) or "attachment"
    lock(response)
    return response


def lock(response: HttpResponse | StreamingHttpResponse) -> None:
    """Let nothing in the answer run, and nobody else keep it."""
    response["Content-Security-Policy"] = LOCKED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
