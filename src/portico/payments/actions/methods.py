"""Keep one's saved methods: make one the default, remove one here and at the gateway (S6.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import (
    Actor,
    ContactActor,
    Duty,
    JobActor,
    Permission,
    StaffActor,
    require,
    require_office,
)
from portico.access.scope import refuse_open_scope, scope
from portico.customers.models import ContactPerson, PortalState
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.notifications.queue import defer
from portico.organisations.models import Organisation
from portico.payments.accounts import open_account
from portico.payments.gateway import GatewayRefusedError
from portico.payments.intents import stored
from portico.payments.letters import tell_removed
from portico.payments.models import MethodSaving, SavedMethod
from portico.payments.saved import has_expired

log = structlog.get_logger(__name__)
FORGET: Final = "payments.forget_method"
"""The job that removes a method at its gateway."""
ASK_AGAIN_AFTER: Final = timedelta(minutes=30)
"""When a method that was removed here and not yet at the gateway is tried again."""


def make_default(*, actor: ContactActor, method: SavedMethod) -> SavedMethod:
    """Let a method of the person's own be chosen first from now on.

    Raises:
        InvalidError: it has expired.
        NotFoundError: it is not the person's, or was removed.
    """
    with scope(actor):
        require(actor, Permission.PAY)
        mine = SavedMethod.objects.select_for_update(of=("self",)).order_by("pk")
        held = list(mine.filter(contact_person_id=actor.person_id, removed_at=None))
        fresh = SavedMethod.objects.one_for(
            actor, pk=method.pk, contact_person_id=actor.person_id, removed_at=None
        )
        zone = Organisation.objects.visible_to(actor).values_list("time_zone", flat=True).get()
        if has_expired(fresh, clock.today(zone)):
            raise InvalidError(_("%(method)s has expired.") % {"method": fresh})
        SavedMethod.objects.filter(pk__in=[each.pk for each in held], is_default=True).update(
            is_default=False
        )
        SavedMethod.objects.filter(pk=fresh.pk).update(is_default=True)
        fresh.is_default = True
        audit.record(actor, "saved_method.default", fresh, str(fresh))
        return fresh


def remove_method(*, actor: Actor, method: SavedMethod) -> SavedMethod:
    """Take a method away: nothing is charged to it from now on, and a job removes it at the gateway.

    Automatic payments that use it stop in the same round. The person's newest other method becomes the default.

    Args:
        actor: whose it is, staff who keep customers, or a job.
        method: which.

    Raises:
        ConflictError: it was removed already.
        ForbiddenError: the actor may not.
        NotFoundError: it is somebody else's.
    """
    with scope(actor):
        rows = SavedMethod.objects.select_for_update(of=("self",))
        if isinstance(actor, ContactActor):  # whatever they may do by now: it is theirs to take away
            fresh = rows.one_for(actor, pk=method.pk, contact_person_id=actor.person_id)
        else:
            require_office(actor, Duty.KEEP_CUSTOMERS)
            fresh = rows.one_for(actor, pk=method.pk)
        if fresh.removed_at is not None:
            raise ConflictError(_("%(method)s was removed already.") % {"method": fresh})
        was_default, fresh.is_default, fresh.removed_at = fresh.is_default, False, clock.now()
        fresh.save(update_fields=["is_default", "removed_at"])
        if was_default:
            _next_default(fresh)
        audit.record(actor, "saved_method.removed", fresh, f"Removed {fresh}")
        if isinstance(actor, StaffActor):
            tell_removed(fresh, actor.name)
        defer(FORGET, {"organisation_id": fresh.organisation_id, "method_id": fresh.pk})
        return fresh


def forget(*, organisation_id: UUID, method_id: UUID) -> None:
    """Remove at the gateway what was removed here; nothing where it is kept again, or gone already.

    Raises:
        GatewayUnreachableError: try again.
    """
    refuse_open_scope()
    with scope(JobActor(organisation_id), read_only=True):
        method = SavedMethod.objects.get(pk=method_id)
        known = stored(method)
    if method.removed_at is None or method.forgotten_at is not None or known is None:
        return
    gateway, account = open_account(organisation_id, method.gateway_account_id)
    try:
        gateway.forget(account, known)
    except GatewayRefusedError as refused:  # looked at again in the next round: keys may have been changed
        log.warning("method_not_forgotten", method=str(method_id), reason=refused.message)
        return
    with scope(JobActor(organisation_id)):
        SavedMethod.objects.filter(pk=method_id).update(forgotten_at=clock.now())


def tidy_methods(*, actor: JobActor) -> list[UUID]:
    """Remove the methods of people who have no access any more.

    Returns:
        The methods that were removed a while ago and are still at their gateways, to be tried again.
    """
    with scope(actor, read_only=True):
        active = Q(contact_person__portal_state=PortalState.ACTIVE, contact_person__removed_at=None)
        left = list(SavedMethod.objects.filter(~active, removed_at=None))
    for method in left:
        try:
            remove_method(actor=actor, method=method)
        except ConflictError:
            continue  # its owner was faster
    with scope(actor, read_only=True):
        late = SavedMethod.objects.filter(forgotten_at=None, removed_at__lt=clock.now() - ASK_AGAIN_AFTER)
        return list(late.order_by("removed_at").values_list("pk", flat=True)[:100])


def erase_methods(actor: Actor, person: ContactPerson) -> None:
    """Remove a person's methods and what they are recognised by; within a scope. What was agreed to for a debit that
    was made stays with its payment, as its proof.
    """
    mine = SavedMethod.objects.filter(contact_person=person)
    for method in mine.filter(removed_at=None):
        remove_method(actor=actor, method=method)
    mine.update(brand="", last4="", expires=None)
    MethodSaving.objects.filter(contact_person=person).update(mandate={}, failure_message="")


def _next_default(removed: SavedMethod) -> None:
    rest = SavedMethod.objects.filter(contact_person_id=removed.contact_person_id, removed_at=None)
    newest = rest.order_by("-created_at", "-pk").first()
    if newest is not None:
        SavedMethod.objects.filter(pk=newest.pk).update(is_default=True)
