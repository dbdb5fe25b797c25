"""One retainer invoice with all that its page tells: lines, what was paid on it, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from portico.access.actors import Actor
from portico.invoices.queries import Linked
from portico.kit.money import Money, smaller, total
from portico.payments.models import PENDING
from portico.retainers.models import RetainerInvoice, RetainerLine


@dataclass(frozen=True, slots=True)
class RetainerDocument:
    """A retainer invoice as its page, its PDF and its print view need it.

    Attributes:
        linked: by date; `how` is payment for what was paid on it, invoice for what was drawn and not given back,
            refund for what was paid back, pending for a payment on its way.
    """

    retainer: RetainerInvoice
    lines: tuple[RetainerLine, ...]
    linked: tuple[Linked, ...]
    gateways: tuple[tuple[str, str], ...]
    """The organisation's active accounts, which a retainer invoice offers all (S6.2): gateway, and open settings as JSON."""
    by_hand: bool = False
    """Whether the organisation says how to be paid by transfer, cheque or cash (S6.9)."""

    def of(self, *how: str) -> tuple[Linked, ...]:
        """What is linked in this way."""
        return tuple(each for each in self.linked if each.how in how)

    @property
    def paid_by(self) -> tuple[Linked, ...]:
        """The payments on it."""
        return self.of("payment")

    @property
    def used_for(self) -> tuple[Linked, ...]:
        """The invoices it was drawn on, and what was paid back."""
        return self.of("invoice", "refund")

    @property
    def pending(self) -> tuple[Linked, ...]:
        """Payments on their way."""
        return self.of("pending")

    @property
    def reserved(self) -> Money:
        """What pending payments have reserved, at most what is open."""
        reserved = total((each.amount for each in self.pending), self.retainer.currency)
        return smaller(reserved, self.retainer.balance)

    @property
    def can_be_paid(self) -> bool:
        """Whether something is open that nothing pending has reserved."""
        return self.retainer.balance > self.reserved


def retainer_document(actor: Actor, retainer_id: UUID) -> RetainerDocument:
    """One retainer invoice with its lines and what is linked to it; three statements whatever their number.

    Raises:
        NotFoundError: there is none with this id for the actor (a draft is none for a customer).
        ForbiddenError: the person may not see billing.
    """
    retainer = RetainerInvoice.objects.one_for(actor, pk=retainer_id)
    lines = RetainerLine.objects.visible_to(actor).filter(document=retainer).order_by("position")
    linked, gateways, by_hand = _linked(retainer)
    return RetainerDocument(retainer, tuple(lines), linked, gateways, by_hand)


def _linked(retainer: RetainerInvoice) -> tuple[tuple[Linked, ...], tuple[tuple[str, str], ...], bool]:
    """Everything linked to it, by date, and the gateways; one statement, in SQL for the reason given at the invoices'.

    Who may see the retainer invoice may see these; its own customer is compared all the same, beside the policies.
    """
    given: dict[str, Any] = {
        "retainer": retainer.pk,
        "customer": retainer.customer_id,
        "organisation": retainer.organisation_id,
        "pending": list(PENDING),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINKED, given)
        rows = cursor.fetchall()
    linked = tuple(
        Linked(how, source, number, day, Money(amount, retainer.currency), mode)
        for how, source, number, day, amount, mode in rows
        if how not in ("gateway", "by_hand")
    )
    gateways = tuple((number, public) for how, _, number, *_rest, public in rows if how == "gateway")
    return linked, gateways, any(row[0] == "by_hand" for row in rows)


_LINKED: Final = """
SELECT 'payment' AS how, p.id AS source, p.number AS number, p.date AS day, p.retained AS amount, p.mode AS mode
  FROM payments_payment p
 WHERE p.retainer_id = %(retainer)s AND p.customer_id = %(customer)s AND p.voided_at IS NULL AND p.retained > 0
UNION ALL
SELECT 'invoice', i.id, i.number, d.date, d.amount, ''
  FROM retainers_drawing d JOIN invoices_invoice i ON i.id = d.invoice_id
 WHERE d.retainer_id = %(retainer)s AND d.customer_id = %(customer)s AND d.reversed_at IS NULL
UNION ALL
SELECT 'refund', r.id, r.number, r.date, r.amount, r.mode
  FROM payments_refund r
 WHERE r.retainer_id = %(retainer)s AND r.customer_id = %(customer)s AND r.reversed_at IS NULL
UNION ALL
SELECT 'pending', t.id, t.method_label, t.created_at::date, a.amount, t.mode
  FROM payments_attemptallocation a JOIN payments_paymentattempt t ON t.id = a.attempt_id
 WHERE a.retainer_id = %(retainer)s AND a.customer_id = %(customer)s AND t.state = ANY(%(pending)s)
UNION ALL
SELECT 'pending', t.id, t.reference, t.sent_on, a.amount, 'by_hand'
  FROM transfers_noticepart a JOIN transfers_transfernotice t ON t.id = a.notice_id
 WHERE a.retainer_id = %(retainer)s AND a.customer_id = %(customer)s AND t.state = 'awaiting'
UNION ALL
SELECT 'by_hand', w.id, '', NULL, 0, w.mode
  FROM transfers_transferway w
 WHERE w.organisation_id = %(organisation)s AND w.is_offered
UNION ALL
SELECT 'gateway', g.id, g.gateway, g.created_at::date, 0, g.public::text
  FROM payments_gatewayaccount g
 WHERE g.organisation_id = %(organisation)s AND g.is_active
 ORDER BY day, source
"""
