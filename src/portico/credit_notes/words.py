"""What a credit note's status is called, and the tone of its badge."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.credit_notes.models import CreditNoteStatus

STANDINGS: Final[dict[str, tuple[Promise, str]]] = {
    CreditNoteStatus.OPEN.value: (_("Open"), "open"),
    CreditNoteStatus.CLOSED.value: (_("Used"), "paid"),
    CreditNoteStatus.VOID.value: (_("Void"), "void"),
}
