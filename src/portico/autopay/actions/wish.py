"""Begin and stop autopay; stopping takes back every charge that has not begun."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, JobActor, Permission, require, require_office
from portico.access.scope import scope
from portico.autopay.letters import tell_stopped, tell_too_much
from portico.autopay.models import CHARGE_MOVES, OVER, STOPPED, Autopay, AutopayCharge, ChargeState
from portico.autopay.standing import why_stop
from portico.customers.locking import lock_books
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.money import Money
from portico.notifications.actions import tell_staff
from portico.payments.models import SavedMethod
from portico.transactions.amounts import check_amount


def start_autopay(
    *,
    actor: ContactActor,
    method_id: UUID,
    maximum: Money | None,
    agreement: str,
    agreed_from: str | None = None,
) -> Autopay:
    """Have the customer's invoices charged to a saved method from now on.

    Args:
        actor: a contact person who may pay, with a method of their own.
        method_id: of theirs.
        maximum: of one charge, in the customer's currency; None for no maximum.
        agreement: the words they agreed to, as shown.
        agreed_from: the address they came from.

    Raises:
        ConflictError: autopay runs already, with this or another method.
        ForbiddenError: the person may not pay.
        InvalidError: the maximum is no amount above zero, or the method has expired; `field` names it.
        NotFoundError: there is no such method of theirs.
    """
    with scope(actor):
        require(actor, Permission.PAY)
        require(actor, Permission.VIEW_BILLING)
        customer = lock_books(actor.customer_id)
        running = Autopay.objects.visible_to(actor).filter(stopped_at=None).first()
        if running is not None:
            raise ConflictError(
                _("Autopay is on already, with %(method)s. Stop it first.") % {"method": running.method_label}
            )
        autopay = _begin(actor, method_id, maximum, agreement, agreed_from)
        audit.record(actor, "autopay.started", autopay, autopay.method_label)
        tell_staff(
            actor,
            "payment_autopay_started",
            f"{customer.display_name} pays automatically from now on, by {autopay.method_label}",
            customer=customer,
        )
        return autopay


def change_autopay(
    *,
    actor: ContactActor,
    autopay: Autopay,
    method_id: UUID,
    maximum: Money | None,
    agreement: str,
    agreed_from: str | None = None,
) -> Autopay:
    """Charge another method, or have another maximum, from now on; what was agreed to before stays on record.

    What is planned goes on with the new agreement, on the day that was announced; what is over the new maximum is not
    charged, and the person is told. What was over the old one, or failed, is planned anew.

    Args:
        actor: a contact person who may pay, with a method of their own.
        autopay: the one that runs, whoever set it up.
        method_id: of theirs; the same as before, or another.
        maximum: of one charge, in the customer's currency; None for no maximum.
        agreement: the words they agreed to, as shown.
        agreed_from: the address they came from.

    Raises:
        ConflictError: it has stopped already.
        ForbiddenError: the person may not pay.
        InvalidError: the maximum is no amount above zero, or the method has expired; `field` names it.
        NotFoundError: there is no such method of theirs.
    """
    with scope(actor):
        require(actor, Permission.PAY)
        require(actor, Permission.VIEW_BILLING)
        lock_books(actor.customer_id)
        before = Autopay.objects.one_for(actor, pk=autopay.pk)
        if before.stopped_at is not None:
            raise ConflictError(_("Autopay has stopped already."))
        before.stopped_at, before.stopped_because = clock.now(), Autopay.Stop.PERSON
        before.save(update_fields=["stopped_at", "stopped_because"])
        made = _begin(actor, method_id, maximum, agreement, agreed_from)
        for charge in AutopayCharge.objects.filter(autopay=before, state=ChargeState.PLANNED):
            charge.autopay = made
            if made.maximum and charge.amount > made.maximum:
                CHARGE_MOVES.check_change(ChargeState.PLANNED, ChargeState.SKIPPED)
                charge.state, charge.reason = ChargeState.SKIPPED, OVER
                charge.ended_at = clock.now()
                tell_too_much(JobActor(actor.organisation_id), charge)
            charge.save(update_fields=["autopay", "state", "reason", "ended_at"])
        audit.record(actor, "autopay.changed", made, made.method_label)
        title = f"{made.customer.display_name} has changed automatic payments: {made.method_label}"
        tell_staff(actor, "payment_autopay_started", title, customer=made.customer)
        return made


def _begin(
    actor: ContactActor, method_id: UUID, maximum: Money | None, agreement: str, agreed_from: str | None
) -> Autopay:
    """Write the wish down; within a scope, under the customer's lock, while none runs."""
    customer = Customer.objects.one_for(actor, pk=actor.customer_id)
    method = SavedMethod.objects.one_for(
        actor, pk=method_id, contact_person_id=actor.person_id, removed_at=None
    )
    if maximum is not None:
        check_amount(maximum, customer.currency, "maximum")
    autopay = Autopay(
        organisation_id=actor.organisation_id,
        customer=customer,
        contact_person_id=actor.person_id,
        saved_method=method,
        method_label=str(method)[:80],
        currency=customer.currency,
        maximum=maximum or Money.zero(customer.currency),
        agreement=agreement,
        agreed_from=agreed_from,
    )
    if why_stop(autopay) is not None:
        raise InvalidError(_("This way to pay cannot be used any more."), field="method")
    autopay.save(force_insert=True)
    return autopay


