"""Where a simulation takes place: an organisation, its accounts at the bank, and the customers who pay; can be pickled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit.ids import new_id
from portico.payments.models import GatewayAccount
from portico.testing.bank import BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.gateway_contract import Bench
from portico.testing.people import World, make_contact, make_customer
from portico.transfers.actions import set_way
from portico.transfers.models import ByHand


class Provider(Protocol):
    """A stand-in of a provider's with one account; safe for threads."""

    @property
    def name(self) -> str:
        """Of the provider."""

    @property
    def bench(self) -> Bench:
        """How things are made to happen there."""

    def taken(self) -> Mapping[str, int]:
        """What the provider holds of each payment, in cents, by what `key` makes of our reference of it."""

    def days_go_by(self) -> None:
        """What is paid back arrives."""

    def key(self, reference: str) -> str:
        """A payment's name in `taken`, of the reference that an attempt keeps."""


A_YEAR: Final = 365 * 24 * 3600 * 1000
"""Milliseconds until a debit would arrive, or come back, by the bank's clock: here days go by when they are told to."""


@dataclass
class Lane:
    """An account at the sandbox bank at which one customer pays at a time, so that a fault meets whom it is meant for."""

    number: int
    bank: BankAccount
    account: GatewayAccount
    is_told: bool
    """Whether the bank itself sends its events here; else they are made, as the bank would sign them."""
    late: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    """Events that are held back."""


@dataclass(frozen=True)
class Buyer:
    """A customer with the contact person who pays."""

    customer: Customer
    actor: ContactActor
    books: Books


@dataclass(frozen=True)
class Stage:
    """All that stays when a process of the simulation is killed and started again."""

    world: World
    lanes: tuple[Lane, ...]
    buyers: tuple[Buyer, ...]

    @property
    def organisation_id(self) -> UUID:
        """Whose books."""
        return self.world.organisation.pk


@dataclass
class Outcome:
    """What a simulation came to; seconds are those of starting and submitting one payment at the sandbox bank."""

    seed: int
    made: Counter[str] = field(default_factory=Counter)
    """How often each way was gone."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often each fault was set for a payment."""
    refused: Counter[str] = field(default_factory=Counter)
    """What was refused, as “way: code”."""
    unexpected: list[str] = field(default_factory=list)
    """Refusals that nothing explains."""
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    attempts: int = 0
    succeeded: int = 0
    """Of the attempts."""
    pending: int = 0
    """Attempts and refunds that have not ended."""
    differences: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def payments(self) -> int:
        """How many were wished for."""
        return sum(self.made.values())


def make_stage(world: World, bank_url: str, *, buyers: int, lanes: int = 4) -> Stage:
    """A stage of a world, with new accounts at the bank that runs there.

    Args:
        world: whose people.
        bank_url: where the sandbox bank listens.
        buyers: how many customers.
        lanes: how many of them pay at the same time; each is an account of its own at the bank, and the first of
            every four is sent its events by the bank itself.
    """
    set_way(actor=world.olive, mode=ByHand.TRANSFER, instructions="IBAN XX00", is_offered=True)
    made = []
    for number in range(lanes):
        bank = open_account(bank_url, f"lane {number} {new_id()}", settlement_ms=A_YEAR)
        made.append(Lane(number, bank, connect(world.olive, bank, f"Card {number}"), is_told=number % 4 == 0))
    with scope(world.job):
        return Stage(world, tuple(made), tuple(_buyer(world, number) for number in range(buyers)))


def _buyer(world: World, number: int) -> Buyer:
    customer = make_customer(world.organisation, f"Customer {number}")
    Customer.objects.filter(pk=customer.pk).update(allow_bank_payments=True)
    person = make_contact(
        customer, f"Buyer{number}", tuple(Permission), tag=world.tag, company=f"buyer{number}"
    )
    return Buyer(customer, person, Books(world.olive, customer))
