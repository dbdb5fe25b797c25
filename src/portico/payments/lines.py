"""What is to be paid: one document, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portico.kit.money import Money


@dataclass(frozen=True, slots=True)
class PayLine:
    """One document to pay, and how much of it."""

    document_id: UUID
    amount: Money
    is_retainer: bool = False
