"""What autopay writes to the person who set it up: before each charge, when one fails, when it stops (S6.8)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from portico.access.actors import JobActor
from portico.autopay.models import Autopay, AutopayCharge, ChargeState
from portico.customers.models import ContactPerson, PortalState
from portico.kit.money import format_money
from portico.notifications.customers import Letter, language_of, mail_contacts, portal_url
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.payments.models import PaymentAttempt
from portico.ui.dates import date_long


def tell_planned(actor: JobActor, charge: AutopayCharge) -> None:
    """The notice before a charge: what, when, from what, and how to stop it."""

    def write(person: ContactPerson) -> Letter:
        given = _given(charge, person)
        parts = [
            _hello(person),
            _("on %(day)s we will charge %(amount)s for invoice %(number)s to %(method)s.") % given,
            _("You have nothing to do. If you pay the invoice otherwise before, it is not charged."),
            f"{_('See the invoice')}: {given['invoice_url']}",
            f"{_('Stop automatic payments')}: {given['autopay_url']}",
        ]
        return Letter(
            _("%(organisation)s will charge %(amount)s on %(day)s") % given, "\n\n".join(filter(None, parts))
        )

    _mail(actor, charge.autopay, f"autopay-planned/{charge.pk}", write)


def tell_too_much(actor: JobActor, charge: AutopayCharge) -> None:
    """An invoice over the maximum is not charged; it waits to be paid by hand."""

    def write(person: ContactPerson) -> Letter:
        given = _given(charge, person)
        parts = [
            _hello(person),
            _(
                "invoice %(number)s of %(amount)s is more than the maximum you set for automatic payments, "
                "so it is not charged. Please pay it yourself."
            )
            % given,
            f"{_('Pay the invoice')}: {given['pay_url']}",
            f"{_('Change automatic payments')}: {given['autopay_url']}",
        ]
        return Letter(
            _("Invoice %(number)s is not paid automatically") % given, "\n\n".join(filter(None, parts))
        )

    _mail(actor, charge.autopay, f"autopay-too-much/{charge.pk}", write)


def tell_failed(
    actor: JobActor, charge: AutopayCharge, attempt: PaymentAttempt, *, asks: bool = False
) -> None:
    """A charge failed: why, whether it is tried again, and how to pay now.

    Args:
        actor: a job.
        charge: as it stands after the failure.
        attempt: what failed.
        asks: whether the bank wanted the person to confirm it.
    """

    def write(person: ContactPerson) -> Letter:
        given = _given(charge, person)
        if asks:
            why = _("Your bank asks you to confirm this payment, so it cannot be charged automatically.")
        else:
            why = _("The reason given: %(why)s") % {"why": charge.why} if charge.reason else ""
        again = charge.state == ChargeState.PLANNED
        parts = [
            _hello(person),
            _("we could not charge %(amount)s for invoice %(number)s to %(method)s. Nothing was paid.")
            % given,
            why,
            _("We will try again on %(day)s.") % given if again else _("We will not try again by ourselves."),
            f"{_('Pay the invoice')}: {given['pay_url']}",
            f"{_('Change automatic payments')}: {given['autopay_url']}",
        ]
        return Letter(
            _("Automatic payment of invoice %(number)s failed") % given, "\n\n".join(filter(None, parts))
        )

    _mail(actor, charge.autopay, f"autopay-failed/{attempt.pk}", write)


def tell_stopped(actor: JobActor, autopay: Autopay) -> None:
    """Autopay has stopped, by whom or why, and what that means."""
    organisation = Organisation.objects.defer("logo").get(pk=autopay.organisation_id)

    def write(person: ContactPerson) -> Letter:
        given = {"organisation": organisation.name, "method": autopay.method_label}
        why = {
            Autopay.Stop.METHOD: _("The card or bank account was removed or has expired."),
            Autopay.Stop.GATEWAY: _("This way to pay is not offered any more."),
            Autopay.Stop.STAFF: _("%(organisation)s stopped it.") % given,
        }
        parts = [
            _hello(person),
            _("automatic payments to %(organisation)s by %(method)s have stopped.") % given,
            why.get(Autopay.Stop(autopay.stopped_because), ""),
            _("Please pay your invoices yourself from now on, or set it up again."),
            f"{_('Your invoices')}: {portal_url(organisation, '/invoices/')}",
        ]
        subject = _("Automatic payments to %(organisation)s have stopped") % given
        return Letter(subject, "\n\n".join(filter(None, parts)))

    _mail(actor, autopay, f"autopay-stopped/{autopay.pk}", write)


def _mail(actor: JobActor, autopay: Autopay, key: str, write: Callable[[ContactPerson], Letter]) -> None:
    mail_contacts(
        actor,
        CustomerEvent.AUTOPAY,
        key,
        write,
        customer=autopay.customer_id,
        asks=None,  # whose method it is has to hear of it, whatever they may see now
        only=[autopay.contact_person_id],
        states=list(PortalState),
    )


def _hello(person: ContactPerson) -> str:
    return _("Dear %(name)s,") % {"name": person.full_name}


def _given(charge: AutopayCharge, person: ContactPerson) -> dict[str, str]:
    organisation = Organisation.objects.defer("logo").get(pk=charge.organisation_id)
    language = language_of(person, organisation)
    return {
        "organisation": organisation.name,
        "amount": format_money(charge.amount, language),
        "number": charge.invoice.number,
        "method": charge.autopay.method_label,
        "day": date_long(charge.charge_on),
        "invoice_url": portal_url(organisation, f"/invoices/{charge.invoice_id}/"),
        "pay_url": portal_url(organisation, f"/pay/?invoice={charge.invoice_id}"),
        "autopay_url": portal_url(organisation, "/autopay/"),
    }
