"""Payments and allocations, attempts, credit used beside them, saved methods, gateway accounts, and the inbox of gateway events."""

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
from portico.payments.models.gateway_refund import (
    REFUND_MOVES,
    REFUND_PENDING,
    GatewayRefund,
    RefundState,
)
from portico.payments.models.method import SAVING_MOVES, MethodSaving, SavedMethod, SavingState
from portico.payments.models.payment import Allocation, Payment, PaymentMode, Refund
from portico.payments.models.taking import TakenBack, TakenBackKind, Unallocation

__all__ = [
    "ATTEMPT_MOVES",
    "PENDING",
    "REFUND_MOVES",
    "REFUND_PENDING",
    "SAVING_MOVES",
    "Allocation",
    "AttemptAllocation",
    "AttemptChange",
    "AttemptState",
    "CreditUse",
    "CreditUsePart",
    "GatewayAccount",
    "GatewayCredential",
    "GatewayEvent",
    "GatewayRefund",
    "MethodSaving",
    "Payment",
    "PaymentAttempt",
    "PaymentMode",
    "Refund",
    "RefundState",
    "SavedMethod",
    "SavingState",
    "TakenBack",
    "TakenBackKind",
    "Unallocation",
]
