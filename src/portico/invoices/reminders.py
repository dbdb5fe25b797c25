"""Reminding customers of invoices before and after they fall due, by the organisation's schedule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.access.actors import JobActor, Permission
from portico.access.scope import scope
from portico.customers.locking import lock_books
from portico.customers.models import ContactPerson, Customer
from portico.invoices.models import OPEN, Invoice
from portico.kit import clock
from portico.kit.money import Money, format_money, total
from portico.notifications.customers import Letter, language_of, mail_contacts, portal_url
from portico.notifications.digest import is_morning
from portico.notifications.events import CustomerEvent
from portico.notifications.look import table
from portico.notifications.models import CustomerMails, Reminder
from portico.notifications.settings import settings_of
from portico.organisations.models import Organisation
from portico.payments.paying import MOST_LINES
from portico.payments.reservations import reserved_on_invoices
from portico.ui.dates import date_short

LATEST: Final = 7
"""Days by which a reminder may be late, as after a stop. What is older is left out, so that switching reminders on
writes to nobody about last year's invoices."""


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice to be reminded of: what is left to pay, less what is on its way."""

    invoice: Invoice
    amount: Money
    step: int


def step_of(due: date, issued: date, days: Iterable[int], today: date) -> int | None:
    """The latest step of a schedule whose day has come, none that is long past; None for none.

    Args:
        due: when the invoice falls due.
        issued: the invoice's own date: on it and before it, the invoice itself is the reminder.
        days: the schedule, as days from the due date.
        today: the organisation's calendar day.
    """
    come = [step for step in days if due + timedelta(days=step) <= today]
    if not come:
        return None
    step = max(come)
    day = due + timedelta(days=step)
    if day <= issued or today - day > timedelta(days=LATEST):
        return None
    return step


def send_reminders(actor: JobActor) -> int:
    """Write the reminders of this morning; returns how many e-mails.

    Run as often as one likes: each invoice and step is written once. Nothing before eight o'clock by the
    organisation's clock, nor when reminders are switched off.
    """
    with scope(actor):
        organisation = (
            Organisation.objects.select_related("preferences").defer("logo").get(pk=actor.organisation_id)
        )
        settings = settings_of(actor)
        if not settings.reminders or not settings.reminder_days or is_morning(organisation) is None:
            return 0
        today = clock.today(organisation.time_zone)
        customers = list(
            _candidates(settings.reminder_days, today)
            .order_by()
            .values_list("customer_id", flat=True)
            .distinct()
        )
    return sum(_remind(actor, organisation, each, settings.reminder_days, today) for each in customers)


def _candidates(days: Sequence[int], today: date) -> QuerySet[Invoice]:
    """Open invoices that fall due within the schedule's reach, of customers who are to be reminded."""
    spared = CustomerMails.objects.filter(no_reminders=True).values_list("customer_id", flat=True)
    return Invoice.objects.filter(
        status__in=OPEN,
        balance__gt=0,
        due_date__gte=today - timedelta(days=max(days) + LATEST),
        due_date__lte=today - timedelta(days=min(days)),
        customer__is_active=True,
    ).exclude(customer_id__in=spared)


def _remind(
    actor: JobActor, organisation: Organisation, customer_id: UUID, days: Sequence[int], today: date
) -> int:
    """One customer's reminder, in a transaction of its own; two runs at once wait for each other."""
    with scope(actor):
        customer = lock_books(customer_id)
        due = _due(actor, customer, days, today)
        if not due:
            return 0
        written = mail_contacts(
            actor,
            CustomerEvent.REMINDER,
            f"reminder/{customer.pk}/{today.isoformat()}",
            lambda person: _letter(person, organisation, due, today),
            customer=customer,
            asks=Permission.VIEW_BILLING,
        )
        if written:
            Reminder.objects.bulk_create(
                Reminder(
                    organisation_id=organisation.pk,
                    customer=customer,
                    invoice_id=each.invoice.pk,
                    step=each.step,
                )
                for each in due
            )
        return written


