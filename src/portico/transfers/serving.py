"""The proof of a notice as a download that nothing runs."""

from __future__ import annotations

from uuid import UUID

from django.http import StreamingHttpResponse

from portico.access.actors import Actor
from portico.access.scope import scope
from portico.kit.errors import NotFoundError
from portico.sharing.files.models import SharedFile
from portico.sharing.files.serving import as_download
from portico.transfers.models import TransferNotice


def proof_download(actor: Actor, notice_id: UUID) -> StreamingHttpResponse:
    """The file; opens its own scope.

    Raises:
        NotFoundError: there is no such notice for the actor, or it has no proof.
    """
    with scope(actor, read_only=True):
        notice = TransferNotice.objects.one_for(actor, pk=notice_id)
    if not notice.proof_key:
        raise NotFoundError
    file = SharedFile(
        name=notice.proof_name,
        media_type=notice.proof_type,
        size=notice.proof_size,
        storage_key=notice.proof_key,
    )
    return as_download(file)
