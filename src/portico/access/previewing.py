"""Staff look at the portal as a customer's contact person does (S1.8): read-only, for half an hour, recorded.

The session of a staff member says whom they preview as. Each request asks anew whether they are still staff, and
whether that person and customer are still there; the actor it makes is the contact person's, marked as a preview.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from django.contrib.auth.signals import user_logged_out
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest

from portico.access.actors import ContactActor, Duty, JobActor, Permission, StaffActor
from portico.access.memberships import Membership
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import ForbiddenError

LASTS: Final = timedelta(minutes=30)
_KEY: Final = "portico_preview"
_ORDER: Final = (Permission.VIEW_ORDERS, Permission.VIEW_BILLING, Permission.PAY, Permission.MANAGE_PROFILE)
_NOBODY: Final = UUID(int=0)


class PreviewError(ForbiddenError):
    """Something would be changed in a preview."""

    code: ClassVar[str] = "preview"

    def __init__(self) -> None:
        super().__init__(
            "This is a preview: you see what the customer sees, and nothing can be changed here."
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a staff member previews as, as the session keeps it."""

    staff: StaffActor
    customer_id: UUID
    person_id: UUID | None
    """None: as somebody with every permission, at a customer without contact persons."""


def start_preview(
    request: HttpRequest, staff: StaffActor, customer_id: UUID, person_id: UUID | None, *, whom: str
) -> None:
    """From now on this browser sees the portal as this person; the caller has read both for this staff member.

    Args:
        request: whose session keeps it.
        staff: who previews.
        customer_id: at which customer.
        person_id: as which of its contact persons; None as somebody who may everything.
        whom: what the audit trail calls them.
    """
    stop_preview(request, "started another")
    kept = {
        "staff": str(staff.staff_id),
        "name": staff.name,
        "organisation": str(staff.organisation_id),
        "customer": str(customer_id),
        "person": str(person_id or ""),
        "since": clock.now().isoformat(),
    }
    request.session[_KEY] = kept
    _record(kept, "start_preview", whom)


def stop_preview(request: HttpRequest, why: str = "left") -> UUID | None:
    """End the preview, if there is one; returns the customer it was of."""
    kept = request.session.pop(_KEY, None)
    if kept is None:
        return None
    _record(kept, "end_preview", why)
    return UUID(kept["customer"])


@receiver(user_logged_out, dispatch_uid="portico_preview_ends")
def _signed_out(request: HttpRequest | None, **_more: Any) -> None:
    if request is not None:
        stop_preview(request, "signed out")


def is_previewing(request: HttpRequest) -> bool:
    """Whether this browser's session has a preview, running or run out."""
    return _KEY in request.session


def previewed_actor(request: HttpRequest, found: Sequence[Membership]) -> ContactActor | None:
    """The contact person this browser previews as; None, and the preview is over, when it may not go on."""
    preview = _read(request, found)
    actor = _actor(preview) if preview is not None else None
    if actor is None:
        stop_preview(request, "ran out, or may not go on")
    return actor


def _read(request: HttpRequest, found: Sequence[Membership]) -> Preview | None:
    kept = request.session[_KEY]
    since = datetime.fromisoformat(kept["since"])
    if clock.now() - since > LASTS:
        return None
    for each in found:
        staff = each.actor
        if isinstance(staff, StaffActor) and str(staff.staff_id) == kept["staff"] and staff.may(Duty.READ):
            person = UUID(kept["person"]) if kept["person"] else None
            return Preview(staff, UUID(kept["customer"]), person)
    return None


def _actor(preview: Preview) -> ContactActor | None:
    """The person as they are now; access names no model of customers, so this is asked in SQL, in the staff's scope."""
    staff = preview.staff
    with scope(staff, read_only=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT trim(coalesce(p.first_name || ' ' || p.last_name, '')), p.id, p.can_view_orders,"
            " p.can_view_billing, p.can_pay, p.can_manage_profile"
            " FROM customers_customer c LEFT JOIN customers_contactperson p"
            " ON p.customer_id = c.id AND p.id = %s WHERE c.id = %s AND c.is_active",
            [preview.person_id, preview.customer_id],
        )
        row = cursor.fetchone()
    if row is None or (preview.person_id is not None and row[1] is None):
        return None
    held = frozenset(each for each, yes in zip(_ORDER, row[2:], strict=True) if yes)
    return ContactActor(
        organisation_id=staff.organisation_id,
        customer_id=preview.customer_id,
        person_id=preview.person_id or _NOBODY,
        user_id=staff.user_id,
        name=row[0] or staff.name,
        permissions=held if preview.person_id else frozenset(Permission),
        previewed_by=staff.staff_id,
    )


def _record(kept: Mapping[str, str], action: str, said: str) -> None:
    """A record of the audit trail, by somebody who may be no staff member any more."""
    about = (
        ("customers.contactperson", kept["person"])
        if kept["person"]
        else ("customers.customer", kept["customer"])
    )
    job = JobActor(UUID(kept["organisation"]))
    with scope(job):
        AuditRecord.objects.bulk_create(
            [
                AuditRecord(
                    organisation_id=job.organisation_id,
                    actor_kind="staff",
                    actor_id=UUID(kept["staff"]),
                    actor_name=kept["name"],
                    action=action,
                    object_kind=about[0],
                    object_id=UUID(about[1]),
                    summary=said,
                )
            ]
        )