def _due(actor: JobActor, customer: Customer, days: Sequence[int], today: date) -> list[Due]:
    """What a customer is reminded of today, the oldest first; what a pending payment covers is left out."""
    steps: dict[UUID, int] = {}
    rows: list[Invoice] = []
    for invoice in _candidates(days, today).filter(customer=customer).order_by("due_date", "pk"):
        step = step_of(invoice.due_date, invoice.date, days, today)
        if step is not None:
            steps[invoice.pk] = step
            rows.append(invoice)
    told: dict[UUID, int] = {}
    for invoice_id, step in Reminder.objects.filter(invoice_id__in=steps).values_list("invoice_id", "step"):
        told[invoice_id] = max(step, told.get(invoice_id, step))
    pending: dict[UUID, Money] = {}
    for currency in {row.currency for row in rows}:
        pending |= reserved_on_invoices(actor, [row.pk for row in rows if row.currency == currency], currency)
    made = []
    for row in rows:
        left = row.balance - pending.get(row.pk, Money.zero(row.currency))
        is_new = row.pk not in told or told[row.pk] < steps[row.pk]
        if is_new and left > Money.zero(row.currency):
            made.append(Due(row, left, steps[row.pk]))
    return made


def _letter(person: ContactPerson, organisation: Organisation, due: list[Due], today: date) -> Letter:
    """What a person reads, in their language: which invoices, when, how much, and where to pay."""
    language = language_of(person, organisation)
    late = [each for each in due if each.invoice.due_date < today]
    given = {"organisation": organisation.name, "count": len(due), "number": due[0].invoice.number}
    if len(due) == 1:
        subject = _one_subject(late=bool(late)) % given
    elif late:
        subject = (
            ngettext(
                "%(count)s invoice from %(organisation)s is waiting for payment",
                "%(count)s invoices from %(organisation)s are waiting for payment",
                len(due),
            )
            % given
        )
    else:
        subject = (
            ngettext(
                "%(count)s invoice from %(organisation)s falls due soon",
                "%(count)s invoices from %(organisation)s fall due soon",
                len(due),
            )
            % given
        )
    hello = _("Dear %(name)s,") % {"name": person.full_name}
    if late:
        why = _("According to our records, the following has not been paid yet.")
    else:
        why = _("This is a friendly reminder of what falls due soon.")
    rows = [[_("Invoice"), _("Due on"), _("Amount due")]]
    rows += [
        [
            each.invoice.number,
            date_short(each.invoice.due_date),
            format_money(each.amount, language),
        ]
        for each in due
    ]
    sums = _sums(due, language)
    if len(due) > 1:
        rows += [[_("Total"), "", amount] for amount in sums]
    end = _("If you have paid already, thank you; you need not do anything.")
    return Letter(subject, "\n\n".join([hello, why, table(rows), _button(person, organisation, due), end]))


def _one_subject(*, late: bool) -> str:
    if late:
        return _("Reminder: invoice %(number)s from %(organisation)s is overdue")
    return _("Reminder: invoice %(number)s from %(organisation)s falls due soon")


def _sums(due: list[Due], language: str) -> list[str]:
    """The totals, one for each currency."""
    by_currency: dict[str, list[Money]] = defaultdict(list)
    for each in due:
        by_currency[each.amount.currency].append(each.amount)
    return [format_money(total(amounts, code), language) for code, amounts in sorted(by_currency.items())]


def _button(person: ContactPerson, organisation: Organisation, due: list[Due]) -> str:
    """To the page of paying, with these invoices chosen, where that can be; else to the list of what is open."""
    one_currency = len({each.amount.currency for each in due}) == 1
    together = len(due) == 1 or organisation.preferences.customers_may_pay_several
    if not person.can_pay:
        return f"{_('See the invoices')}: {portal_url(organisation, '/invoices/')}"
    if one_currency and together and len(due) <= MOST_LINES:
        path = "/pay/?" + "&".join(f"invoice={each.invoice.pk}" for each in due)
    else:
        path = "/invoices/"
    return f"{_('Pay now')}: {portal_url(organisation, path)}"
