"""Save a card or bank account without paying: commit the try, call the gateway, commit the outcome (S6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import ContactActor, JobActor, Permission, require
from portico.access.scope import refuse_open_scope, scope
from portico.customers.models import ContactPerson, Customer
from portico.kit import clock
from portico.kit.errors import ForbiddenError, InvalidError
from portico.payments.accounts import open_account
from portico.payments.actions.keep import keep_method
from portico.payments.actions.pace import refuse_after_failures
from portico.payments.gateway import (
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    MethodKind,
    Saving,
    SavingSeen,
    Seen,
    gateway_for,
)
from portico.payments.intents import agreed, owner_of
from portico.payments.letters import tell_not_saved, tell_saved
from portico.payments.models import SAVING_MOVES, GatewayAccount, MethodSaving, SavingState
from portico.payments.saved import may_save
from portico.payments.ways import kinds_for

log = structlog.get_logger(__name__)
PENDING: Final = (SavingState.CREATED, SavingState.NEEDS_ACTION)
GIVE_UP_AFTER: Final = timedelta(hours=1)
"""Who has not agreed at the gateway by then has gone away, unless the gateway asks for what takes days."""
LEFT_ALONE: Final = timedelta(minutes=2)
"""How long a try is left to the page on which the person is."""
AT_MOST: Final = timedelta(days=14)
"""After which a try ends that its gateway still works at, or does not speak of."""


def start_saving(
    *,
    actor: ContactActor,
    submission_key: UUID,
    gateway_account_id: UUID,
    kind: MethodKind,
    mandate: Mapping[str, Any] | None = None,
) -> MethodSaving:
    """Write down that a person saves a method. The same submission key gives the same try.

    Raises:
        ForbiddenError: the person may not pay, or customers save no methods here (preference 16).
        InvalidError: the account does not keep this kind for this customer; `field` is way.
        TooManyFailuresError: too much has been declined within the hour.
    """
    if kind is MethodKind.BANK and not mandate:
        raise InvalidError(_("Agree to the debit first."), field="way")
    with scope(actor):
        require(actor, Permission.PAY)
        if not may_save(actor):
            raise ForbiddenError(_("Cards and accounts are not kept here."))
        known = MethodSaving.objects.visible_to(actor).filter(
            contact_person_id=actor.person_id, submission_key=submission_key
        )
        if not known.exists():
            refuse_after_failures(actor)
        saving, is_new = MethodSaving.objects.visible_to(actor).get_or_create(
            contact_person_id=actor.person_id,
            submission_key=submission_key,
            defaults={
                "organisation_id": actor.organisation_id,
                "customer_id": actor.customer_id,
                "gateway_account": _account(actor, gateway_account_id, kind),
                "kind": kind,
                "mandate": dict(mandate or {}),
            },
        )
        if is_new:
            audit.record(actor, "saved_method.saving", saving, kind.value)
        return saving


def submit_saving(*, organisation_id: UUID, saving_id: UUID, token: str, return_url: str) -> MethodSaving:
    """Have the gateway keep what is behind the token; the try's id is the idempotency key.

    Returns:
        The try as it stands: still created where the gateway did not answer.
    """
    refuse_open_scope()
    saving, asked = _read(organisation_id, saving_id, return_url)
    if saving.state != SavingState.CREATED:
        return saving
    gateway, account = open_account(organisation_id, saving.gateway_account_id)
    try:
        seen = gateway.save_method(account, asked, token)
    except GatewayRefusedError as error:
        seen = SavingSeen("", Seen.FAILED, failure_message=error.message)
    except GatewayUnreachableError as error:
        log.warning("saving_unreachable", saving=str(saving_id), reason=error.message)
        return saving
    return settle_saving(organisation_id, saving_id, seen)


def finish_saving(*, organisation_id: UUID, saving_id: UUID) -> MethodSaving:
    """Ask how it stands, after the person came back from the gateway.

    Raises:
        GatewayUnreachableError: it does not answer.
    """
    refuse_open_scope()
    saving, asked = _read(organisation_id, saving_id, "")
    if saving.state != SavingState.NEEDS_ACTION:
        return saving
    gateway, account = open_account(organisation_id, saving.gateway_account_id)
    try:
        seen = gateway.fetch_saving(account, asked, saving.gateway_reference)
    except GatewayRefusedError as error:
        seen = SavingSeen(saving.gateway_reference, Seen.FAILED, failure_message=error.message)
    return settle_saving(organisation_id, saving_id, seen)


def clear_up_savings(*, organisation_id: UUID, old: bool = False) -> None:
    """Ask about every try that was left open, and give up those whose person has gone away.

    What the gateway itself takes days for, such as two small deposits, waits as long as it grants. Who finishes it
    there, and does not come back to us, is written to.

    Args:
        organisation_id: whose.
        old: those that were begun more than an hour ago, which is enough to ask each hour; else the younger ones.
    """
    now = clock.now()
    begun = {"created_at__lt": now - GIVE_UP_AFTER}
    if not old:
        begun = {"created_at__gte": now - GIVE_UP_AFTER, "created_at__lt": now - LEFT_ALONE}
    with scope(JobActor(organisation_id), read_only=True):
        left = list(MethodSaving.objects.filter(state__in=PENDING, **begun).values_list("pk", flat=True))
    for each in left:
        try:
            _clear_up(organisation_id, each, tell=old)
        except GatewayUnreachableError:
            continue  # in the next round
        except Exception:  # whatever is wrong with one must not keep the others waiting
            log.exception("saving_not_asked", saving=str(each))


def _clear_up(organisation_id: UUID, saving_id: UUID, *, tell: bool) -> None:
    saving, asked = _read(organisation_id, saving_id, "")
    seen = SavingSeen("", Seen.CANCELLED)  # where it never came to the gateway, or nobody heard that it did
    if saving.state == SavingState.NEEDS_ACTION:
        gateway, account = open_account(organisation_id, saving.gateway_account_id)
        try:
            seen = gateway.fetch_saving(account, asked, saving.gateway_reference)
        except GatewayGoneError as error:
            seen = SavingSeen(saving.gateway_reference, Seen.FAILED, failure_message=error.message)
        except GatewayRefusedError as error:  # keys that are wrong for now say nothing of it
            log.warning("saving_not_told", saving=str(saving_id), reason=error.message)
            seen = SavingSeen(saving.gateway_reference, Seen.PROCESSING)
    granted = AT_MOST if seen.state is Seen.PROCESSING else seen.patience or GIVE_UP_AFTER
    if seen.state not in (Seen.SUCCEEDED, Seen.FAILED):
        if saving.created_at > clock.now() - granted:
            if seen.state is Seen.NEEDS_ACTION:
                settle_saving(organisation_id, saving_id, seen)
            return
        seen = SavingSeen(saving.gateway_reference, Seen.CANCELLED)
    settle_saving(organisation_id, saving_id, seen, tell=tell)


def settle_saving(
    organisation_id: UUID, saving_id: UUID, seen: SavingSeen, *, tell: bool = False
) -> MethodSaving:
    """Bring a try to what the gateway says of it; told the same again, nothing changes."""
    with scope(JobActor(organisation_id)):
        saving = MethodSaving.objects.select_for_update(of=("self",)).get(pk=saving_id)
        if saving.state not in PENDING or seen.state in (Seen.CREATED, Seen.PROCESSING):
            return saving
        became = SavingState.FAILED
        if seen.state is Seen.NEEDS_ACTION:
            became = SavingState.NEEDS_ACTION
        elif seen.state is Seen.SUCCEEDED and seen.saved is not None:
            person = ContactPerson.objects.get(pk=saving.contact_person_id)
            saving.saved_method = keep_method(person, saving.gateway_account_id, seen.saved)
            became = SavingState.SUCCEEDED if saving.saved_method else SavingState.FAILED
        SAVING_MOVES.check(SavingState(saving.state), became)
        waited = saving.waits_until is not None
        saving.state = became
        saving.gateway_reference = seen.reference[:200]
        saving.action_url = seen.action_url[:1000] if became == SavingState.NEEDS_ACTION else ""
        saving.failure_message = seen.failure_message[:300]
        waits = became == SavingState.NEEDS_ACTION and seen.patience is not None
        saving.waits_until = saving.created_at + seen.patience if waits and seen.patience else None
        changed = [
            "state",
            "gateway_reference",
            "action_url",
            "failure_message",
            "waits_until",
            "saved_method",
        ]
        saving.save(update_fields=changed)
        if tell and saving.saved_method is not None:
            tell_saved(saving.saved_method)
        elif tell and waited and became == SavingState.FAILED:
            tell_not_saved(saving)
        return saving


def _account(actor: ContactActor, account_id: UUID, kind: MethodKind) -> GatewayAccount:
    account = GatewayAccount.objects.visible_to(actor).filter(pk=account_id, is_active=True).first()
    currency = Customer.objects.visible_to(actor).values_list("currency", flat=True).get()
    if account is not None:
        gateway = gateway_for(account.gateway)
        if gateway.capabilities.saved_methods and kind in kinds_for(actor, account, currency):
            return account
    raise InvalidError(_("That way to pay cannot be saved here."), field="way")


def _read(organisation_id: UUID, saving_id: UUID, return_url: str) -> tuple[MethodSaving, Saving]:
    with scope(JobActor(organisation_id), read_only=True):
        row = MethodSaving.objects.select_related("contact_person").get(pk=saving_id)
        owner = owner_of(row.contact_person, row.gateway_account_id)
        assert owner is not None
        return row, Saving(row.pk, owner, MethodKind(row.kind), return_url, agreed(row.mandate))
