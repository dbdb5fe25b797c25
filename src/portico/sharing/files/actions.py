"""Sharing a file, taking it back, and remembering that the other side has opened it."""

from __future__ import annotations

from datetime import timedelta
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, Permission, require_office
from portico.access.audit import actor_id
from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.customers.models import ContactPerson, Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError
from portico.notifications.actions import tell_staff
from portico.notifications.customers import Letter, mail_contacts, portal_url
from portico.notifications.quoting import quoted
from portico.organisations.models import Organisation, Preferences
from portico.sharing.files.content import judge, safe_name
from portico.sharing.files.keeping import Kept, forget, keep
from portico.sharing.files.models import SharedFile
from portico.sharing.files.scanning import scan

UNDO: Final = timedelta(days=30)
"""How long a removed file can be brought back."""
LONGEST_NOTE: Final = 500


def share_file(
    *,
    actor: Actor,
    customer_id: UUID,
    name: str,
    content: IO[bytes],
    note: str = "",
    needs_billing: bool = False,
) -> SharedFile:
    """Take a file and show it to the other side, which is told (S9.1).

    Judging, scanning and storing happen before the transaction; a file whose row cannot be written is not kept.

    Args:
        actor: a contact person, for their own customer, or staff who keep customers.
        customer_id: whose file it is.
        name: as the sender calls it; made safe.
        content: open for reading; at most settings.UPLOAD_FILE_BYTES long.
        note: what it is, in a sentence.
        needs_billing: staff may show it only to those who see billing.

    Raises:
        ForbiddenError: the organisation takes no files from customers (preference 8), or the role may not.
        InvalidError: the file is empty, too large, of no type that is taken, harmful, or the space is used up.
        ScannerAwayError: it cannot be scanned now.
        NotFoundError: there is no such customer for the actor.
    """
    check_may_share(actor)
    if len(note) > LONGEST_NOTE:
        raise InvalidError(
            _("A note has at most %(count)d characters.") % {"count": LONGEST_NOTE}, field="note"
        )
    shown = safe_name(name)
    _check_length(content, shown)
    judged = judge(content, name)
    scanned = scan(content, shown)
    kept = keep(actor.organisation_id, content)
    try:
        with scope(actor):
            customer = lock_books(customer_id)
            organisation = Organisation.objects.get(pk=actor.organisation_id)
            _check_space(customer, kept)
            row = SharedFile.objects.create(
                organisation_id=actor.organisation_id,
                customer=customer,
                name=shown,
                note=" ".join(note.split()),
                side=_side(actor),
                media_type=judged.media_type,
                size=kept.size,
                sha256=kept.sha256,
                storage_key=kept.key,
                scanned=scanned,
                needs_billing=needs_billing and not isinstance(actor, ContactActor),
                shared_by_id=actor_id(actor),
                shared_by=actor.name,
                shared_on=clock.today(organisation.time_zone),
            )
            audit.record(actor, "share_file", row, f"Shared {row.name}", {"sha256": row.sha256})
            _tell(actor, row, customer, organisation)
    except BaseException:
        forget(kept.key)
        raise
    return row


def remove_file(*, actor: Actor, file: SharedFile) -> SharedFile:
    """Take a file back: nobody in the portal sees it any more; `restore_file` brings it back for a month.

    A contact person may take back what their own side has shared, if it was they or they manage the profile, as long
    as the organisation takes files from customers (preference 8).

    Raises:
        ForbiddenError: it is not theirs to take back, or customers may not.
        NotFoundError: there is no such file for the actor.
        ConflictError: it is removed already.
    """
    with scope(actor):
        _check_may_remove(actor, file)
        fresh = SharedFile.objects.select_for_update(no_key=True).one_for(actor, pk=file.pk)
        if fresh.removed_at is not None:
            raise ConflictError(_("“%(name)s” is removed already.") % {"name": fresh.name})
        fresh.removed_at, fresh.removed_by = clock.now(), actor.name
        fresh.save(update_fields=["removed_at", "removed_by"])
        audit.record(actor, "remove_file", fresh, f"Removed {fresh.name}")
    return fresh


def restore_file(*, actor: Actor, file_id: UUID) -> SharedFile:
    """Bring a removed file back.

    Raises:
        ForbiddenError: the actor may not remove it either.
        NotFoundError: there is no such file for the actor.
        ConflictError: it was not removed, or so long ago that it is gone.
    """
    with scope(actor):
        rows = SharedFile.objects.filter(organisation_id=actor.organisation_id)
        if isinstance(actor, ContactActor):
            # Removed ones are in no list of the portal, so they are asked for past the usual door.
            rows = rows.filter(customer_id=actor.customer_id)
        fresh = rows.select_for_update(no_key=True).filter(pk=file_id).first()
        if fresh is None:
            raise ConflictError(_("This file cannot be brought back."))
        _check_may_remove(actor, fresh)
        if fresh.removed_at is None or fresh.purged_at is not None:
            raise ConflictError(_("“%(name)s” cannot be brought back.") % {"name": fresh.name})
        fresh.removed_at, fresh.removed_by = None, ""
        fresh.save(update_fields=["removed_at", "removed_by"])
        audit.record(actor, "restore_file", fresh, f"Brought back {fresh.name}")
    return fresh


