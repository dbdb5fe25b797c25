"""What is sent by somebody who means harm, and what a gateway says that has fallen to one, does none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.ids import new_id
from portico.payments.actions.events import BODIES_KEPT_FOR, tidy_events
from portico.payments.actions.moves import move
from portico.payments.actions.pace import MOST_FAILURES, TooManyFailuresError
from portico.payments.actions.saving import start_saving
from portico.payments.gateway import MethodKind
from portico.payments.models import AttemptState, GatewayAccount, GatewayEvent
from portico.payments.tests.making import card_account, start
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact


@pytest.fixture
def account(world: World) -> GatewayAccount:
    return card_account(world)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


def test_a_script_is_no_page_to_be_sent_to(world: World, account: GatewayAccount, invoice: Invoice) -> None:
    attempt = start(world.maya, account, (invoice, "100.00"))
    with scope(world.job):
        for state in (AttemptState.SUBMITTED, AttemptState.NEEDS_ACTION):
            move(attempt, state, via="page", action_url="javascript:alert(document.domain)")
    maya = signed_in(world.maya)
    for address in (f"/pay/{attempt.pk}/", f"/pay/{attempt.pk}/?onwards"):
        page = maya.get(address)
        assert page.status_code == 200
        assert b"javascript:" not in page.content
        assert b"Do not pay" in page.content


def test_who_tries_one_card_after_the_other_is_stopped_and_nobody_else(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    for _turn in range(MOST_FAILURES):
        attempt = start(world.maya, account, (invoice, "1.00"))
        with scope(world.job):
            move(attempt, AttemptState.FAILED, via="page")
    with pytest.raises(TooManyFailuresError):
        start(world.maya, account, (invoice, "1.00"))
    with pytest.raises(TooManyFailuresError):
        start_saving(
            actor=world.maya, submission_key=new_id(), gateway_account_id=account.pk, kind=MethodKind.CARD
        )
    form = {
        "submission_key": str(new_id()),
        "way": f"{account.pk}:card",
        "token": "tok",
        "invoice": str(invoice.pk),
        f"amount-{invoice.pk}": "1.00",
    }
    answer = signed_in(world.maya).post("/pay/", form)
    assert answer.status_code == 429
    assert b"try again later" in answer.content
    with scope(world.job):
        nora = make_contact(
            world.greenleaf, "Nora", world.maya.permissions, tag=world.tag, company="greenleaf"
        )
    assert start(nora, account, (invoice, "1.00")).state == AttemptState.CREATED


def test_staff_are_not_led_to_where_mayas_bank_asks_her(
    world: World, account: GatewayAccount, invoice: Invoice
) -> None:
    attempt = start(world.maya, account, (invoice, "100.00"))
    with scope(world.job):
        for state in (AttemptState.SUBMITTED, AttemptState.NEEDS_ACTION):
            move(attempt, state, via="page", action_url="https://bank.example/3ds/secret")
    page = signed_in(world.olive).get(f"/office/payments/paymentattempt/{attempt.pk}/change/")
    assert page.status_code == 200
    assert b"3ds/secret" not in page.content


def test_what_events_said_is_forgotten_after_months_and_that_they_came_is_not(
    world: World, account: GatewayAccount
) -> None:
    old = clock.now() - BODIES_KEPT_FOR - timedelta(days=1)
    rows = [
        ("evt_1", "applied", old), ("evt_2", "received", old), ("evt_3", "applied", clock.now()),
        ("refused-4", "refused", old), ("refused-5", "refused", clock.now()),
    ]  # fmt: skip
    with scope(world.job):
        for event_id, outcome, at in rows:
            GatewayEvent.objects.create(
                organisation_id=world.organisation.pk,
                gateway_account=account,
                event_id=event_id,
                outcome=outcome,
                received_at=at,
                body='{"payer": "maya@greenleaf.example"}',
            )
    for _turn in range(2):
        tidy_events(actor=world.job)
    with scope(world.job):
        left = dict(GatewayEvent.objects.values_list("event_id", "body"))
    assert {event_id: bool(body) for event_id, body in left.items()} == {
        "evt_1": False, "evt_2": True, "evt_3": True, "refused-5": True,
    }  # fmt: skip
