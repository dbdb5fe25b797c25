"""The ways to pay that a page offers: each kind that each gateway account can charge, and where it is typed (S6.2, S6.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from portico.access.actors import Actor
from portico.customers.models import Customer
from portico.kit.errors import NotFoundError
from portico.kit.money import Money, MoneyError, minor_digits
from portico.payments.accounts import public_account
from portico.payments.gateway import FieldsPage, Gateway, HostedFields, MethodKind, Wish, gateway_for
from portico.payments.models import GatewayAccount
from portico.payments.saved import may_save


@dataclass(frozen=True, slots=True)
class Frame:
    """What an iframe shows: its address, and the origin that the page speaks with."""

    url: str
    origin: str


@dataclass(frozen=True, slots=True)
class Way:
    """One kind that one gateway account can charge. Without a frame the customer agrees on the gateway's own site."""

    account_id: UUID
    kind: MethodKind
    name: str
    gateway_name: str
    frame: Frame | None
    may_save: bool = False

    @property
    def value(self) -> str:
        """What the form sends for it; `read_way` reads it back."""
        return f"{self.account_id}:{self.kind}"

    @property
    def save_field(self) -> str:
        """The name of the tick box that keeps it for later."""
        return f"save-{self.value}"

    @property
    def icon(self) -> str:
        """Of ui.icons."""
        return {MethodKind.CARD: "card", MethodKind.BANK: "bank", MethodKind.WALLET: "wallet"}[self.kind]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the fields are for: a sum, or, where a method is saved without paying, only its currency."""

    currency: str
    amount: Money | None = None

    def query(self) -> str:
        """As an address names it; `read_sum` reads it back."""
        named = {"currency": self.currency}
        if self.amount is not None:
            named["amount"] = str(self.amount.amount)
        return urlencode(named)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the fields are shown: our page's origin, the person's language and theme.

    Args:
        parent: the origin of our page.
        locale: the language.
        theme: light, dark or empty.
        fields_at: the address of our page with a gateway's script in it, from the root.
    """

    parent: str
    locale: str
    theme: str
    fields_at: Callable[[UUID, str], str]

    def wish(self, kind: MethodKind, sum_: Sum) -> Wish:
        """What a gateway is asked to show fields for."""
        return Wish(kind, sum_.currency, self.parent, self.locale, self.theme, sum_.amount)


def kinds_for(actor: Actor, row: GatewayAccount, currency: str) -> tuple[MethodKind, ...]:
    """What this customer may pay with at an account: a bank account only where they are flagged for it (S6.3)."""
    kinds = gateway_for(row.gateway).kinds(public_account(row), currency)
    if MethodKind.BANK in kinds and not may_pay_by_bank(actor):
        return tuple(kind for kind in kinds if kind is not MethodKind.BANK)
    return kinds


def may_pay_by_bank(actor: Actor) -> bool:
    """Whether the actor's customer is flagged “Allow this customer to pay via their bank account”."""
    return Customer.objects.visible_to(actor).filter(allow_bank_payments=True).exists()


def ways_to_pay(actor: Actor, accounts: Iterable[GatewayAccount], sum_: Sum, shown: Shown) -> tuple[Way, ...]:
    """The ways that these accounts offer this customer for this sum, in the accounts' order."""
    ways: list[Way] = []
    saves: bool | None = None
    for row in accounts:
        gateway = gateway_for(row.gateway)
        kinds = kinds_for(actor, row, sum_.currency)
        for kind in kinds:
            fields = gateway.fields(public_account(row), shown.wish(kind, sum_))
            frame = _frame(row.pk, kind, fields, sum_, shown)
            name = row.name if len(kinds) == 1 or kind is MethodKind.CARD else _name(kind, gateway)
            if saves is None:
                saves = may_save(actor)
            keeps = saves and gateway.capabilities.saved_methods
            ways.append(Way(row.pk, kind, name, gateway.name, frame, keeps))
    return tuple(ways)


def fields_page(actor: Actor, account_id: UUID, kind: str, shown: Shown, sum_: Sum) -> FieldsPage:
    """The page of fields in which a gateway's own script runs.

    Raises:
        NotFoundError: the account is not there or off, or has no such page for this kind and currency.
    """
    row = GatewayAccount.objects.visible_to(actor).filter(pk=account_id, is_active=True).first()
    if row is None:
        raise NotFoundError
    gateway = gateway_for(row.gateway)
    wanted = read_kind(kind)
    if wanted not in kinds_for(actor, row, sum_.currency):
        raise NotFoundError
    fields = gateway.fields(public_account(row), shown.wish(wanted, sum_))
    if not isinstance(fields, FieldsPage):
        raise NotFoundError
    return fields


def read_sum(currency: str, amount: str) -> Sum:
    """What `Sum.query` wrote; NotFoundError for what is no currency or no amount above zero."""
    try:
        minor_digits(currency)
        asked = Money.of(amount, currency) if amount else None
    except MoneyError:
        raise NotFoundError from None
    if asked is not None and asked.amount <= 0:
        raise NotFoundError
    return Sum(currency, asked)


def read_way(text: str) -> tuple[UUID, MethodKind]:
    """The account and the kind that a form names.

    Raises:
        NotFoundError: it is none.
    """
    account, _colon, kind = text.partition(":")
    try:
        return UUID(account), read_kind(kind)
    except ValueError:
        raise NotFoundError from None


def read_kind(text: str) -> MethodKind:
    """A kind as an address or a form names it; NotFoundError for what is none."""
    try:
        return MethodKind(text)
    except ValueError:
        raise NotFoundError from None


def _frame(
    account_id: UUID, kind: MethodKind, fields: HostedFields | FieldsPage | None, sum_: Sum, shown: Shown
) -> Frame | None:
    if isinstance(fields, HostedFields):
        return Frame(fields.url, fields.origin)
    if isinstance(fields, FieldsPage):
        return Frame(f"{shown.fields_at(account_id, kind)}?{sum_.query()}", shown.parent)
    return None


def _name(kind: MethodKind, gateway: Gateway) -> str:
    return _("Bank account") if kind is MethodKind.BANK else gateway.name
