"""Money that the customer's bank takes back (a return, a dispute), and gives back (a dispute that is won)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from portico.access import audit
from portico.access.actors import Actor
from portico.credit_notes.actions.apply import apply_credit
from portico.credit_notes.actions.draft import CreditNoteDraft, draft_credit_note
from portico.credit_notes.actions.issue import issue as issue_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.locking import reread
from portico.customers.models import Customer
from portico.invoices.actions.draft import InvoiceDraft, draft_invoice
from portico.invoices.actions.issue import issue as issue_invoice
from portico.invoices.models import Invoice
from portico.invoices.standing import open_amount as open_on_invoice
from portico.kit import clock
from portico.kit.money import Money, format_money, smaller, total
from portico.ledger.models import Account, EntryKind
from portico.ledger.post import Leg, post, reverse
from portico.organisations.models import Organisation
from portico.payments.actions.freeing import free, put_back
from portico.payments.models import Payment, TakenBack, TakenBackKind
from portico.retainers.standing import open_amount as open_on_retainer
from portico.retainers.standing import put as put_on_retainer
from portico.transactions.compare_and_set import compare_and_set
from portico.transactions.days import today_at
from portico.transactions.drafts import LineDraft
from portico.transactions.history import note
from portico.transactions.models import DocumentKind

_EVENT = {TakenBackKind.RETURN: "payment_returned", TakenBackKind.DISPUTE: "payment_disputed"}


def take_back(
    actor: Actor, payment: Payment, amount: Money, kind: TakenBackKind, reason: str = ""
) -> TakenBack:
    """Book that the customer's bank has taken money of a payment back: what it paid opens again.

    What of it had been paid back to the customer before is owed to us now: an invoice says so. Within a scope, under
    the customer's lock; counts for today.

    Args:
        actor: a job of the organisation, or staff who may move money.
        payment: read under the lock; brought up to date.
        amount: above zero, at most what is not taken back yet (`still_held`).
        kind: a return or a dispute.
        reason: in the bank's words.
    """
    day = max(today_at(payment.organisation_id), payment.date)
    zero = Money.zero(payment.currency)
    taken = TakenBack.objects.create(
        organisation_id=payment.organisation_id,
        customer_id=payment.customer_id,
        payment=payment,
        kind=kind,
        currency=payment.currency,
        amount=amount,
        from_retainer=zero,
        charged=zero,
        date=day,
        reason=reason[:300],
    )
    freed = free(actor, payment, amount, because=taken)
    taken.from_retainer, taken.charged = freed.retainer, freed.short
    if freed.short:
        taken.charge = charge(actor, payment, freed.short)
    taken.save(update_fields=["from_retainer", "charged", "charge"])
    _take(payment, freed.credit, freed.retainer)
    if freed.retainer and payment.retainer is not None:
        retainer = reread(actor, payment.retainer)
        put_on_retainer(retainer, "paid", -freed.retainer)
        details = _details(payment, freed.retainer)
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "payment_taken_off", details)
    if freed.credit or freed.retainer:
        legs = [
            Leg(debit=Account.CREDIT, credit=Account.CASH, amount=freed.credit),
            Leg(debit=Account.RETAINER, credit=Account.CASH, amount=freed.retainer),
        ]
        post(taken, kind=EntryKind.TAKEN_BACK, source_id=taken.pk, day=day, legs=legs)
    told = {"amount": str(amount), "reason": taken.reason}
    note(actor, payment, DocumentKind.PAYMENT, _EVENT[TakenBackKind(kind)], told)
    audit.record(actor, _EVENT[TakenBackKind(kind)], payment, f"{payment.number}, {amount}: {reason}")
    return taken


def give_back(actor: Actor, taken: TakenBack) -> Money:
    """Book that the bank has given back what it took: it is put where it was, as far as that is still open.

    What does not fit any more is the customer's credit; what had been charged for it is credited by a credit note.

    Returns:
        How much is on invoices and the retainer invoice again.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=taken.payment_id)
    compare_and_set(taken, {"restored_at": clock.now()})
    reverse(taken.pk, day=max(today_at(payment.organisation_id), taken.date))
    credit = taken.amount - taken.from_retainer - taken.charged
    fits = Money.zero(payment.currency)
    retainer = reread(actor, payment.retainer) if payment.retainer is not None else None
    if retainer is not None:
        fits = smaller(taken.from_retainer, open_on_retainer(retainer))
    _take(payment, -credit - (taken.from_retainer - fits), -fits)
    if retainer is not None and fits:
        put_on_retainer(retainer, "paid", fits)
        note(actor, retainer, DocumentKind.RETAINER_INVOICE, "paid", _details(payment, fits))
    if rest := taken.from_retainer - fits:
        legs = [Leg(debit=Account.RETAINER, credit=Account.CREDIT, amount=rest)]
        day = max(today_at(payment.organisation_id), payment.date)
        post(payment, kind=EntryKind.PAYMENT, source_id=payment.pk, day=day, legs=legs)
    done = fits + put_back(actor, payment, list(taken.unallocations.filter(reversed_at=None)))
    if taken.charge is not None:
        uncharge(actor, payment, taken.charge, taken.charged)
    note(actor, payment, DocumentKind.PAYMENT, "given_back", {"amount": str(taken.amount)})
    audit.record(actor, "payment_given_back", payment, f"{payment.number}, {taken.amount}")
    return done


