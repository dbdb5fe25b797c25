"""E-mails about payments, written in the transaction that records them: the receipt (S6.10), and what failed."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from portico.access.actors import Actor, JobActor
from portico.customers.models import ContactPerson, PortalState
from portico.kit.money import format_money
from portico.notifications.actions import send_mail
from portico.notifications.customers import NOT_SHUT_OUT, Letter, language_of, mail_contacts, portal_url
from portico.notifications.events import CustomerEvent
from portico.notifications.languages import spoken
from portico.organisations.models import Organisation
from portico.payments.models import Payment, PaymentAttempt
from portico.sharing.links.mailing import way_to
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_long


def send_receipt(payment: Payment, payer: ContactPerson | None, address: str = "") -> None:
    """Put the receipt's mail to whoever paid into the outbox, with the PDF attached when it is sent.

    What somebody has paid by a public link, the customer's own people who may see billing hear of as well.

    Args:
        payment: what was paid.
        payer: the contact person who paid.
        address: where the receipt goes when it was paid by a public link, by nobody we know.
    """
    job = JobActor(payment.organisation_id)
    organisation = Organisation.objects.defer("logo").get(pk=payment.organisation_id)
    if payer is not None:
        mail_contacts(
            job,
            CustomerEvent.PAYMENT,
            f"receipt/{payment.pk}",
            lambda person: receipt_letter(job, payment, organisation, person),
            customer=payment.customer_id,
            asks=None,  # they paid it; what they may see now is another question
            only=[payer.pk],
            states=list(PortalState),
            attachment_kind="payment",
            attachment_id=payment.pk,
        )
    elif address:
        language = spoken(payment.customer.portal_language, organisation.language)
        stranger = ContactPerson(customer=payment.customer, email=address)
        with translation.override(language):
            letter = _letter(job, payment, organisation, language, stranger)
        send_mail(
            payment.organisation_id,
            f"receipt/{payment.pk}",
            address,
            letter.subject,
            letter.text,
            language=language,
            attachment_kind="payment",
            attachment_id=payment.pk,
        )
        same = ContactPerson.objects.filter(customer=payment.customer, email__iexact=address).first()
        mail_contacts(
            job,
            CustomerEvent.PAYMENT,
            f"receipt/{payment.pk}",
            lambda person: receipt_letter(job, payment, organisation, person),
            customer=payment.customer_id,
            skip=same.pk if same else None,
            attachment_kind="payment",
            attachment_id=payment.pk,
        )


def receipt_letter(
    actor: Actor, payment: Payment, organisation: Organisation, person: ContactPerson
) -> Letter:
    """The letter, in the active language; to its page, or to who was shut out meanwhile just the PDF.

    Args:
        actor: who sends it, in whose scope this runs.
        payment: what was paid, with its customer.
        organisation: who received it.
        person: the reader.
    """
    return _letter(actor, payment, organisation, language_of(person, organisation), person)


def _letter(
    actor: Actor, payment: Payment, organisation: Organisation, language: str, person: ContactPerson
) -> Letter:
    given = {
        "number": payment.number,
        "organisation": organisation.name,
        "amount": format_money(payment.amount, language),
        "customer": payment.customer.display_name,
        "date": date_long(payment.date),
    }
    way = []
    if person.portal_state in NOT_SHUT_OUT:
        label = _("See the payment")
        way = way_to(actor, DocumentKind.PAYMENT, payment, person, organisation, label=label)
    parts = [
        _("Dear %(name)s,") % {"name": person.full_name} if person.full_name else "",
        _("%(organisation)s received %(amount)s from %(customer)s on %(date)s. Thank you.") % given,
        *way,
        _("The receipt %(number)s is attached as a PDF.") % given,
    ]
    subject = _("Receipt %(number)s from %(organisation)s") % given
    return Letter(subject, "\n\n".join(part for part in parts if part))


def send_failure(attempt: PaymentAttempt, why: str) -> None:
    """Tell the one who tried to pay that it failed after they left the page, as a bank debit can days later.

    Args:
        attempt: what failed.
        why: the gateway's words for people, if it gave any.
    """
    payer = attempt.contact_person
    if payer is None:
        return
    organisation = Organisation.objects.defer("logo").get(pk=attempt.organisation_id)

    def write(person: ContactPerson) -> Letter:
        amount = format_money(attempt.amount, language_of(person, organisation))
        given = {"organisation": organisation.name, "amount": amount}
        parts = [
            _("Dear %(name)s,") % {"name": person.full_name},
            _("your payment of %(amount)s to %(organisation)s did not go through. Nothing was paid.") % given,
            _("The reason given: %(why)s") % {"why": why} if why else "",
            f"{_('Try again')}: {portal_url(organisation, '/invoices/')}",
        ]
        subject = _("Your payment of %(amount)s to %(organisation)s failed") % given
        return Letter(subject, "\n\n".join(part for part in parts if part))

    mail_contacts(
        JobActor(attempt.organisation_id),
        CustomerEvent.PAYMENT,
        f"payment-failed/{attempt.pk}",
        write,
        customer=attempt.customer_id,
        asks=None,
        only=[payer.pk],
    )
