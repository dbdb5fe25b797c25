"""Which gateways are offered for a set of invoices, and whether any takes their currency (S6.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.conf import settings

from portico.access.actors import Actor
from portico.invoices.models import Invoice, InvoiceGateway
from portico.payments.accounts import public_account
from portico.payments.gateway import Account, MethodKind, gateway_for
from portico.payments.models import GatewayAccount

_NOBODY: Final = UUID(int=0)


def offered_on(actor: Actor, invoice_ids: Sequence[UUID], currency: str) -> list[GatewayAccount]:
    """The active accounts that every one of these invoices offers and that take the currency.

    An invoice offers all active accounts unless some are ticked on it; for none (a retainer) all are offered.
    """
    accounts = list(
        GatewayAccount.objects.visible_to(actor).filter(is_active=True).order_by("created_at", "id")
    )
    picky = set(
        Invoice.objects.visible_to(actor)
        .filter(pk__in=invoice_ids, all_gateways=False)
        .values_list("pk", flat=True)
    )
    ticked: dict[UUID, set[UUID]] = {invoice_id: set() for invoice_id in picky}
    if picky:
        rows = InvoiceGateway.objects.visible_to(actor).filter(invoice_id__in=picky)
        for invoice_id, account_id in rows.values_list("invoice_id", "gateway_account_id"):
            ticked[invoice_id].add(account_id)
    return [
        account
        for account in accounts
        if gateway_for(account.gateway).kinds(public_account(account), currency)
        and all(account.pk in chosen for chosen in ticked.values())
    ]


def takes_any(accounts: Iterable[tuple[str, str]], currency: str, *, by_bank: bool) -> bool:
    """Whether one of these accounts takes the currency; those of gateways not installed any more do not.

    Args:
        accounts: of each the gateway's key, and its settings that are not secret as JSON.
        currency: to be paid.
        by_bank: whether the customer may pay by bank account (S6.3).
    """
    able = {
        kind
        for key, public in accounts
        if key in settings.GATEWAYS
        for kind in gateway_for(key).kinds(Account(_NOBODY, json.loads(public), {}), currency)
    }
    return bool(able if by_bank else able - {MethodKind.BANK})
