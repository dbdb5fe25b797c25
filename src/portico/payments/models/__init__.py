"""Payments and allocations, attempts, credit used beside them, gateway accounts, and the inbox of gateway events."""

from portico.payments.models.attempt import (
    ATTEMPT_MOVES,
    PENDING,
    AttemptAllocation,
    AttemptChange,
    AttemptState,
    PaymentAttempt,
)
from portico.payments.models.credit_use import CreditUse, CreditUsePart
from portico.payments.models.gateway import GatewayAccount, GatewayCredential, GatewayEvent
from portico.payments.models.payment import Allocation, Payment, PaymentMode, Refund

__all__ = [
    "ATTEMPT_MOVES",
    "PENDING",
    "Allocation",
    "AttemptAllocation",
    "AttemptChange",
    "AttemptState",
    "CreditUse",
    "CreditUsePart",
    "GatewayAccount",
    "GatewayCredential",
    "GatewayEvent",
    "Payment",
    "PaymentAttempt",
    "PaymentMode",
    "Refund",
]
