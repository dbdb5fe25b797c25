"""What Portico asks of a payment gateway: a small Protocol of frozen values, which knows no model and no request.

Money moves in two steps so that an answer that never came can always be cleared up: `start` makes a payment at
the gateway that has charged nobody, its reference is committed here, and only then `confirm` charges. Whoever
wonders later asks `fetch`, and `cancel` makes sure that nothing can be charged any more.

A gateway takes cards (or bank accounts) in fields of its own: in a page of its own inside a frame (`HostedFields`),
by a script of its own in a page of ours inside a frame (`FieldsPage`), or on its own site, where the customer is
sent by `confirm` (no fields). The first two give a token; no number ever comes to us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from portico.kit.money import Money
from portico.payments.gateway.errors import (
    GatewayGoneError,
    GatewayRefusedError,
    GatewayUnreachableError,
    SignatureError,
)
from portico.payments.gateway.values import (
    CURRENCIES,
    Account,
    Agreed,
    Capabilities,
    DisputeSeen,
    DisputeState,
    Event,
    FieldsPage,
    HostedFields,
    Intent,
    MethodKind,
    Observed,
    Owner,
    PayoutLine,
    PayoutSeen,
    RefundSeen,
    SavedSeen,
    Saving,
    SavingSeen,
    Seen,
    Setting,
    Started,
    StoredMethod,
    Wish,
    account_kinds,
    listed_currencies,
)

__all__ = [
    "CURRENCIES",
    "Account",
    "Agreed",
    "Capabilities",
    "DisputeSeen",
    "DisputeState",
    "Event",
    "FieldsPage",
    "Gateway",
    "GatewayGoneError",
    "GatewayRefusedError",
    "GatewayUnreachableError",
    "HostedFields",
    "Intent",
    "MethodKind",
    "Observed",
    "Owner",
    "PayoutLine",
    "PayoutSeen",
    "RefundSeen",
    "SavedSeen",
    "Saving",
    "SavingSeen",
    "Seen",
    "Setting",
    "SignatureError",
    "Started",
    "StoredMethod",
    "Wish",
    "account_kinds",
    "gateway_for",
    "listed_currencies",
]


class Gateway(Protocol):
    """A gateway is a folder with one class that does this.

    Every method that calls the gateway raises GatewayUnreachableError when the outcome is not known, and
    GatewayRefusedError when the gateway did nothing.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    settings: ClassVar[tuple[Setting, ...]]

    def check(self, account: Account) -> str:
        """Ask the gateway whether the credentials are good; its name of the account, for staff to recognise.

        Raises:
            GatewayRefusedError: they are not; the words say which, and never repeat a secret.
        """

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What this account can charge in a currency, from its settings that are not secret; calls nobody.

        It is offered for nothing else: `start` refuses what is not among them.
        """

    def fields(self, account: Account, wish: Wish) -> HostedFields | FieldsPage | None:
        """Where the card or bank account is typed; calls nobody. None: on the gateway's own site."""

    def start(self, account: Account, intent: Intent) -> Started:
        """Make the payment without charging; the same intent gives the same reference."""

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Charge the token, the saved method or what the customer agreed to at the gateway (after READY).

        At most once for a reference, whatever is repeated; the same call again tells how it stands.
        """

    def fetch(self, account: Account, reference: str) -> Observed:
        """Ask how it stands, with refunds and disputes.

        Raises:
            GatewayGoneError: the gateway knows no such payment (any more), so nothing was and will be charged by it.
        """

    def cancel(self, account: Account, reference: str) -> Observed:
        """Make sure that nothing is charged from now on; answers how it stands, which may be succeeded."""

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Pay back part or all; `key` is the idempotency key: the same one is the same refund."""

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Save what is behind the token, or begin to on the gateway's own site, without charging."""

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Ask how saving stands, after the customer came back; finishes it where the customer has agreed.

        Raises:
            GatewayGoneError: the gateway knows no such saving (any more).
        """

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Remove a saved method at the gateway; one that is gone already is fine."""

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """Every payment the gateway has taken in that time, oldest or newest first, also those we know nothing of."""

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """The gateway's payouts since a day, for `capabilities.payouts`; else nothing."""

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify the raw bytes and read them; without the kinds of event that do not concern us.

        A delivery has one event with most gateways, and several with some.

        Raises:
            SignatureError: missing, wrong or too old.
        """


@cache
def gateway_for(key: str) -> Gateway:
    """The gateway named by the setting GATEWAYS."""
    made: Gateway = import_string(settings.GATEWAYS[key])()
    return made
