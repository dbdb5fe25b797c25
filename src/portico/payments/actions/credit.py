"""Using a customer's own credit while paying: planned and reserved first, put on the invoices once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor
from portico.credit_notes.actions.apply import apply_credit
from portico.invoices.models import Invoice
from portico.invoices.standing import open_amount
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError
from portico.kit.money import Money, smaller
from portico.payments.lines import PayLine
from portico.payments.models import CreditUse, CreditUsePart, Payment, PaymentAttempt
from portico.payments.own_credits import Part, require_using, sources, spread, used
from portico.retainers.actions.draw import draw_retainer


def plan_credit(
    actor: Actor, lines: Sequence[PayLine], shown: Money, chosen: Collection[UUID] | None = None
) -> list[Part]:
    """Spread the customer's credit, all of it or what was chosen, over what is to be paid; within a scope, under the
    customer's lock.

    Raises:
        ConflictError: it is not as much as was shown.
        ForbiddenError: the actor may not use it; through a public link nobody may.
    """
    if not isinstance(actor, ContactActor):
        raise ForbiddenError(_("Only staff apply credits here."))
    require_using(actor)
    amounts = {line.document_id: line.amount for line in lines if not line.is_retainer}
    due = Invoice.objects.visible_to(actor).filter(pk__in=amounts).order_by("due_date", "pk")
    wanted = [(pk, amounts[pk]) for pk in due.values_list("pk", flat=True)]
    credit = sources(actor, actor.customer_id, shown.currency)
    parts = spread(wanted, [each for each in credit if chosen is None or each.id in chosen])
    if used(parts, shown.currency) != shown:
        raise ConflictError(_("Your credit has changed meanwhile. Look at the sum again."))
    return parts


def write_use(
    actor: ContactActor | Actor, submission_key: UUID, parts: Sequence[Part], attempt: PaymentAttempt | None
) -> CreditUse:
    """Write down which credit is for which invoice; with a pending attempt it is reserved by that."""
    assert isinstance(actor, ContactActor)  # plan_credit lets nobody else plan
    use = CreditUse.objects.create(
        organisation_id=actor.organisation_id,
        customer_id=actor.customer_id,
        attempt=attempt,
        contact_person_id=actor.person_id,
        submission_key=submission_key,
        currency=parts[0].amount.currency,
    )
    CreditUsePart.objects.bulk_create(
        CreditUsePart(
            organisation_id=use.organisation_id,
            customer_id=use.customer_id,
            use=use,
            attempt=attempt,
            position=position,
            invoice_id=part.invoice_id,
            currency=use.currency,
            amount=part.amount,
            **{f"{part.source.kind}_id": part.source.id},
        )
        for position, part in enumerate(parts)
    )
    return use


def apply_use(actor: Actor, use: CreditUse | None) -> None:
    """Put written-down credit on its invoices, once; within a scope, under the customer's lock.

    What there is less of by now, of the credit or open on the invoice, is used less; the rest stays open.
    """
    if use is None or use.applied_at is not None:
        return
    rows = use.parts.select_related("invoice", "credit_note", "payment", "retainer").order_by("position")
    for part in rows:
        part.applied = _apply(actor, part)
        part.save(update_fields=["applied"])
    use.applied_at = clock.now()
    use.save(update_fields=["applied_at"])


def parts_of(parts: Sequence[Part], invoice_id: UUID) -> list[Part]:
    """The parts for one invoice."""
    return [each for each in parts if each.invoice_id == invoice_id]


def _apply(actor: Actor, part: CreditUsePart) -> Money:
    invoice = part.invoice
    invoice.refresh_from_db()
    still = smaller(part.amount, open_amount(invoice))
    if part.retainer is not None:
        part.retainer.refresh_from_db()
        amount = smaller(still, part.retainer.available)
        if amount:
            draw_retainer(actor=actor, retainer=part.retainer, invoice=invoice, amount=amount)
        return amount
    source = part.credit_note or part.payment
    assert source is not None  # the database: one source
    source.refresh_from_db()
    amount = smaller(still, source.unused if isinstance(source, Payment) else source.balance)
    if amount:
        apply_credit(actor=actor, source=source, invoice=invoice, amount=amount)
    return amount
