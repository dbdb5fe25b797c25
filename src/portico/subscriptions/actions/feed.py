"""Taking in a subscription as it is now: by API, by hand, or from a billing system."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit import clock
from portico.kit.errors import ConflictError, InvalidError
from portico.subscriptions.feed import Details
from portico.subscriptions.models import BillingConnection, Subscription, SubscriptionInvoice


def feed_subscription(*, actor: Actor, customer: Customer, details: Details) -> Subscription:
    """Add a subscription that no connected billing system has, or bring it up to date; the same again changes nothing.

    Args:
        actor: staff who write documents, or a job.
        customer: whose it is.
        details: all that it says now; `external_id` is what it is known by in the organisation.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is no such customer for the actor.
        InvalidError: a value cannot be; `field` names it.
        ConflictError: the id belongs to another customer's subscription.
    """
    require_office(actor, Duty.WRITE_DOCUMENTS)
    check(details)
    with scope(actor):
        owner = Customer.objects.one_for(actor, pk=customer.pk)
        known = Subscription.objects.filter(
            organisation_id=actor.organisation_id, connection=None, external_id=details.external_id
        ).first()
        if known is not None and known.customer_id != owner.pk:
            raise ConflictError(
                f"The subscription “{details.external_id}” belongs to another customer.", field="external_id"
            )
        row = write(owner, details, connection=None, round_=0)
        audit.record(actor, "feed_subscription", row, row.plan, {"external_id": row.external_id})
    return row


def remove_subscription(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Take a subscription that was fed by hand or API out of the portal; returns it as it is now.

    Raises:
        ForbiddenError: the role may not.
        ConflictError: it comes from a billing system, which would bring it back.
    """
    require_office(actor, Duty.WRITE_DOCUMENTS)
    with scope(actor):
        row = Subscription.objects.select_for_update(no_key=True).one_for(actor, pk=subscription.pk)
        if row.connection_id is not None:
            raise ConflictError("This subscription comes from a billing system. End it there.")
        row.gone_at = clock.now()
        row.save(update_fields=["gone_at"])
        audit.record(actor, "remove_subscription", row, row.plan)
    return row


def check(details: Details) -> None:
    """Raise InvalidError, naming the field, where a value cannot be."""
    problems = (
        ("external_id", not details.external_id.strip(), "A subscription needs its id."),
        ("plan", not details.plan.strip(), "A subscription needs its plan's name."),
        ("quantity", details.quantity <= 0, "A subscription is of more than nothing."),
        ("every", details.every < 1, "A period is at least one unit long."),
        ("price", details.price.amount < 0, "A price is not below zero."),
        ("amount", details.amount.amount < 0, "An amount is not below zero."),
        (
            "amount",
            details.amount.currency != details.price.currency,
            "Price and amount are in one currency.",
        ),
        (
            "period_end",
            bool(details.period_start and details.period_end and details.period_end < details.period_start),
            "A period does not end before it begins.",
        ),
    )
    for field, is_wrong, message in problems:
        if is_wrong:
            raise InvalidError(message, field=field)


def write(
    customer: Customer, details: Details, *, connection: BillingConnection | None, round_: int
) -> Subscription:
    """Write the row and its invoices; within a scope, of checked details. One that changed owners moves over."""
    values = {
        "organisation_id": customer.organisation_id,
        "customer": customer,
        "plan": details.plan[:200],
        "plan_code": details.plan_code[:100],
        "description": details.description,
        "status": details.status,
        "currency": details.price.currency,
        "price": details.price,
        "amount": details.amount,
        "quantity": details.quantity,
        "every": details.every,
        "unit": details.unit,
        "started_on": details.started_on,
        "period_start": details.period_start,
        "period_end": details.period_end,
        "next_billing_on": details.next_billing_on,
        "ended_on": details.ended_on,
        "billing_details": [list(pair) for pair in details.billing_details],
        "round": round_,
        "gone_at": None,
        "updated_at": clock.now(),
    }
    known = Subscription.objects.filter(
        organisation_id=customer.organisation_id, connection=connection, external_id=details.external_id
    ).first()
    if known is not None and known.customer_id != customer.pk:
        SubscriptionInvoice.objects.filter(subscription=known).delete()
    row, _made = Subscription.objects.update_or_create(
        organisation_id=customer.organisation_id,
        connection=connection,
        external_id=details.external_id,
        defaults=values,
    )
    _link(row, details.invoices)
    return row


def _link(row: Subscription, numbers: tuple[str, ...]) -> None:
    """Its invoices are those of its customer that have these numbers; drafts have none."""
    found = set(
        Invoice.objects.filter(customer_id=row.customer_id, number__in=numbers)
        .exclude(status=InvoiceStatus.DRAFT)
        .exclude(number="")
        .values_list("pk", flat=True)
    )
    linked = SubscriptionInvoice.objects.filter(subscription=row)
    linked.exclude(invoice_id__in=found).delete()
    SubscriptionInvoice.objects.bulk_create(
        [
            SubscriptionInvoice(
                organisation_id=row.organisation_id,
                customer_id=row.customer_id,
                subscription=row,
                invoice_id=each,
            )
            for each in found - set(linked.values_list("invoice_id", flat=True))
        ],
        ignore_conflicts=True,
    )
