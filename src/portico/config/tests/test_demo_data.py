"""The demo's data: everything there is to see, and books that are right."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from portico.access.actors import ContactActor, JobActor, Permission
from portico.access.memberships import memberships
from portico.access.people import find_person
from portico.access.scope import scope
from portico.autopay.models import Autopay
from portico.comments.models import Comment, Review
from portico.config.demo import build
from portico.config.demo.at_the_bank import Visit
from portico.config.demo.bank import open_account
from portico.config.demo.cast import INES, LEO, MAYA, OWNER, PASSWORD
from portico.customers.models import Customer
from portico.disputes.models import Dispute
from portico.home.ageing import ageing
from portico.home.queries import figures
from portico.invoices.models import Invoice, InvoiceStatus
from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.ledger.selfcheck import selfcheck
from portico.notifications.models import Mail
from portico.payments.models import GatewayAccount, GatewayRefund, SavedMethod
from portico.payments.tests.making import SETTINGS
from portico.payouts.models import Payout
from portico.sales_orders.models import SalesOrder, Shipment
from portico.sales_orders.states import OrderStatus
from portico.sandbox_bank.running import running_bank
from portico.sharing.files.models import SharedFile
from portico.sharing.links.models import PublicLink
from portico.statements.models import StatementWish
from portico.subscriptions.models import Subscription
from portico.transactions.models import CustomView, DocumentView, PublishedView
from portico.transfers.models import TransferNotice


@pytest.fixture(scope="module")
def northwind() -> UUID:
    """The demo's organisation; what fails half way leaves nothing, so it is built after that was tried."""
    with pytest.raises(InvalidError):
        build.build({"url": "http://127.0.0.1:9"})
    assert build.existing() is None
    assert find_person(MAYA) is None
    return build.build(SETTINGS)


def at_customers(email: str) -> list[ContactActor]:
    """As whom this person can act."""
    user = find_person(email)
    assert user is not None
    assert user.check_password(PASSWORD)
    return [each.actor for each in memberships(user.pk) if isinstance(each.actor, ContactActor)]


def test_it_is_found_again_and_its_books_are_clean(northwind: UUID) -> None:
    assert build.existing() == northwind
    assert selfcheck(northwind) == []


def test_ines_owes_in_two_currencies(northwind: UUID) -> None:
    [ines] = at_customers(INES)
    with scope(ines, read_only=True):
        today = clock.today("America/Los_Angeles")
        assert {each.currency for each in figures(ines, ageing(ines, today), "USD")} == {"USD", "EUR"}


def test_maya_may_everything_at_two_customers(northwind: UUID) -> None:
    actors = at_customers(MAYA)
    assert len(actors) == 2
    assert all(actor.permissions == frozenset(Permission) for actor in actors)


def test_leo_does_not_see_billing_and_ines_is_elsewhere(northwind: UUID) -> None:
    (leo,), (ines,) = at_customers(LEO), at_customers(INES)
    assert not leo.may(Permission.VIEW_BILLING)
    assert not leo.may(Permission.PAY)
    greenleaf = {actor.customer_id for actor in at_customers(MAYA)}
    assert leo.customer_id in greenleaf
    assert ines.customer_id not in greenleaf
    owner = find_person(OWNER)
    assert owner is not None
    assert owner.is_staff
    assert owner.check_password(PASSWORD)


def test_there_is_an_invoice_in_every_status_and_some_are_late(northwind: UUID) -> None:
    with scope(JobActor(northwind)):
        statuses = Counter(Invoice.objects.values_list("status", flat=True))
        today = clock.today("America/Los_Angeles")
        late = Invoice.objects.filter(balance__gt=0, due_date__lt=today).count()
        oldest = Invoice.objects.earliest("date").date
    assert set(statuses) == set(InvoiceStatus.values)
    assert statuses.total() > 60
    assert late >= 4
    assert today - oldest > timedelta(days=365)


def test_each_of_mayas_five_figures_has_something_to_say(northwind: UUID) -> None:
    today = clock.today("America/Los_Angeles")
    for actor in at_customers(MAYA):
        with scope(actor, read_only=True):
            (seen,) = figures(actor, ageing(actor, today), "USD")
        if seen.available_credits:
            break
    for figure in (
        seen.outstanding_invoices, seen.outstanding_retainers, seen.available_credits, seen.available_retainer,
        seen.balance_payable,
    ):  # fmt: skip
        assert figure.amount > 0
    assert 0 < seen.late_invoice_count < seen.outstanding_invoice_count


def test_nobody_is_sent_last_years_mail(northwind: UUID) -> None:
    with scope(JobActor(northwind)):
        assert not Mail.objects.filter(sent_at=None).exists()


def test_a_bank_on_another_port_is_connected_again(northwind: UUID) -> None:
    moved = {**SETTINGS, "url": "http://127.0.0.1:19"}
    account_id = build.connect(northwind, moved)
    assert build.connect(northwind, moved) == account_id
    with scope(JobActor(northwind)):
        assert GatewayAccount.objects.get(pk=account_id).public["url"] == "http://127.0.0.1:19"


def test_there_are_forty_customers_in_several_currencies_and_scripts(northwind: UUID) -> None:
    with scope(JobActor(northwind)):
        customers = list(Customer.objects.values_list("currency", "portal_language"))
        oldest = Invoice.objects.earliest("date").date
    assert len(customers) == 40
    assert {"USD", "EUR"} <= {currency for currency, _language in customers}
    assert "ar" in {language for _currency, language in customers}
    assert clock.today("America/Los_Angeles") - oldest > timedelta(days=700)


def test_every_module_has_something_to_show(northwind: UUID) -> None:
    with scope(JobActor(northwind)):
        orders = SalesOrder.objects.all()
        assert {order.status for order in orders} == set(OrderStatus.values)
        assert {order.shipped_status for order in orders} >= {"pending", "partly", "delivered"}
        assert {order.invoiced_status for order in orders} == {"not", "partly", "fully"}
        assert {each.side for each in SharedFile.objects.all()} == {"organisation", "customer"}
        assert {each.status for each in Subscription.objects.all()} == {"active", "expired"}
        for model in (
            Shipment,
            Comment,
            Review,
            PublicLink,
            StatementWish,
            CustomView,
            PublishedView,
            DocumentView,
        ):
            assert model.objects.exists(), model


def test_the_first_visitor_finds_cards_autopay_a_refund_a_dispute_payouts_and_a_transfer(
    northwind: UUID, tmp_path: Path
) -> None:
    with running_bank(tmp_path / "bank.sqlite3") as bank:
        settings = open_account(bank.url)
        visit = Visit(northwind, build.connect(northwind, settings), settings)
        visit.pay()
        visit.pay()  # once is enough
    with scope(JobActor(northwind)):
        assert SavedMethod.objects.count() == 3
        assert Autopay.objects.count() == 1
        assert [str(each.amount) for each in GatewayRefund.objects.filter(state="succeeded")] == ["25.00 USD"]
        assert Dispute.objects.count() == 1
        assert Payout.objects.count() == 2
        assert [each.proof_name for each in TransferNotice.objects.all()] == ["Transfer HBV 4471.pdf"]
    assert selfcheck(northwind) == []
