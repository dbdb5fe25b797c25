"""Reading a billing system page by page, so that a round can stop after any page and go on there.

The page is read outside any transaction; then, in one transaction, it is applied and the place moves on, but only if
the place is still where the page was read: of two workers that read the same page, one applies it.
"""

from __future__ import annotations

from enum import Enum
from uuid import UUID

import structlog
from django.db.models import Count

from portico.access.actors import JobActor
from portico.access.scope import refuse_open_scope, scope
from portico.customers.models import Customer
from portico.kit import clock
from portico.kit.errors import InvalidError, PorticoError
from portico.notifications.actions import tell_staff
from portico.subscriptions.actions.feed import check, write
from portico.subscriptions.connectors.known import connector_of
from portico.subscriptions.connectors.protocol import CredentialsRefusedError, RateLimitedError
from portico.subscriptions.feed import Billed, Page
from portico.subscriptions.models import BilledCustomer, BillingConnection, Subscription

log = structlog.get_logger(__name__)


class Went(Enum):
    """How reading a page went."""

    ON = "there is more to read"
    DONE = "the round is at its end"
    REST = "the billing system wants a pause"
    FAILED = "nothing was read; the connection says why"
    IDLE = "nothing is to be done now, or somebody else did it"


def read_on(organisation_id: UUID, connection_id: UUID) -> Went:
    """Read and apply the next page of a connection; begins a round where none is under way."""
    refuse_open_scope()
    actor = JobActor(organisation_id)
    connection = _begin(actor, connection_id)
    if connection is None:
        return Went.IDLE
    try:
        page = connector_of(connection).read_page(connection.cursor)
    except RateLimitedError as error:
        _note(actor, connection, wait_until=clock.now() + error.rest)
        return Went.REST
    except PorticoError as error:
        _failed(actor, connection, error)
        return Went.FAILED
    return _apply(actor, connection, page)


def _begin(actor: JobActor, connection_id: UUID) -> BillingConnection | None:
    with scope(actor):
        row = BillingConnection.objects.select_for_update().filter(pk=connection_id, is_active=True).first()
        if row is None or (row.wait_until is not None and row.wait_until > clock.now()):
            return None
        if not row.in_round:
            row.round += 1
            row.in_round, row.cursor, row.started_at = True, "", clock.now()
        row.wait_until = None
        row.save(update_fields=["round", "in_round", "cursor", "started_at", "wait_until"])
    return row


def _apply(actor: JobActor, read: BillingConnection, page: Page) -> Went:
    with scope(actor):
        now = BillingConnection.objects.select_for_update().get(pk=read.pk)
        if (now.round, now.cursor, now.in_round, now.is_active) != (read.round, read.cursor, True, True):
            return Went.IDLE
        unread = list(page.unread)
        for billed, details in page.subscriptions:
            owner = _owner(now, billed)
            if owner is None:
                continue
            try:
                check(details)
            except InvalidError as error:
                unread.append((details.external_id, error.message))
                continue
            write(owner, details, connection=now, round_=now.round)
        now.cursor, now.in_round = page.next, bool(page.next)
        now.failure = "; ".join(f"{name}: {why}" for name, why in unread)[:2000]
        if not page.next:
            now.finished_at = clock.now()
            _finish(now)
        now.save(update_fields=["cursor", "in_round", "failure", "finished_at"])
    if unread:
        log.warning("subscriptions_not_understood", connection=str(now.pk), subscriptions=unread)
    return Went.ON if page.next else Went.DONE


def _owner(connection: BillingConnection, billed: Billed) -> Customer | None:
    """Whose it is here: as staff have said, or the one customer with the same e-mail address."""
    row, _made = BilledCustomer.objects.update_or_create(
        connection=connection,
        external_id=billed.external_id,
        defaults={
            "organisation_id": connection.organisation_id,
            "name": billed.name[:200],
            "email": billed.email[:254],
        },
    )
    if row.customer_id is None and billed.email:
        found = list(
            Customer.objects.filter(organisation_id=connection.organisation_id, email__iexact=billed.email)[
                :2
            ]
        )
        if len(found) == 1:
            row.customer = found[0]
            row.save(update_fields=["customer"])
    return row.customer


def _finish(connection: BillingConnection) -> None:
    """What the round has not seen is gone there, and no longer shown here."""
    rows = Subscription.objects.filter(connection=connection)
    rows.filter(round__lt=connection.round, gone_at=None).update(gone_at=clock.now())
    counts = dict(
        rows.filter(gone_at=None).order_by().values_list("customer_id").annotate(number=Count("id"))
    )
    for billed in BilledCustomer.objects.filter(connection=connection, customer__isnull=False):
        billed.subscriptions = counts.get(billed.customer_id, 0)
        billed.save(update_fields=["subscriptions"])


def _failed(actor: JobActor, connection: BillingConnection, error: PorticoError) -> None:
    """Say why; staff are told once when the key is refused, because nothing but they can mend it."""
    is_news = connection.failure != error.message
    _note(actor, connection, failure=error.message)
    if isinstance(error, CredentialsRefusedError) and is_news:
        with scope(actor):
            tell_staff(
                actor,
                "billing_refused",
                f"{connection.name}: the billing system does not accept the key any more",
                body="Subscriptions are shown as they were last read. Give the connection a new key.",
            )


def _note(actor: JobActor, connection: BillingConnection, **values: object) -> None:
    with scope(actor):
        BillingConnection.objects.filter(pk=connection.pk).update(**values)
