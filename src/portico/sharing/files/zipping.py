"""Chosen shared files in one ZIP, made while it is sent: each is read from the storage piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import ngettext
from zipstream import ZIP_STORED, ZipStream

from portico.access.actors import ContactActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit.errors import InvalidError, NotFoundError
from portico.sharing.files.actions import mark_opened
from portico.sharing.files.keeping import stream
from portico.sharing.files.models import SharedFile
from portico.transactions.lists.zipping import MOST, unlike


def chosen_files(actor: ContactActor, ids: Sequence[UUID]) -> tuple[SharedFile, ...]:
    """The chosen files, each once, by name; one statement, in a scope of its own.

    Raises:
        InvalidError: none are chosen, or more than MOST.
        NotFoundError: one of them is not there for this actor, or its bytes are gone.
    """
    refuse_open_scope()
    wanted = set(ids)
    if not 0 < len(wanted) <= MOST:
        raise InvalidError(
            ngettext(
                "Choose at least %(count)d document.",
                "Choose at least one and at most %(count)d documents.",
                MOST,
            )
            % {"count": MOST}
        )
    with scope(actor, read_only=True):
        found = tuple(SharedFile.objects.visible_to(actor).filter(pk__in=wanted).order_by("name", "id"))
    # Once the answer has begun, nothing can be said any more of what is missing.
    if len(found) != len(wanted) or not all(default_storage.exists(each.storage_key) for each in found):
        raise NotFoundError
    return found


def zip_of_files(actor: ContactActor, files: Sequence[SharedFile], *, viewed: bool) -> Iterator[bytes]:
    """The ZIP, piece by piece.

    Args:
        actor: who downloads.
        files: from chosen_files().
        viewed: whether each file counts as opened once it is sent.
    """
    archive = ZipStream(compress_type=ZIP_STORED)  # type: ignore[no-untyped-call] # most are compressed already
    names: set[str] = set()
    for each in files:
        archive.add(stream(each.storage_key), unlike(each.name, names))
        yield from archive.all_files()  # type: ignore[no-untyped-call]
        if viewed:
            mark_opened(actor=actor, file=each)
    yield from archive.finalize()  # type: ignore[no-untyped-call]
