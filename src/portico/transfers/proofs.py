"""The file that shows what was sent: with its notice, or put to it later (S6.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor, Permission, require
from portico.access.scope import refuse_open_scope, scope
from portico.customers.locking import lock_books
from portico.kit.errors import ConflictError, InvalidError
from portico.notifications.actions import tell_staff
from portico.sharing.files.actions import too_large
from portico.sharing.files.content import judge, safe_name
from portico.sharing.files.keeping import forget, keep
from portico.sharing.files.scanning import scan
from portico.transfers.models import NoticeState, TransferNotice


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that shows it, open for reading, with the name its sender gave it."""

    name: str
    content: IO[bytes]


def add_proof(*, actor: ContactActor, notice: TransferNotice, proof: Proof) -> TransferNotice:
    """Put a proof to a notice that was sent without one, while it awaits an answer; staff are told. Opens its own scope.

    Raises:
        ConflictError: it has a proof already, which staff may have seen, or is decided.
        ForbiddenError: the person may not pay.
        InvalidError: the file cannot be accepted, or there is no space left; `field` is `proof`.
        ScannerAwayError: the file cannot be scanned now.
    """
    refuse_open_scope()
    require(actor, Permission.PAY)
    require(actor, Permission.VIEW_BILLING)
    with scope(actor, read_only=True):
        _check_takes_proof(TransferNotice.objects.one_for(actor, pk=notice.pk))
    facts = kept_proof(actor, proof)
    try:
        with scope(actor):
            lock_books(notice.customer_id)
            fresh = TransferNotice.objects.one_for(actor, pk=notice.pk)
            _check_takes_proof(fresh)
            check_space(TransferNotice.objects.visible_to(actor), int(facts["proof_size"]))
            for name, value in facts.items():
                setattr(fresh, name, value)
            fresh.save(update_fields=[*facts])
            audit.record(actor, "transfer_notice.proof", fresh, fresh.reference)
            tell_staff(
                actor,
                "payment_notice_proof",
                _("%(customer)s shows a proof of the payment %(reference)s")
                % {"customer": fresh.customer.display_name, "reference": fresh.reference},
                customer=fresh.customer_id,
            )
    except BaseException:
        forget(str(facts["proof_key"]))
        raise
    return fresh


def kept_proof(actor: ContactActor, proof: Proof) -> dict[str, str | int]:
    """Judge, scan and store a proof, outside any scope: the facts of it that a notice keeps.

    Raises:
        InvalidError: it cannot be accepted; `field` is `proof`.
        ScannerAwayError: it cannot be scanned now.
    """
    shown = safe_name(proof.name)
    proof.content.seek(0, 2)
    if proof.content.tell() > settings.UPLOAD_FILE_BYTES:
        raise InvalidError(too_large(shown).message, field="proof")
    try:
        judged = judge(proof.content, proof.name)
        scan(proof.content, shown)
    except InvalidError as error:
        raise InvalidError(error.message, field="proof") from None
    kept = keep(actor.organisation_id, proof.content)
    return {
        "proof_name": shown,
        "proof_type": judged.media_type,
        "proof_size": kept.size,
        "proof_key": kept.key,
    }


def check_space(mine: QuerySet[TransferNotice], size: int) -> None:
    """As much room as for the files that a customer shares, and no more, however many notices are withdrawn."""
    used = mine.aggregate(size=Sum("proof_size"))["size"] or 0
    if used + size > settings.UPLOAD_SPACE_BYTES:
        raise InvalidError(_("There is no space left for files. Please ask us to make room."), field="proof")


def _check_takes_proof(notice: TransferNotice) -> None:
    if notice.state != NoticeState.AWAITING:
        raise ConflictError(_("This notice is answered already, so nothing can be added to it."))
    if notice.proof_key:
        raise ConflictError(_("There is a proof already."))
