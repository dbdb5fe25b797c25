"""How an organisation's e-mails leave, when customers are reminded, and which customers are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import save_changed, set_fields
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit.errors import InvalidError
from portico.notifications.models import CustomerMails, MailSettings
from portico.organisations import checks

FURTHEST: Final = 365
MOST_STEPS: Final = 12
_FIELDS: Final = frozenset(
    {"sender_name", "sender_address", "reply_to", "bulk_per_minute", "reminders", "reminder_days"}
)


def settings_of(actor: Actor) -> MailSettings:
    """The mail settings of the actor's organisation; the usual ones, unsaved, where none were set."""
    found = MailSettings.objects.visible_to(actor).first()
    return found or MailSettings(organisation_id=actor.organisation_id)


def set_mail_settings(*, actor: Actor, **changes: object) -> MailSettings:
    """Change mail settings: sender_name, sender_address, reply_to, bulk_per_minute, reminders, reminder_days.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        MailSettings.objects.get_or_create(organisation_id=actor.organisation_id)
        row = MailSettings.objects.select_for_update(no_key=True).get(organisation_id=actor.organisation_id)
        if "reminder_days" in changes:
            changes["reminder_days"] = _days(changes["reminder_days"])
        done = set_fields(
            row, changes, allowed=_FIELDS, checks={"sender_address": checks.email, "reply_to": checks.email}
        )
        if done:
            save_changed(row, done)
            audit.record(actor, "set_mail_settings", row, changes=done)
    return row


def customer_mails(actor: Actor, customer: Customer) -> CustomerMails:
    """What staff decided about e-mails to a customer; the usual, unsaved, where nothing was decided."""
    found = CustomerMails.objects.visible_to(actor).filter(customer=customer).first()
    return found or CustomerMails(organisation_id=actor.organisation_id, customer=customer)


def set_customer_mails(*, actor: Actor, customer: Customer, no_reminders: bool) -> CustomerMails:
    """Say whether a customer is reminded of invoices at all.

    Raises:
        ForbiddenError: the role may not change customers.
        NotFoundError: not a customer of the actor's.
    """
    with scope(actor):
        require_office(actor, Duty.KEEP_CUSTOMERS)
        fresh = Customer.objects.one_for(actor, pk=customer.pk)
        row, _is_new = CustomerMails.objects.get_or_create(
            customer=fresh, defaults={"organisation_id": actor.organisation_id}
        )
        done = set_fields(row, {"no_reminders": no_reminders}, allowed={"no_reminders"})
        if done:
            save_changed(row, done)
            audit.record(actor, "set_customer_mails", fresh, changes=done)
    return row


def _days(given: object) -> list[int]:
    """A schedule of reminders: a few different days, sorted."""
    if not isinstance(given, Sequence) or not all(isinstance(day, int) for day in given):
        raise InvalidError("Days are whole numbers.", field="reminder_days")
    days = sorted({int(day) for day in given})
    if len(days) > MOST_STEPS or any(abs(day) > FURTHEST for day in days):
        raise InvalidError(
            f"At most {MOST_STEPS} reminders, none further than {FURTHEST} days from the due date.",
            field="reminder_days",
        )
    return days
