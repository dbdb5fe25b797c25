"""Documents that are mailed to people who do not use the portal: each gets a link of their own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.invoices.actions import send_invoice
from portico.kit import clock
from portico.notifications.customers import set_choices
from portico.notifications.models import Mail
from portico.sharing.links.models import PublicLink
from portico.sharing.links.tests.making import without_confirming
from portico.testing.books import Books
from portico.testing.people import World, make_contact


def _hana(world: World, state: PortalState = PortalState.NOT_INVITED, **more: object) -> str:
    """Hana keeps Greenleaf's books and has no access; returns her address."""
    with scope(world.job):
        make_contact(world.greenleaf, "Hana", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf")
        ContactPerson.objects.filter(first_name="Hana").update(portal_state=state, user=None, **more)
    return world.email("hana")


def _mails(world: World) -> dict[str, str]:
    with scope(world.job):
        return dict(Mail.objects.filter(key__startswith="invoice-sent/").values_list("to", "text"))


def _paths(text: str) -> list[str]:
    return re.findall(r"https?://[^/\s]+(/l/\S+)", text)


def test_hana_gets_a_link_that_opens_and_maya_the_page_of_the_portal(world: World) -> None:
    hana = _hana(world)
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert sorted(send_invoice(actor=world.olive, invoice=invoice)) == sorted([hana, world.email("maya")])
    mails = _mails(world)
    assert f"/invoices/{invoice.pk}/" in mails[world.email("maya")]
    assert not _paths(mails[world.email("maya")])
    assert "/invoices/" not in mails[hana]
    assert "The link works until" in mails[hana]
    with scope(world.job):
        link = PublicLink.objects.get()
        assert (link.email, link.document_id, link.may_pay) == (hana, invoice.pk, False)
    [path] = _paths(mails[hana])
    without_confirming(world)
    assert invoice.number in Client().get(path).content.decode()


def test_sending_it_again_makes_no_second_link(world: World) -> None:
    _hana(world)
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    send_invoice(actor=world.olive, invoice=invoice)
    assert send_invoice(actor=world.olive, invoice=invoice) == []
    with scope(world.job):
        assert PublicLink.objects.count() == 1


@pytest.mark.parametrize("gone", [{"state": PortalState.REVOKED}, {"removed_at": clock.now()}])
def test_who_was_shut_out_or_has_left_gets_nothing(world: World, gone: dict[str, Any]) -> None:
    hana = _hana(world, **gone)
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert hana not in send_invoice(actor=world.olive, invoice=invoice)


def _alone(world: World, address: str) -> None:
    """Nobody at Greenleaf may see billing, and Greenleaf has an address of its own."""
    with scope(world.job):
        ContactPerson.objects.filter(customer=world.greenleaf).update(can_view_billing=False)
        Customer.objects.filter(pk=world.greenleaf.pk).update(email=address)


def test_an_invoice_reaches_the_customers_own_address_when_nobody_there_may_have_it(world: World) -> None:
    _alone(world, "office@greenleaf.example")
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert send_invoice(actor=world.olive, invoice=invoice) == ["office@greenleaf.example"]
    text = _mails(world)["office@greenleaf.example"]
    assert "Greenleaf" in text
    assert len(_paths(text)) == 1
    assert send_invoice(actor=world.olive, invoice=invoice) == []


def test_it_does_not_go_round_the_permissions_by_the_customers_address(world: World) -> None:
    _alone(world, world.email("leo").upper())
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert send_invoice(actor=world.olive, invoice=invoice) == []


def test_an_erased_address_is_not_written_to(world: World) -> None:
    _alone(world, "erased@erased.invalid")
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert send_invoice(actor=world.olive, invoice=invoice) == []


def test_maya_who_switched_it_off_is_not_gone_round_by_the_customers_address(world: World) -> None:
    with scope(world.job):
        Customer.objects.filter(pk=world.greenleaf.pk).update(email="office@greenleaf.example")
    set_choices(world.maya, {"document": False})
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    assert send_invoice(actor=world.olive, invoice=invoice) == []
