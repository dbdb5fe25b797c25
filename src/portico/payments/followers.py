"""Who else acts on a gateway's word about a payment that has succeeded: apps above this one say so when they start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from portico.access.actors import JobActor
from portico.payments.gateway import Observed
from portico.payments.models import Payment

Follower = Callable[[JobActor, Payment, Observed, str], None]
"""Given the job, the payment, the gateway's word, and via what it came; within a scope, under the customer's lock."""

FOLLOWERS: Final[list[Follower]] = []


def register(follower: Follower) -> None:
    """Have the follower told of every word about a payment that has succeeded."""
    FOLLOWERS.append(follower)