def stop_autopay(*, actor: Actor, autopay: Autopay) -> Autopay:
    """Stop autopay: what is planned is not charged any more; what is being charged this moment goes on.

    Anybody who may pay for the customer may stop it, whoever began it.

    Raises:
        ConflictError: it has stopped already.
        ForbiddenError: the person may not pay; staff who may not move money.
    """
    with scope(actor):
        if isinstance(actor, ContactActor):
            require(actor, Permission.PAY)
            because = Autopay.Stop.PERSON
        else:
            require_office(actor, Duty.MOVE_MONEY)
            because = Autopay.Stop.STAFF
        lock_books(autopay.customer_id)
        autopay = Autopay.objects.one_for(actor, pk=autopay.pk)
        if autopay.stopped_at is not None:
            raise ConflictError(_("Autopay has stopped already."))
        end(actor, autopay, because)
        return autopay


def stop_without_method(*, actor: JobActor, method_id: UUID) -> None:
    """Stop autopay whose method was removed, without waiting for its next round."""
    with scope(actor):
        running = Autopay.objects.select_related("customer", "saved_method", "contact_person")
        found = running.filter(saved_method_id=method_id, stopped_at=None).first()
        if found is None:
            return
        lock_books(found.customer_id)
        fresh = running.get(pk=found.pk)
        if fresh.stopped_at is None and fresh.saved_method.removed_at is not None:
            end(actor, fresh, Autopay.Stop.METHOD)


def end(actor: Actor, autopay: Autopay, because: Autopay.Stop) -> None:
    """Stop it, take back what is planned, and tell both sides; within a scope, under the customer's lock."""
    autopay.stopped_at = clock.now()
    autopay.stopped_because = because
    autopay.save(update_fields=["stopped_at", "stopped_because"])
    CHARGE_MOVES.check_change(ChargeState.PLANNED, ChargeState.SKIPPED)
    planned = AutopayCharge.objects.filter(autopay=autopay, state=ChargeState.PLANNED)
    planned.update(state=ChargeState.SKIPPED, reason=STOPPED, ended_at=clock.now())
    audit.record(actor, "autopay.stopped", autopay, because.label)
    tell_stopped(JobActor(autopay.organisation_id), autopay)
    tell_staff(
        actor,
        "payment_autopay_stopped",
        f"{autopay.customer.display_name}: autopay has stopped. {because.label}.",
        customer=autopay.customer,
    )