def take_again(actor: Actor, payment: Payment) -> None:
    """Money of a payment that the bank had returned is there again, such as a refund that was undone: the return takes
    it from there, and what was charged instead, since it had gone back twice, is credited.

    Within a scope, under the customer's lock.
    """
    rows = payment.taken.filter(kind=TakenBackKind.RETURN, restored_at=None).exclude(charge=None)
    for taken in rows.order_by("id"):
        give_back(actor, taken)
        take_back(actor, reread(actor, payment), taken.amount, TakenBackKind.RETURN, taken.reason)


def still_held(payment: Payment) -> Money:
    """What of a payment no bank has taken back: the most that can be taken yet."""
    rows = payment.taken.filter(restored_at=None)
    return payment.amount - total((row.amount for row in rows), payment.currency)


def charge(actor: Actor, payment: Payment, amount: Money) -> Invoice:
    """An invoice over money that has gone back twice: once by us, and once by the customer's bank."""
    customer = Customer.objects.select_related("organisation").get(pk=payment.customer_id)
    with _in_their_language(customer):
        name = _("Payment %(number)s: gone back twice") % {"number": payment.number}
        notes = _(
            "%(amount)s of your payment %(number)s had been paid back to you already when your bank took it back as well."
        ) % {"amount": format_money(amount), "number": payment.number}
    day = max(today_at(payment.organisation_id), payment.date)
    lines = [LineDraft(name=name, description=notes, quantity=Decimal(1), rate=amount.amount)]
    draft = InvoiceDraft(date=day, due_date=day, lines=lines, currency=amount.currency)
    invoice = draft_invoice(actor=actor, customer=customer, draft=draft)
    issue_invoice(actor, invoice, customer, kind=EntryKind.INVOICE, against=Account.CASH)
    return invoice


def uncharge(actor: Actor, payment: Payment, invoice: Invoice, amount: Money) -> CreditNote:
    """A credit note over what was charged, put on that invoice as far as it is open."""
    customer = Customer.objects.select_related("organisation").get(pk=payment.customer_id)
    with _in_their_language(customer):
        name = _("Payment %(number)s: given back by the bank") % {"number": payment.number}
    lines = [LineDraft(name=name, quantity=Decimal(1), rate=amount.amount)]
    day = max(today_at(payment.organisation_id), invoice.date)
    draft = CreditNoteDraft(date=day, lines=lines, currency=amount.currency)
    credit_note = draft_credit_note(actor=actor, customer=customer, draft=draft)
    issue_credit_note(actor, credit_note, customer, kind=EntryKind.CREDIT_NOTE, against=Account.CASH)
    credit_note.refresh_from_db()
    invoice = reread(actor, invoice)
    if fits := smaller(open_on_invoice(invoice), credit_note.balance):
        apply_credit(actor=actor, source=credit_note, invoice=invoice, amount=fits)
    return credit_note


@contextmanager
def _in_their_language(customer: Customer) -> Iterator[None]:
    organisation: Organisation = customer.organisation
    with translation.override(customer.portal_language or organisation.language):
        yield


def _take(payment: Payment, credit: Money, retained: Money) -> None:
    """Out of the payment; below zero, into it again."""
    compare_and_set(
        payment,
        {
            "unused": payment.unused - credit,
            "retained": payment.retained - retained,
            "taken_back": payment.taken_back + credit + retained,
        },
    )


def _details(payment: Payment, amount: Money) -> dict[str, str]:
    return {"payment_id": str(payment.pk), "payment": payment.number, "amount": str(amount)}
