"""Telling both sides what becomes of a payment later: returned, paid back, or a refund that failed."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import JobActor
from portico.access.models import AuditRecord
from portico.customers.models import ContactPerson, Customer
from portico.kit.money import format_money
from portico.notifications.actions import tell_staff
from portico.notifications.customers import NOT_SHUT_OUT, Letter, language_of, mail_contacts
from portico.notifications.events import CustomerEvent
from portico.organisations.models import Organisation
from portico.payments.models import GatewayRefund, Payment, RefundState, TakenBack
from portico.sharing.links.mailing import way_to
from portico.transactions.history import note
from portico.transactions.models import DocumentKind

Said = Callable[[dict[str, str]], tuple[str, list[str]]]
"""Makes subject and paragraphs of the names that letters use, in the reader's language."""


def write_about(job: JobActor, payment: Payment, key: str, amounts: dict[str, object], said: Said) -> None:
    """Write to the customer's people who see billing; within a scope, once for each key.

    Args:
        job: of the organisation.
        payment: what it is about; the letter leads to its page.
        key: what happened, for the outbox.
        amounts: Money by name, printed in the reader's language; texts are taken as they are.
        said: makes the letter; is also given number, organisation and customer.
    """
    organisation = Organisation.objects.defer("logo").get(pk=payment.organisation_id)
    customer = Customer.objects.get(pk=payment.customer_id)

    def write(person: ContactPerson) -> Letter:
        language = language_of(person, organisation)
        names = {
            "number": payment.number,
            "organisation": organisation.name,
            "customer": customer.display_name,
        }
        for name, value in amounts.items():
            names[name] = value if isinstance(value, str) else format_money(value, language)  # type: ignore[arg-type]
        subject, paragraphs = said(names)
        way = way_to(job, DocumentKind.PAYMENT, payment, person, organisation, label=_("See the payment"))
        greeting = _("Dear %(name)s,") % {"name": person.full_name} if person.full_name else ""
        return Letter(subject, "\n\n".join(part for part in [greeting, *paragraphs, *way] if part))

    mail_contacts(
        job, CustomerEvent.PAYMENT, key, write, customer=customer, states=NOT_SHUT_OUT, or_customer=True
    )


def tell_of_return(job: JobActor, payment: Payment, taken: TakenBack, reason: str) -> None:
    """A bank debit came back: the customer with the reason in words, and staff."""

    def said(names: dict[str, str]) -> tuple[str, list[str]]:
        return _("Your payment of %(amount)s to %(organisation)s was returned") % names, [
            _(
                "your bank has returned the payment %(number)s of %(amount)s to %(organisation)s. What it had paid is open again."
            )
            % names,
            _("The reason given: %(why)s") % names if reason else "",
            _(
                "Of it, %(charged)s had been paid back to you before. That is owed as well, on invoice %(charge)s."
            )
            % names
            if taken.charge is not None
            else "",
        ]

    amounts: dict[str, object] = {"amount": payment.amount, "why": reason, "charged": taken.charged}
    if taken.charge is not None:
        amounts["charge"] = taken.charge.number
    write_about(job, payment, f"returned/{taken.pk}", amounts, said)
    _tell(
        job,
        payment,
        "payment_returned",
        f"{_name(payment)}: payment {payment.number} of {format_money(payment.amount)} came back",
        reason,
    )


def tell_of_refund(job: JobActor, row: GatewayRefund) -> None:
    """A refund went out, or failed. The customer hears of money that comes, or does not come after all."""
    payment = Payment.objects.select_related("customer").get(pk=row.payment_id)
    amount = format_money(row.amount)
    if row.state == RefundState.SUCCEEDED:

        def said(names: dict[str, str]) -> tuple[str, list[str]]:
            return _("%(organisation)s pays %(amount)s back to you") % names, [
                _(
                    "%(organisation)s has paid %(amount)s of your payment %(number)s back the way it came (%(method)s). It can take some days until you see it."
                )
                % names,
                names["why"],
            ]

        method = payment.method_label or payment.get_mode_display()
        amounts: dict[str, object] = {"amount": row.amount, "method": method, "why": row.reason}
        write_about(job, payment, f"refunded/{row.pk}", amounts, said)
        if not row.is_ours:
            title = f"{_name(payment)}: {amount} of {payment.number} was paid back at the gateway itself"
            _tell(job, payment, "payment_refunded_elsewhere", title)
        return
    details = {"amount": str(row.amount)}
    note(job, payment, DocumentKind.PAYMENT, "refund_failed", details, in_portal=bool(row.gateway_reference))
    title = f"{_name(payment)}: the refund of {amount} of {payment.number} failed"
    _tell(job, payment, "refund_failed", title, row.failure_message)


def tell_of_problem(job: JobActor, payment: Payment, problem: str) -> None:
    """Staff hear of a refund or dispute that does not fit its payment, once; it is looked at again with every event."""
    if AuditRecord.objects.filter(
        object_id=payment.pk, action="gateway_mismatch", summary=problem[:500]
    ).exists():
        return
    audit.record(job, "gateway_mismatch", payment, problem[:500])
    _tell(job, payment, "payment_mismatch", "What a gateway says does not fit its payment", problem)


def _tell(job: JobActor, payment: Payment, event: str, title: str, body: str = "") -> None:
    tell_staff(
        job,
        event,
        title,
        customer=payment.customer_id,
        document_kind="payment",
        document_id=payment.pk,
        body=body,
    )


def _name(payment: Payment) -> str:
    return payment.customer.display_name
