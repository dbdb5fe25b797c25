"""The frozen values that gateways take and give; they know no model and no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portico.kit.money import Money


class MethodKind(StrEnum):
    """What is charged; the values are those of PaymentMode."""

    CARD = "card"
    BANK = "bank_debit"
    WALLET = "wallet"


class Seen(StrEnum):
    """What the gateway says of a payment."""

    CREATED = "created"
    NEEDS_ACTION = "needs_action"
    READY = "ready"
    """The customer has agreed at the gateway, and `confirm` charges now: it is called once more."""
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """It had succeeded, and the customer's bank has taken all of it back (an ACH return)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an account needs to be told, and whether it is a secret; `default` is put into the form.

    `choices`: value and words of each, where it is one of a few; “no” and “yes” make a box to tick.
    """

    name: str
    label: str
    secret: bool = True
    default: str = ""
    help: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; `currencies` None means all."""

    card: bool = False
    bank_debit: bool = False
    wallet: bool = False
    saved_methods: bool = False
    partial_refund: bool = False
    payouts: bool = False
    currencies: frozenset[str] | None = None
    bank_currencies: frozenset[str] | None = None

    def takes(self, currency: str) -> bool:
        """Whether the gateway takes payments in this currency."""
        return bool(self.kinds(currency))

    def kinds(self, currency: str) -> tuple[MethodKind, ...]:
        """What can be charged in this currency."""
        cards = self.currencies is None or currency in self.currencies
        banks = cards if self.bank_currencies is None else currency in self.bank_currencies
        able = (
            (MethodKind.CARD, self.card and cards),
            (MethodKind.WALLET, self.wallet and cards),
            (MethodKind.BANK, self.bank_debit and banks),
        )
        return tuple(kind for kind, can in able if can)


@dataclass(frozen=True, slots=True)
class Account:
    """One account at the gateway with its opened secrets. Never logged."""

    id: UUID
    public: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


CURRENCIES: Final = Setting(
    "currencies",
    "Currencies of the account",
    secret=False,
    required=False,
    help="Such as USD EUR. It is not offered for invoices in others. Empty: all that the gateway can take.",
)
"""For accounts that may take fewer currencies than their gateway."""


def listed_currencies(text: str) -> frozenset[str]:
    """The codes that an owner has typed, by blanks or commas; empty for all."""
    return frozenset(text.upper().replace(",", " ").split())


