"""E-mails about saved methods: one that is there at last, or is not, one that expires soon, and one that staff removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from portico.access.actors import JobActor, Permission
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.kit import clock
from portico.notifications.customers import Letter, mail_contacts, portal_url
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.payments.models import MethodSaving, SavedMethod
from portico.payments.saved import end_of_next_month
from portico.ui.dates import month_short


def warn_of_expiry(*, actor: JobActor) -> int:
    """Write to everybody one of whose cards expires this month or next; once in a month about each.

    Returns:
        How many e-mails were written.
    """
    with scope(actor):
        organisation = Organisation.objects.defer("logo").get(pk=actor.organisation_id)
        today = clock.today(organisation.time_zone)
        soon = SavedMethod.objects.filter(
            removed_at=None, expires__gte=today, expires__lte=end_of_next_month(today)
        )
        return sum(_warn(each, organisation, today) for each in soon.order_by("expires", "pk"))


def tell_removed(method: SavedMethod, by: str) -> None:
    """Tell a person that staff removed a method of theirs; within a scope."""
    organisation = Organisation.objects.defer("logo").get(pk=method.organisation_id)
    given = {"organisation": organisation.name, "method": str(method), "who": by}

    def write(person: ContactPerson) -> Letter:
        return _letter(
            person,
            _("%(method)s was removed") % given,
            _(
                "%(who)s of %(organisation)s has removed %(method)s from your payment methods. It is not charged any more."
            )
            % given,
            f"{_('See your payment methods')}: {portal_url(organisation, '/payment-methods/')}",
        )

    _mail(method, f"method-removed/{method.pk}", write)


def tell_saved(method: SavedMethod) -> None:
    """Tell a person that what they began to save a while ago is there now; within a scope."""
    organisation = Organisation.objects.defer("logo").get(pk=method.organisation_id)
    given = {"organisation": organisation.name, "method": str(method)}

    def write(person: ContactPerson) -> Letter:
        return _letter(
            person,
            _("You can pay with %(method)s now") % given,
            _("%(method)s has been verified, and is saved to pay %(organisation)s.") % given,
            f"{_('See your payment methods')}: {portal_url(organisation, '/payment-methods/')}",
        )

    _mail(method, f"method-saved/{method.pk}", write)


def tell_not_saved(saving: MethodSaving) -> None:
    """Tell a person that an account which waited for its small deposits is not saved after all; within a scope."""
    organisation = Organisation.objects.defer("logo").get(pk=saving.organisation_id)
    given = {"organisation": organisation.name, "why": saving.failure_message}

    def write(person: ContactPerson) -> Letter:
        return _letter(
            person,
            _("Your bank account was not saved"),
            _(
                "the bank account that you wanted to save to pay %(organisation)s was not verified, so it is not saved. Nothing was charged."
            )
            % given,
            _("The reason given: %(why)s") % given if saving.failure_message else "",
            f"{_('Add a payment method')}: {portal_url(organisation, '/payment-methods/new/')}",
        )

    _mail(saving, f"method-not-saved/{saving.pk}", write)


def _warn(method: SavedMethod, organisation: Organisation, today: date) -> int:
    assert method.expires is not None

    def write(person: ContactPerson) -> Letter:
        given = {
            "organisation": organisation.name,
            "method": str(method),
            "month": month_short(method.expires) if method.expires else "",
        }
        return _letter(
            person,
            _("%(method)s expires soon") % given,
            _("%(method)s, which you saved to pay %(organisation)s, expires at the end of %(month)s.")
            % given,
            _(
                "Save the new card before, so that you can go on paying with one click. Automatic payments stop with it."
            ),
            f"{_('Save a new card')}: {portal_url(organisation, '/payment-methods/')}",
        )

    return _mail(method, f"method-expires/{method.pk}/{today:%Y-%m}", write)


def _letter(person: ContactPerson, subject: str, *paragraphs: str) -> Letter:
    hello = _("Dear %(name)s,") % {"name": person.full_name}
    return Letter(subject, "\n\n".join(part for part in [hello, *paragraphs] if part))


def _mail(about: SavedMethod | MethodSaving, key: str, write: Callable[[ContactPerson], Letter]) -> int:
    return mail_contacts(
        JobActor(about.organisation_id),
        CustomerEvent.PAYMENT,
        key,
        write,
        customer=about.customer_id,
        asks=Permission.PAY,
        only=[about.contact_person_id],
    )
