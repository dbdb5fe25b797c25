"""The transactions behind a statement's movements: their numbers and what a line says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from portico.access.actors import ContactActor
from portico.credit_notes.models import CreditNote
from portico.invoices.models import Invoice, WriteOff
from portico.kit.money import Money
from portico.ledger.models import EntryKind
from portico.payments.models import Allocation, Payment, Refund, TakenBack
from portico.retainers.models import Drawing
from portico.statements.movements import Movement


@dataclass(frozen=True, slots=True)
class Part:
    """What part of a payment went to one invoice."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Source:
    """One transaction as a statement names it; what a kind does not have stays empty."""

    number: str = ""
    reference: str = ""
    due: date | None = None
    of: str = ""
    """The number of the document it was taken from or given back for."""
    to: str = ""
    """The number of the invoice it was put on."""
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    parts: tuple[Part, ...] = field(default=())


NO_SOURCE: Final = Source()


def sources(actor: ContactActor, moved: Sequence[Movement]) -> dict[UUID, Source]:
    """What stands behind these movements, by the transaction's id; one statement for each kind that occurs."""
    wanted: dict[EntryKind, set[UUID]] = defaultdict(set)
    for movement in moved:
        wanted[movement.kind].add(movement.source_id)
    found: dict[UUID, Source] = {}
    for kind, ids in wanted.items():
        read = _READERS.get(kind)
        if read is not None:
            found.update(read(actor, ids))
    return found


def _invoices(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = Invoice.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(number=number, reference=reference, due=due, invoice_id=pk)
        for pk, number, reference, due in rows.values_list("pk", "number", "reference", "due_date")
    }


def _credit_notes(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = CreditNote.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(number=number, reference=reference, of=of or "", credit_note_id=pk)
        for pk, number, reference, of in rows.values_list("pk", "number", "reference", "invoice__number")
    }


def _opening_balances(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    """What was owed stands on an invoice, what was owed to the customer on a credit note."""
    return {**_credit_notes(actor, ids), **_invoices(actor, ids)}


def _payments(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    parts: dict[UUID, list[Part]] = defaultdict(list)
    allocations = Allocation.objects.visible_to(actor).filter(payment__in=ids).order_by("id")
    for payment_id, number, amount, currency in allocations.values_list(
        "payment_id", "invoice__number", "amount", "currency"
    ):
        parts[payment_id].append(Part(number, Money(_plain(amount), currency)))
    rows = Payment.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(number=number, reference=reference, payment_id=pk, parts=tuple(parts[pk]))
        for pk, number, reference in rows.values_list("pk", "number", "reference")
    }


def _drawings(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = Drawing.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(of=of, to=to, invoice_id=invoice_id)
        for pk, of, to, invoice_id in rows.values_list(
            "pk", "retainer__number", "invoice__number", "invoice_id"
        )
    }


def _refunds(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = Refund.objects.visible_to(actor).filter(pk__in=ids)
    rows = rows.annotate(of=Coalesce(F("credit_note__number"), F("payment__number"), F("retainer__number")))
    return {
        pk: Source(number=number, reference=reference, of=of)
        for pk, number, reference, of in rows.values_list("pk", "number", "reference", "of")
    }


def _write_offs(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = WriteOff.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(of=of, invoice_id=invoice_id)
        for pk, of, invoice_id in rows.values_list("pk", "invoice__number", "invoice_id")
    }


def _plain(amount: Any) -> Any:
    """values_list gives the stored decimal, whatever the field's type says."""
    return amount


def _takings(actor: ContactActor, ids: Iterable[UUID]) -> dict[UUID, Source]:
    rows = TakenBack.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Source(number=number, payment_id=payment_id)
        for pk, number, payment_id in rows.values_list("pk", "payment__number", "payment_id")
    }


_READERS: Final[dict[EntryKind, Callable[[ContactActor, Iterable[UUID]], dict[UUID, Source]]]] = {
    EntryKind.OPENING_BALANCE: _opening_balances,
    EntryKind.INVOICE: _invoices,
    EntryKind.CREDIT_NOTE: _credit_notes,
    EntryKind.PAYMENT: _payments,
    EntryKind.RETAINER_DRAWN: _drawings,
    EntryKind.REFUND: _refunds,
    EntryKind.WRITE_OFF: _write_offs,
    EntryKind.TAKEN_BACK: _takings,
}
