"""The lock on a customer's books, which makes the money movements of one customer follow one another."""

from __future__ import annotations

from typing import TypeVar, cast
from uuid import UUID

from portico.access.actors import Actor
from portico.access.tenancy import CustomerOwned
from portico.customers.models import Customer
from portico.kit.errors import NotFoundError

R = TypeVar("R", bound=CustomerOwned)


def lock_books(customer_id: UUID) -> Customer:
    """Wait until nobody else moves this customer's money; the lock lasts to the end of the transaction.

    FOR NO KEY UPDATE: others may still insert rows that point at the customer (a view, a comment). Every action
    that moves money takes this lock first, then reads its documents, so none decides on a stale balance.

    Returns:
        The customer, as it is now.

    Raises:
        NotFoundError: there is no such customer in the open scope.
    """
    try:
        return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    except Customer.DoesNotExist:
        raise NotFoundError from None


def reread(actor: Actor, row: R) -> R:
    """The row as it is now, locked to the end of the transaction; call `lock_books` first when money moves.

    Raises:
        NotFoundError: there is no such row for this actor.
    """
    return cast(R, type(row).objects.select_for_update(no_key=True).one_for(actor, pk=row.pk))
