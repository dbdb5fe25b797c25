"""Maya sets autopay up, sees what comes next, and stops it; a colleague who may pay sees and stops it too."""

from __future__ import annotations

import pytest

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.autopay.actions import change_autopay, plan_charges
from portico.autopay.models import Autopay, AutopayCharge
from portico.customers.models import ContactPerson
from portico.kit.errors import ConflictError
from portico.payments.actions.keep import keep_method
from portico.payments.gateway import MethodKind, SavedSeen
from portico.payments.models import GatewayAccount, SavedMethod
from portico.payments.tests.making import card_account, saved_card
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact


@pytest.fixture
def card(world: World) -> SavedMethod:
    """A card of Maya's."""
    account = card_account(world)
    with scope(world.job):
        maya = ContactPerson.objects.get(pk=world.maya.person_id)
        method = keep_method(maya, account.pk, SavedSeen("pm_1", "", MethodKind.CARD, "Visa", "4242"))
    assert method is not None
    return method


def test_maya_agrees_to_what_she_reads_and_it_is_kept(world: World, card: SavedMethod) -> None:
    Books(world.olive, world.greenleaf).invoice("60")
    maya = signed_in(world.maya)
    address = f"/autopay/start/{card.pk}/"
    shown = maya.get(address).content.decode()
    assert "INV-0001" in shown
    assert "at least 3 days before" in shown
    refused = maya.post(address, {"maximum": "none", "agree": "on"})
    assert refused.status_code == 422
    assert "is not an amount" in refused.content.decode()
    assert maya.post(address, {"maximum": "500"}).status_code == 422
    assert maya.post(address, {"maximum": "500", "agree": "on"}).status_code == 302
    with scope(world.job):
        autopay = Autopay.objects.get(customer=world.greenleaf)
    assert str(autopay.maximum) == "500.00 USD"
    assert "I allow Northwind Traders to charge Visa ending 4242" in autopay.agreement
    assert "Visa ending 4242" in maya.get("/autopay/").content.decode()


def test_a_colleague_who_may_pay_stops_it_without_seeing_the_card_itself(
    world: World, card: SavedMethod
) -> None:
    signed_in(world.maya).post(f"/autopay/start/{card.pk}/", {"agree": "on"})
    with scope(world.job):
        rob = make_contact(world.greenleaf, "Rob", tuple(Permission), tag=world.tag, company="greenleaf")
    colleague = signed_in(rob)
    assert "Visa ending 4242" in colleague.get("/autopay/").content.decode()
    assert colleague.get(f"/autopay/start/{card.pk}/").status_code == 404
    assert colleague.post("/autopay/stop/").status_code == 302
    with scope(world.job):
        assert Autopay.objects.get(customer=world.greenleaf).stopped_because == "person"
    assert "Set it up" in colleague.get("/autopay/").content.decode()


def test_maya_changes_the_maximum_and_the_card_and_what_was_announced_goes_on(
    world: World, card: SavedMethod
) -> None:
    books = Books(world.olive, world.greenleaf)
    books.invoice("60"), books.invoice("300")
    maya = signed_in(world.maya)
    maya.post(f"/autopay/start/{card.pk}/", {"maximum": "500", "agree": "on"})
    assert plan_charges(actor=world.job) == 2
    with scope(world.job):
        account = GatewayAccount.objects.get(pk=card.gateway_account_id)
    other = saved_card(world.maya, account, "1111")
    address = f"/autopay/start/{other.pk}/"
    assert address in maya.get("/autopay/").content.decode()
    shown = maya.get(address).content.decode()
    assert 'value="500.00"' in shown
    assert "Change automatic payments" in shown
    assert maya.post(address, {"maximum": "100", "agree": "on"}).status_code == 302
    with scope(world.job):
        before, now = Autopay.objects.order_by("started_at")
        charges = AutopayCharge.objects.order_by("amount").values_list("autopay", "state")
        assert list(charges) == [(now.pk, "planned"), (now.pk, "skipped")]
    assert (before.stopped_at is not None, now.stopped_at, now.method_label) == (
        True,
        None,
        "Visa ending 1111",
    )
    assert str(now.maximum) == "100.00 USD"
    with pytest.raises(ConflictError):
        change_autopay(actor=world.maya, autopay=before, method_id=card.pk, maximum=None, agreement="Yes.")
