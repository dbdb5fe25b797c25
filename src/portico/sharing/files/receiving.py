"""Receiving uploads: what is longer than any file may be is cut off while it comes, before it fills a disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

DRAINED = 4
"""A request that announces up to this many times the limit is read to its end, so that a browser shows our answer; a longer one
is cut."""


class CappedUpload(FileUploadHandler):
    """Counts the bytes of all files of a request; the first handler in settings.FILE_UPLOAD_HANDLERS.

    A request that sends more is marked, and gets no files at all; the view says so with `was_too_large()`.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0
        self._announced = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django's name)
        content_length: Any,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Look at the length that is announced."""
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A request that announces too much is refused before its first file is read."""
        super().new_file(*args, **kwargs)
        if self._announced > settings.UPLOAD_REQUEST_BYTES:
            self._mark()
            raise StopUpload(connection_reset=self._announced > settings.UPLOAD_REQUEST_BYTES * DRAINED)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on while there are not too many."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_REQUEST_BYTES:
            self._mark()
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler makes the file."""

    def _mark(self) -> None:
        if self.request is not None:
            self.request.portico_too_large = True  # type: ignore[attr-defined]


def was_too_large(request: HttpRequest) -> bool:
    """Whether the request sent more than a request may; its fields and files are then missing."""
    len(request.POST)  # reads the request, if nobody has
    return bool(getattr(request, "portico_too_large", False))
