"""A whole life through our own actions: Maya pays, keeps her card, pays with it again, and gets a part back."""

from __future__ import annotations

import pytest
from tests.fakes.authorize_net import AuthorizeNet, Merchant

from portico.access.scope import scope
from portico.gateways.authorize_net.numbers import read_reference
from portico.gateways.authorize_net.tests.benches import settings_of
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.payments.accounts import open_account
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.reconcile import clear_up
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.actions.submit import submit_payment
from portico.payments.gateway import MethodKind, Seen
from portico.payments.models import GatewayAccount, GatewayEvent, Payment, PaymentAttempt, SavedMethod
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World


@pytest.fixture
def merchant(fake: AuthorizeNet) -> Merchant:
    return fake.open_account()


@pytest.fixture
def account(world: World, fake: AuthorizeNet, merchant: Merchant) -> GatewayAccount:
    return add_gateway_account(
        actor=world.olive, gateway="authorize_net", name="Card", settings=settings_of(fake, merchant)
    )


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


def start(
    world: World, account: GatewayAccount, invoice: Invoice, amount: str, **more: object
) -> PaymentAttempt:
    attempt = start_payment(
        actor=world.maya,
        submission_key=new_id(),
        gateway_account_id=account.pk,
        lines=[PayLine(invoice.pk, Money.of(amount, "USD"))],
    )
    with scope(world.job):
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**more)
    return attempt


def submit(world: World, attempt: PaymentAttempt, token: str) -> PaymentAttempt:
    return submit_payment(
        organisation_id=world.job.organisation_id, attempt_id=attempt.pk, token=token, return_url="http://x/"
    )


def deliver(world: World, account: GatewayAccount, event: tuple[bytes, dict[str, str]]) -> GatewayEvent:
    (row,) = receive_event(account_id=account.pk, body=event[0], headers=event[1])
    return apply_received(organisation_id=world.job.organisation_id, event_row_id=row.pk)


def payments(world: World) -> list[Payment]:
    with scope(world.job):
        return list(Payment.objects.visible_to(world.job).order_by("created_at"))


def test_maya_pays_keeps_her_card_pays_again_and_gets_a_part_back(
    world: World, account: GatewayAccount, merchant: Merchant, invoice: Invoice
) -> None:
    first = submit(world, start(world, account, invoice, "60.00", saves_method=True), merchant.nonce())
    assert first.state == "succeeded"
    assert merchant.charged() == 6000
    with scope(world.job):
        method = SavedMethod.objects.get(gateway_account=account)
    assert (method.brand, method.last4, method.kind) == ("Visa", "1111", "card")
    second = submit(world, start(world, account, invoice, "40.00", saved_method=method), "")
    assert second.state == "succeeded"
    assert merchant.charged() == 10000
    for event in [*reversed(merchant.events), *merchant.events]:  # late, out of order, and twice
        assert deliver(world, account, event).outcome == GatewayEvent.Outcome.APPLIED
    assert [each.amount for each in payments(world)] == [Money.of("60.00", "USD"), Money.of("40.00", "USD")]
    merchant.settle()
    gateway, opened = open_account(world.job.organisation_id, account.pk)
    done = gateway.refund(opened, first.gateway_reference, Money.of("10.00", "USD"), str(new_id()))
    assert gateway.fetch(opened, first.gateway_reference).refunds == (done,)
    assert deliver(world, account, merchant.events[-1]).outcome == GatewayEvent.Outcome.APPLIED


def test_mayas_debit_arrives_days_later_and_is_asked_about_until_then(
    world: World, account: GatewayAccount, merchant: Merchant, invoice: Invoice
) -> None:
    attempt = submit(
        world,
        start(world, account, invoice, "60.00", mode=MethodKind.BANK),
        merchant.nonce(bank=True, last4="6789"),
    )
    assert attempt.state == "processing"
    assert payments(world) == []
    organisation = world.job.organisation_id
    assert (
        clear_up(organisation_id=organisation, attempt_id=attempt.pk, via="reconcile").state == "processing"
    )
    merchant.settle()
    assert clear_up(organisation_id=organisation, attempt_id=attempt.pk, via="reconcile").state == "succeeded"
    assert [each.mode for each in payments(world)] == ["bank_debit"]
    (transaction,) = merchant.by_number(read_reference(attempt.gateway_reference).number)
    merchant.send_back(transaction["transId"])
    gateway, opened = open_account(organisation, account.pk)
    assert gateway.fetch(opened, attempt.gateway_reference).state is Seen.RETURNED


def test_a_page_that_dies_after_the_first_word_is_charged_once_by_whoever_comes_next(
    world: World, account: GatewayAccount, merchant: Merchant, invoice: Invoice
) -> None:
    attempt = start(world, account, invoice, "60.00")
    merchant.lose.append("createTransaction")
    attempt = submit(world, attempt, merchant.nonce())
    assert (attempt.state, merchant.charged()) == ("unknown", 0)
    deliver(world, account, merchant.events[0])
    ended = clear_up(organisation_id=world.job.organisation_id, attempt_id=attempt.pk, via="reconcile")
    assert ended.state == "succeeded"
    assert merchant.charged() == 6000
    assert len(payments(world)) == 1


def test_the_page_of_fields_lets_in_authorize_nets_script_alone(
    world: World, account: GatewayAccount
) -> None:
    page = signed_in(world.maya).get(f"/pay/fields/{account.pk}/card/?currency=USD&amount=60.00")
    assert page.status_code == 200
    assert f'data-clientKey="{account.public["client_key"]}"' in page.content.decode()
    assert f"script-src 'self' {account.public['mode']};" in page["Content-Security-Policy"]
    assert b"<input" not in page.content
