"""What payments are searched by: their own number, reference and means, and the numbers of what they paid."""

from __future__ import annotations

from typing import Final

from portico.transactions.models import DocumentKind
from portico.transactions.searching import Part, Source, register

_INVOICES: Final = (
    "(SELECT string_agg(i.number, ' ') FROM payments_allocation a JOIN invoices_invoice i ON i.id = a.invoice_id"
    " WHERE a.payment_id = d.id AND a.reversed_at IS NULL)"
)
_RETAINER: Final = "(SELECT r.number FROM retainers_retainerinvoice r WHERE r.id = d.retainer_id)"

register(
    Source(
        kind=DocumentKind.PAYMENT,
        table="payments_payment",
        columns=("number", "reference", "method_label"),
        parts=(
            Part(
                "payments_allocation",
                "payment_id",
                f"concat_ws(' ', {_INVOICES}, {_RETAINER})",
                ("reversed_at",),
            ),
        ),
        listed="true",
        decides=(),
    )
)