def account_kinds(able: Capabilities, account: Account, currency: str) -> tuple[MethodKind, ...]:
    """What an account whose settings have `CURRENCIES` can charge in a currency."""
    listed = listed_currencies(account.public.get(CURRENCIES.name, ""))
    return able.kinds(currency) if not listed or currency in listed else ()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who pays, as a gateway is told: our id of the contact person, name, e-mail, and the gateway's own reference of
    that person (its “customer”), where it has given one before.
    """

    id: UUID
    name: str
    email: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StoredMethod:
    """A saved card or bank account, as the gateway knows it."""

    reference: str
    owner_reference: str
    kind: MethodKind


@dataclass(frozen=True, slots=True)
class Agreed:
    """When and from where the customer agreed to a debit (the mandate's words stand on the page of paying)."""

    at: datetime
    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be charged; the id is the idempotency key and comes back as `Observed.intent_id`.

    Args:
        id: the attempt's.
        amount: exactly this.
        description: for the customer's bank statement and the gateway's pages.
        return_url: where the gateway sends the customer back to, absolute.
        kind: what is charged.
        owner: who pays; None through a public link.
        method: the saved method that is charged; None where a token, or the customer at the gateway, brings one.
        save: whether the method is to be saved for later.
        off_session: whether the customer is not there to be asked (autopay).
        agreed: to a bank debit.
    """

    id: UUID
    amount: Money
    description: str
    return_url: str
    kind: MethodKind = MethodKind.CARD
    owner: Owner | None = None
    method: StoredMethod | None = None
    save: bool = False
    off_session: bool = False
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A payment made at the gateway that has charged nobody yet.

    The reference is what `fetch` finds it by: the gateway's own id, or one made of the intent's id where the
    gateway has no payments that are not charged.
    """

    reference: str


@dataclass(frozen=True, slots=True)
class SavedSeen:
    """A method that the gateway keeps for later; `expires` is the last day of the card's last month.

    `currency` is the only one it can be charged in; empty where it has none, such as a card.
    """

    reference: str
    owner_reference: str
    kind: MethodKind
    brand: str
    last4: str = ""
    expires: date | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """The gateway's word on one refund of a payment; `key` is what `refund` was called with, where it is known."""

    reference: str
    amount: Money
    state: Seen
    key: str = ""
    failure_message: str = ""


class DisputeState(StrEnum):
    """How a dispute (a chargeback) stands."""

    OPEN = "open"
    """Evidence is asked for until the deadline."""
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """The gateway's word on one dispute. `money_taken`: whether the amount has been taken from us for now."""

    reference: str
    amount: Money
    state: DisputeState
    reason: str = ""
    evidence_due: datetime | None = None
    money_taken: bool = True


@dataclass(frozen=True, slots=True)
class Observed:
    """The gateway's word on one payment, with what has become of it since.

    `patience`: how long the customer may take over what the gateway asks, where it asks for what takes days.
    """

    reference: str
    intent_id: UUID | None
    state: Seen
    amount: Money
    action_url: str = ""
    mode: str = "card"
    method_label: str = ""
    failure_code: str = ""
    failure_message: str = ""
    saved: SavedSeen | None = None
    refunds: tuple[RefundSeen, ...] = ()
    disputes: tuple[DisputeSeen, ...] = ()
    at: datetime | None = None
    patience: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """A method to be saved without paying; the id is the idempotency key."""

    id: UUID
    owner: Owner
    kind: MethodKind
    return_url: str
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class SavingSeen:
    """How saving a method stands: NEEDS_ACTION with an address, SUCCEEDED with what is saved, or FAILED with words.

    `patience`: how long the customer may take over what the gateway asks, where it asks for what takes days.
    """

    reference: str
    state: Seen
    saved: SavedSeen | None = None
    action_url: str = ""
    failure_message: str = ""
    patience: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event: a hint to read the payment again, never the truth itself.

    Args:
        id: the gateway's own id of the event; the same one is taken once.
        kind: as the gateway calls it.
        reference: something that `fetch` takes.
        intent_id: where the event names it.
        amount: the payment's own full amount, where the event is about that.
        part: its own piece of a delivery that has several events; empty where the delivery is this one event.
    """

    id: str
    kind: str
    reference: str
    intent_id: UUID | None = None
    amount: Money | None = None
    part: bytes = b""


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One thing in a payout: `net` is what it adds (or takes), gross less fee. `reference` is the payment's."""

    kind: str
    reference: str
    gross: Money
    fee: Money
    net: Money
    description: str = ""


@dataclass(frozen=True, slots=True)
class PayoutSeen:
    """What the gateway has paid out to the organisation's bank: the sum of its lines' net amounts."""

    reference: str
    amount: Money
    arrives: date
    state: str
    lines: tuple[PayoutLine, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What fields are shown for: the kind, the currency and the amount, our page's origin, language and theme."""

    kind: MethodKind
    currency: str
    parent: str
    language: str
    theme: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class HostedFields:
    """A page of the gateway's for an iframe, into which the card is typed."""

    url: str
    origin: str


@dataclass(frozen=True, slots=True)
class FieldsPage:
    """A page of ours for an iframe of its own, in which the gateway's script makes the gateway's own frames.

    It is shown at /pay/fields/<account>/<kind>/ under a Content-Security-Policy that lets in only our own stylesheet
    and static files and what `sources` names; no inline script or style element, unless "'unsafe-inline'" is named for
    style-src. The page around the frame and the frame say this to each other by postMessage (both check the origin;
    a gateway's script leaves it to static/payments/fields.js, whose first lines say how):

    - page to frame: {type: "portico.tokenise", amount: "60.00", currency: "USD", save: false}; the amount as it stands
      on the button, which the person may have changed since the frame was made, and absent where nothing is charged;
      whether the tick to keep the method is set
    - page to frame: {type: "portico.charge", …}: the same, when the frame is ready and whenever it has changed
    - frame to page: {type: "ready", height}, {type: "height", height}: how high the frame is to be
    - frame to page: {type: "token", token, summary: {brand, last4}}: the form is sent, with the token of at most
      4,000 characters
    - frame to page: {type: "invalid", message}: the frame has said it to the person; the form waits no longer

    Args:
        template: a Jinja2 template of the gateway's folder, extending payments/fields.html (blocks `scripts`, `data`,
            `fields`). The folder is an app of INSTALLED_APPS for its jinja2/ and static/ to be found.
        context: what the template writes into data- attributes for its script; nothing secret. It also has `kind`,
            `sum` (currency, amount or None) and `language`.
        sources: what this page alone may load: by CSP directive, such as {"script-src": ("https://js.stripe.com",)}.
    """

    template: str
    context: Mapping[str, object]
    sources: Mapping[str, tuple[str, ...]]