def mark_opened(*, actor: Actor, file: SharedFile) -> None:
    """Remember who of the other side opened the file first."""
    if file.opened_at is not None or _side(actor) == file.side:
        return
    with scope(actor):
        SharedFile.objects.visible_to(actor).filter(pk=file.pk, opened_at=None).update(
            opened_at=clock.now(), opened_by=actor.name
        )


def check_may_share(actor: Actor) -> None:
    """Raise ForbiddenError unless the actor may share files."""
    if not isinstance(actor, ContactActor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        return
    with scope(actor, read_only=True):
        preferences = Preferences.objects.visible_to(actor).get()
    if not preferences.customers_may_upload:
        raise ForbiddenError(_("Files cannot be sent through this portal. Please send an e-mail instead."))


def may_remove(actor: Actor, file: SharedFile) -> bool:
    """Whether the actor may take this file back."""
    if not isinstance(actor, ContactActor):
        return actor.may(Duty.KEEP_CUSTOMERS)
    theirs = file.side == SharedFile.Side.CUSTOMER and file.customer_id == actor.customer_id
    return theirs and (file.shared_by_id == actor.person_id or actor.may(Permission.MANAGE_PROFILE))


def _check_may_remove(actor: Actor, file: SharedFile) -> None:
    """Within a scope of the actor's."""
    if (
        isinstance(actor, ContactActor)
        and not Preferences.objects.visible_to(actor).get().customers_may_upload
    ):
        raise ForbiddenError(_("Files are kept by the organisation here. Please write to them."))
    if not may_remove(actor, file):
        raise ForbiddenError(_("Only who has shared a file may remove it."))


def _side(actor: Actor) -> SharedFile.Side:
    return SharedFile.Side.CUSTOMER if isinstance(actor, ContactActor) else SharedFile.Side.ORGANISATION


def _check_length(content: IO[bytes], name: str) -> None:
    content.seek(0, 2)
    if content.tell() > settings.UPLOAD_FILE_BYTES:
        raise too_large(name)


def too_large(name: str) -> InvalidError:
    """The error for a file that is longer than a file may be."""
    megabytes = settings.UPLOAD_FILE_BYTES // 1_000_000
    if not name:
        return InvalidError(
            _("That is too much at once. A file may have up to %(size)d MB.") % {"size": megabytes},
            field="file",
        )
    return InvalidError(
        _("“%(name)s” is too large. A file may have up to %(size)d MB.") % {"name": name, "size": megabytes},
        field="file",
    )


def _check_space(customer: Customer, kept: Kept) -> None:
    """Within the customer's lock, so that two uploads cannot both take the last of the space."""
    used = SharedFile.objects.filter(customer=customer, purged_at=None).aggregate(sum=Sum("size"))["sum"] or 0
    if used + kept.size > settings.UPLOAD_SPACE_BYTES:
        raise InvalidError(
            _("There is no space left for files. Please ask us to make room."),
            field="file",
        )


def _tell(actor: Actor, row: SharedFile, customer: Customer, organisation: Organisation) -> None:
    if isinstance(actor, ContactActor):
        tell_staff(
            actor,
            "file_uploaded",
            _("%(person)s of %(customer)s sent the file %(name)s")
            % {"person": actor.name, "customer": customer.display_name, "name": row.name},
            customer=customer,
            document_kind="file",
            document_id=row.pk,
            body=quoted(actor.name, row.note),
        )
        return
    link = portal_url(organisation, reverse("document", args=[row.pk]))

    def write(person: ContactPerson) -> Letter:
        parts = [
            _("Dear %(name)s,") % {"name": person.full_name},
            _("%(organisation)s has shared the file “%(file)s” with %(customer)s.")
            % {"organisation": organisation.name, "file": row.name, "customer": customer.display_name},
            row.note,
            f"{_('See the file')}: {link}",
        ]
        subject = _("%(organisation)s has shared a file with you") % {"organisation": organisation.name}
        return Letter(subject, "\n\n".join(part for part in parts if part))

    mail_contacts(
        actor,
        "file",
        f"file:{row.pk}",
        write,
        customer=customer,
        asks=Permission.VIEW_BILLING if row.needs_billing else None,
    )
