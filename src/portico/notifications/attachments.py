"""Which files an e-mail can carry: each app says how its documents become a file, at the time of sending.

An app says so in its module `attaching`, which is found by its name when the first file is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from django.utils.module_loading import autodiscover_modules


class Attachment(NamedTuple):
    """A file as it goes into an e-mail."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


Renderer: TypeAlias = Callable[[UUID, UUID], Attachment]
"""From (organisation id, document id) to a file; opens its own scope."""

_RENDERERS: Final[dict[str, Renderer]] = {}


def register(kind: str, renderer: Renderer) -> None:
    """Say how documents of a kind become a file; called by the app's module `attaching`."""
    _RENDERERS[kind] = renderer


@cache
def _find() -> None:
    autodiscover_modules("attaching")


def render(kind: str, organisation_id: UUID, document_id: UUID) -> Attachment:
    """The file for one document.

    Raises:
        LookupError: no app has said how documents of this kind become a file.
    """
    _find()
    return _RENDERERS[kind](organisation_id, document_id)
