"""What Portico asks of a payment gateway: a small Protocol of frozen values, which knows no model and no request.

Money moves in two steps so that an answer that never came can always be cleared up: `start` makes a payment at
the gateway that has charged nobody, its reference is committed here, and only then `confirm` charges. Whoever
wonders later asks `fetch`, and `cancel` makes sure that nothing can be charged any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import ClassVar, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from portico.kit.errors import PorticoError
from portico.kit.money import Money


class GatewayUnreachableError(PorticoError):
    """No answer, or one that says nothing about the outcome: the attempt is unknown, not failed."""

    code = "gateway_unreachable"
    status = 503


class GatewayRefusedError(PorticoError):
    """The gateway refused the request itself, and did nothing."""

    code = "gateway_refused"
    status = 502


class SignatureError(PorticoError):
    """An event that is not signed by the gateway, or too old, or cannot be read."""

    code = "bad_signature"
    status = 400


class Seen(StrEnum):
    """What the gateway says of a payment."""

    CREATED = "created"
    NEEDS_ACTION = "needs_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an account needs to be told, and whether it is a secret."""

    name: str
    label: str
    secret: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; `currencies` None means all."""

    card: bool = False
    bank_debit: bool = False
    saved_methods: bool = False
    partial_refund: bool = False
    currencies: frozenset[str] | None = None

    def takes(self, currency: str) -> bool:
        """Whether the gateway takes payments in this currency."""
        return self.currencies is None or currency in self.currencies


@dataclass(frozen=True, slots=True)
class Account:
    """One account at the gateway with its opened secrets. Never logged."""

    id: UUID
    public: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be charged; the id is the idempotency key and comes back as `Observed.intent_id`."""

    id: UUID
    amount: Money
    description: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Started:
    """A payment made at the gateway that has charged nobody yet."""

    reference: str
    redirect_url: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """The gateway's word on one payment."""

    reference: str
    intent_id: UUID | None
    state: Seen
    amount: Money
    action_url: str = ""
    mode: str = "card"
    method_label: str = ""
    failure_code: str = ""
    failure_message: str = ""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The gateway's word on one refund."""

    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event: a hint to read the payment again, never the truth itself."""

    id: str
    kind: str
    reference: str
    intent_id: UUID | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class HostedFields:
    """A page of the gateway's for an iframe, into which the card is typed."""

    url: str
    origin: str


class Gateway(Protocol):
    """A gateway is a folder with one class that does this."""

    key: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    settings: ClassVar[tuple[Setting, ...]]

    def hosted_fields(self, account: Account, *, parent: str, language: str, theme: str) -> HostedFields:
        """Where the card is typed; calls nobody."""

    def start(self, account: Account, intent: Intent) -> Started:
        """Make the payment without charging; the same intent gives the same reference."""

    def confirm(self, account: Account, reference: str, token: str, key: str) -> Observed:
        """Charge; at most once for a reference, whatever is repeated. `key` is the idempotency key."""

    def fetch(self, account: Account, reference: str) -> Observed:
        """Ask how it stands."""

    def cancel(self, account: Account, reference: str) -> Observed:
        """Make sure that nothing is charged from now on; answers how it stands, which may be succeeded."""

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> Refunded:
        """Pay back part or all; `key` is the idempotency key."""

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """Verify the raw bytes and read them; None for a kind of event that does not concern us.

        Raises:
            SignatureError: missing, wrong or too old.
        """


@cache
def gateway_for(key: str) -> Gateway:
    """The gateway named by the setting GATEWAYS."""
    made: Gateway = import_string(settings.GATEWAYS[key])()
    return made
