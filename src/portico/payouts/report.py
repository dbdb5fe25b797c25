"""The reconcile report: what the gateways have taken in a time that we have not, the reverse, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit.errors import NotFoundError
from portico.kit.money import Money, format_money, total
from portico.payments.accounts import open_account
from portico.payments.gateway import GatewayRefusedError, GatewayUnreachableError, Observed, Seen
from portico.payments.models import AttemptState, GatewayAccount, Payment, PaymentAttempt, RefundState

_TAKEN: Final = (AttemptState.SUCCEEDED, AttemptState.RETURNED)
_SLACK: Final = timedelta(days=1)
"""How much earlier than its success an attempt may have been made at the gateway."""


class Differs(StrEnum):
    """How the two sides differ."""

    THEIRS_ONLY = "theirs_only"
    OURS_ONLY = "ours_only"
    AMOUNT = "amount"
    STATE = "state"
    REFUNDS = "refunds"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment on which the two sides differ; `attempt_id` is ours, where there is one."""

    account: str
    what: Differs
    reference: str
    theirs: Money | None
    ours: Money | None
    said: str
    attempt_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared, and on what the sides differ."""

    since: datetime
    until: datetime
    compared: int
    differences: tuple[Difference, ...]


def report(*, organisation_id: UUID, since: datetime, until: datetime) -> Report:
    """Compare every account of an organisation with its gateway; asks the gateways, so no scope may be open.

    Args:
        organisation_id: whose.
        since: from when on payments were made at the gateway.
        until: until before when.
    """
    refuse_open_scope()
    with scope(JobActor(organisation_id)):
        rows = GatewayAccount.objects.filter(organisation_id=organisation_id).order_by("created_at")
        accounts = list(rows.values_list("pk", "name"))
    compared, found = 0, []
    for account_id, name in accounts:
        try:
            number, differences = _compare(organisation_id, account_id, name, since, until)
        except (GatewayRefusedError, GatewayUnreachableError, NotFoundError) as error:
            found.append(Difference(name, Differs.NOT_ASKED, "", None, None, error.message))
            continue
        compared += number
        found += differences
    return Report(since, until, compared, tuple(found))


def _compare(
    organisation_id: UUID, account_id: UUID, name: str, since: datetime, until: datetime
) -> tuple[int, list[Difference]]:
    gateway, account = open_account(organisation_id, account_id)
    theirs = {each.reference: each for each in gateway.charges(account, since, until)}
    ours = _ours(organisation_id, account_id, since, until, set(theirs))
    found = [_difference(name, theirs[key], ours.get(key)) for key in theirs]
    for reference, mine in ours.items():
        if reference in theirs or mine.state not in _TAKEN:
            continue
        try:
            found.append(_difference(name, gateway.fetch(account, reference), mine))
        except GatewayRefusedError as error:
            said = f"The gateway knows nothing of it: {error.message}"
            found.append(_of(name, Differs.OURS_ONLY, reference, None, mine, said=said))
    return len(theirs.keys() | ours.keys()), [each for each in found if each is not None]


@dataclass(frozen=True, slots=True)
class _Mine:
    attempt_id: UUID
    customer_id: UUID
    state: str
    amount: Money
    refunded: Money
    has_payment: bool


def _ours(
    organisation_id: UUID, account_id: UUID, since: datetime, until: datetime, named: set[str]
) -> dict[str, _Mine]:
    """Our attempts of that time, and those that the gateway names, by its reference."""
    with scope(JobActor(organisation_id)):
        mine = PaymentAttempt.objects.filter(gateway_account_id=account_id).exclude(gateway_reference="")
        rows = mine.filter(created_at__gte=since - _SLACK, created_at__lt=until, state__in=_TAKEN)
        found = {row.pk: row for row in rows} | {
            row.pk: row for row in mine.filter(gateway_reference__in=named)
        }
        payments = {
            row.attempt_id: row
            for row in Payment.objects.filter(attempt__in=list(found)).prefetch_related("gateway_refunds")
        }
        return {row.gateway_reference: _mine(row, payments.get(row.pk)) for row in found.values()}


def _mine(attempt: PaymentAttempt, payment: Payment | None) -> _Mine:
    refunds = payment.gateway_refunds.all() if payment is not None else ()
    refunded = total((row.amount for row in refunds if row.state == RefundState.SUCCEEDED), attempt.currency)
    return _Mine(
        attempt.pk, attempt.customer_id, attempt.state, attempt.amount, refunded, payment is not None
    )


def _difference(name: str, theirs: Observed, mine: _Mine | None) -> Difference | None:
    """How one payment differs; None when it does not."""
    taken = theirs.state in (Seen.SUCCEEDED, Seen.RETURNED)
    if mine is None:
        said = (
            "The gateway has taken it; here is nothing of it. Record it by hand, or refund it at the gateway."
        )
        return (
            _of(name, Differs.THEIRS_ONLY, theirs.reference, theirs.amount, None, said=said)
            if taken
            else None
        )
    if theirs.amount != mine.amount:
        said = "The amounts differ. See both sides, and end it."
        return _of(name, Differs.AMOUNT, theirs.reference, theirs.amount, mine, said=said)
    if taken != (mine.state in _TAKEN) or (theirs.state is Seen.RETURNED) != (
        mine.state == AttemptState.RETURNED
    ):
        said = f"The gateway says {theirs.state.value}; here it is {mine.state}. Ask the gateway to book it."
        what = Differs.STATE if taken else Differs.OURS_ONLY
        return _of(name, what, theirs.reference, theirs.amount, mine, said=said)
    done = (each.amount for each in theirs.refunds if each.state is Seen.SUCCEEDED)
    refunded = total(done, theirs.amount.currency)
    if refunded != mine.refunded:
        said = (
            f"The gateway has refunded {format_money(refunded)}; here it is {format_money(mine.refunded)}. Ask the"
            " gateway to book it."
        )
        return _of(name, Differs.REFUNDS, theirs.reference, refunded, mine, said=said)
    return None


def _of(
    name: str, what: Differs, reference: str, theirs: Money | None, mine: _Mine | None, *, said: str
) -> Difference:
    if mine is None:
        return Difference(name, what, reference, theirs, None, said)
    ours = mine.refunded if what is Differs.REFUNDS else mine.amount
    return Difference(name, what, reference, theirs, ours, said, mine.attempt_id, mine.customer_id)


def as_rows(found: Report) -> Iterator[tuple[str, ...]]:
    """The report as rows of text, its heading first, for a CSV file or a terminal."""
    yield ("account", "what", "reference", "gateway", "here", "what to do")
    for each in found.differences:
        theirs, ours = str(each.theirs or ""), str(each.ours or "")
        yield (each.account, each.what.value, each.reference, theirs, ours, each.said)
