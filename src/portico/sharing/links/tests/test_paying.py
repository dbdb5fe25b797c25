"""Ada pays Greenleaf's invoice through the link she was sent; and nobody pays, or sees, anything else through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from portico.access.actors import LinkActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.kit.ids import new_id
from portico.ledger.selfcheck import selfcheck
from portico.notifications.models import Mail
from portico.payments.actions.start import OnItsWayError, PayLine, start_payment
from portico.payments.models import Payment, PaymentAttempt
from portico.payments.tests.making import start
from portico.sales_orders.actions import OrderDraft, confirm_order, draft_order
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.sharing.links.opening import link_for
from portico.sharing.links.tests.making import ADA, Link, share, without_confirming
from portico.testing.bank import DECLINES, BankAccount, connect, open_account
from portico.testing.books import A_DAY, Books
from portico.testing.clients import signed_in
from portico.testing.people import World
from portico.transfers.actions import Said, report_transfer, set_way, withdraw_notice


@dataclass
class Shop:
    """Greenleaf's invoice with a link to it, and the organisation's account at the bank."""

    world: World
    books: Books
    invoice: Invoice
    link: Link
    bank: BankAccount
    account: Any

    @property
    def actor(self) -> LinkActor:
        return link_for(self.link.token)

    def post(self, client: Client, card: str = "", **more: Any) -> Any:
        data = {
            "submission_key": str(new_id()),
            "way": f"{self.account.pk}:card",
            "token": self.bank.card(card) if card else self.bank.card(),
            "invoice": [str(self.invoice.pk)],
            f"amount-{self.invoice.pk}": "100.00",
            **more,
        }
        return client.post(self.link.at("pay/"), data)

    def attempts(self) -> list[PaymentAttempt]:
        with scope(self.world.job):
            return list(PaymentAttempt.objects.visible_to(self.world.job).order_by("created_at"))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    folder: Path = tmp_path_factory.mktemp("links")
    with running_bank(folder / "bank.sqlite3") as running:
        yield running


@pytest.fixture
def shop(world: World, bank: RunningBank) -> Shop:
    without_confirming(world)
    at_bank = open_account(bank.url, f"Links {world.tag}")
    account = connect(world.olive, at_bank)
    books = Books(world.olive, world.greenleaf)
    invoice = books.invoice("100.00")
    return Shop(world, books, invoice, share(world.olive, invoice), at_bank, account)


def test_ada_pays_and_has_her_receipt(shop: Shop) -> None:
    ada = Client()
    assert b"Pay $100.00" in ada.get(shop.link.at("pay/")).content
    sent = shop.post(ada)
    (attempt,) = shop.attempts()
    assert sent.headers["Location"] == shop.link.at(f"pay/{attempt.pk}/")
    assert attempt.link_id == shop.actor.link_id
    assert attempt.contact_person_id is None
    receipt = ada.get(sent.headers["Location"]).headers["Location"]
    with scope(shop.world.job):
        payment = Payment.objects.get()
        mail = Mail.objects.get(key=f"receipt/{payment.pk}", to=ADA)
        told = set(Mail.objects.filter(key__startswith=f"receipt/{payment.pk}").values_list("to", flat=True))
        (maya,) = ContactPerson.objects.filter(pk=shop.world.maya.person_id)
    assert told == {ADA, maya.email}, "those at the customer who may see billing hear of it as well"
    assert receipt == shop.link.at(f"receipt/{payment.pk}/")
    assert payment.payer_name == ADA
    assert payment.number in mail.subject
    page = ada.get(receipt).content.decode()
    assert payment.number in page
    assert ADA in page
    assert ada.get(receipt + "pdf").content.startswith(b"%PDF")
    assert ada.get(receipt + "print").status_code == 200
    assert b"Nothing is left to pay" in ada.get(shop.link.path).content
    assert signed_in(shop.world.maya).get(f"/payments/{payment.pk}/").status_code == 200, (
        "her customer's books"
    )
    assert not selfcheck(shop.world.organisation.pk)


def test_the_same_form_twice_is_one_payment(shop: Shop) -> None:
    ada, key = Client(), str(new_id())
    first, second = (shop.post(ada, submission_key=key) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(shop.attempts()) == 1
    assert shop.bank.charges()["USD"][0] == 1


def test_what_is_on_its_way_is_not_paid_again(shop: Shop) -> None:
    start(shop.world.maya, shop.account, (shop.invoice, "100.00"))
    ada = Client()
    page = ada.get(shop.link.at("pay/")).content
    assert b"already on its way" in page
    assert b"See how it stands" not in page, "that is Maya's to see"
    assert shop.post(ada).status_code == 422
    assert len(shop.attempts()) == 1


def test_what_maya_has_sent_by_transfer_is_not_paid_again_by_link(shop: Shop) -> None:
    world = shop.world
    set_way(actor=world.olive, mode="bank_transfer", instructions="IBAN", is_offered=True)
    notice = report_transfer(
        actor=world.maya,
        submission_key=new_id(),
        lines=[PayLine(shop.invoice.pk, shop.invoice.balance)],
        said=Said("bank_transfer", A_DAY, "Order 7"),
    )
    ada = Client()
    page = ada.get(shop.link.at("pay/")).content.decode()
    assert "Nothing left to pay" in page
    assert notice.reference not in page, "that it is on its way, and not by whom and how"
    with pytest.raises(OnItsWayError):
        start_payment(
            actor=shop.actor,
            submission_key=new_id(),
            gateway_account_id=shop.account.pk,
            lines=[PayLine(shop.invoice.pk, shop.invoice.balance)],
        )
    withdraw_notice(actor=world.maya, notice=notice)
    assert b"Pay $100.00" in ada.get(shop.link.at("pay/")).content


def test_a_declined_card_is_said_and_another_one_works(shop: Shop) -> None:
    ada = Client()
    failed = ada.get(shop.post(ada, card=DECLINES).headers["Location"])
    assert b"did not go through" in failed.content
    assert f'href="{shop.link.at("pay/")}"'.encode() in failed.content
    assert "/receipt/" in ada.get(shop.post(ada).headers["Location"]).headers["Location"]


def test_no_other_document_is_slipped_in(shop: Shop) -> None:
    mine = shop.books.invoice("50.00")
    theirs = Books(shop.world.olive, shop.world.harbourview).invoice("60.00")
    ada = Client()
    for other in (mine, theirs):
        given = {f"amount-{other.pk}": str(other.total.amount)}
        assert shop.post(ada, invoice=[str(other.pk)], **given).status_code == 404
        assert shop.post(ada, invoice=[str(shop.invoice.pk), str(other.pk)], **given).status_code == 404
        assert ada.get(shop.link.at(f"pay/?invoice={other.pk}")).status_code == 404
        assert (
            ada.post(
                shop.link.at("pay/summary/"), {"submission_key": str(new_id()), "invoice": str(other.pk)}
            ).status_code
            == 404
        )
        with pytest.raises(NotFoundError):
            start_payment(
                actor=shop.actor,
                submission_key=new_id(),
                gateway_account_id=shop.account.pk,
                lines=[PayLine(other.pk, other.total)],
            )
    retainer = shop.books.retainer("70.00")
    assert shop.post(ada, retainer=str(retainer.pk)).status_code == 404
    assert ada.get(shop.link.at("pay/?all=USD")).status_code == 200, "its own document, whatever is asked"
    assert shop.attempts() == []


def test_another_links_attempt_and_receipt_are_not_shown(shop: Shop) -> None:
    ada = Client()
    location = shop.post(ada).headers["Location"]
    receipt = ada.get(location).headers["Location"]
    same_invoice = share(shop.world.olive, shop.invoice, "eve@elsewhere.example")
    other_invoice = share(shop.world.olive, shop.books.invoice("1.00"), "eve@elsewhere.example")
    for link in (same_invoice, other_invoice):
        for address in (location, receipt, receipt + "pdf", receipt + "print"):
            assert Client().get(address.replace(shop.link.token, link.token)).status_code == 404
        cancel = location.replace(shop.link.token, link.token) + "cancel/"
        assert Client().post(cancel).status_code == 404


def test_mayas_payment_is_not_shown_through_a_link(shop: Shop) -> None:
    payment = shop.books.pay("40.00", (shop.invoice, "40.00"))
    pending = start(shop.world.maya, shop.account, (shop.invoice, "10.00"))
    for more in (f"receipt/{payment.pk}/", f"receipt/{payment.pk}/pdf", f"pay/{pending.pk}/"):
        assert Client().get(shop.link.at(more)).status_code == 404


def test_a_submission_key_of_somebody_else_is_refused(shop: Shop) -> None:
    key = new_id()
    start(shop.world.maya, shop.account, (shop.invoice, "10.00"), key=key)
    given = {f"amount-{shop.invoice.pk}": "10.00"}
    assert shop.post(Client(), submission_key=str(key), **given).status_code == 404
    other, hidden = shop.books.invoice("5.00"), new_id()
    start(shop.world.maya, shop.account, (other, "5.00"), key=hidden)
    assert shop.post(Client(), submission_key=str(hidden), **given).status_code == 404


def test_a_link_that_may_not_pay_shows_no_way_to(shop: Shop) -> None:
    look = share(shop.world.olive, shop.invoice, may_pay=False)
    assert b"Pay now" not in Client().get(look.path).content
    assert Client().get(look.at("pay/")).status_code == 403
    assert Client().post(look.at("pay/"), {"submission_key": str(new_id())}).status_code == 403
    with pytest.raises(ForbiddenError):
        start_payment(
            actor=link_for(look.token),
            submission_key=new_id(),
            gateway_account_id=shop.account.pk,
            lines=[PayLine(shop.invoice.pk, shop.invoice.balance)],
        )


def test_a_contact_person_gives_away_only_what_they_may(shop: Shop) -> None:
    from dataclasses import replace

    from portico.access.actors import Permission

    looker = replace(shop.world.maya, permissions=frozenset({Permission.VIEW_BILLING}))
    link = share(looker, shop.invoice)
    assert not link_for(link.token).may(Permission.PAY)
    with pytest.raises(ForbiddenError):
        share(shop.world.leo, shop.invoice)
    with pytest.raises(NotFoundError):
        share(shop.world.ines, shop.invoice)


def test_a_retainer_invoice_is_paid_through_its_link(shop: Shop) -> None:
    from urllib.parse import urlsplit

    from portico.sharing.links.actions import make_link

    retainer = shop.books.retainer("70.00")
    path = urlsplit(make_link(shop.world.olive, "retainer_invoice", retainer.pk, ADA)).path
    ada = Client()
    assert retainer.number.encode() in ada.get(path).content
    sent = ada.post(
        path + "pay/",
        {
            "submission_key": str(new_id()),
            "way": f"{shop.account.pk}:card",
            "token": shop.bank.card(),
            "retainer": str(retainer.pk),
            f"amount-{retainer.pk}": "70.00",
        },
    )
    receipt = ada.get(sent.headers["Location"]).headers["Location"]
    assert ada.get(receipt).status_code == 200
    assert not selfcheck(shop.world.organisation.pk)


def test_every_kind_of_document_is_shown_by_its_link(shop: Shop) -> None:
    from urllib.parse import urlsplit

    from portico.sharing.links.actions import make_link

    note = shop.books.credit_note("20.00")
    payment = shop.books.pay("40.00", (shop.invoice, "40.00"))
    draft = OrderDraft(date=shop.books.day, lines=shop.books.lines("10"))
    order = confirm_order(
        actor=shop.world.olive,
        order=draft_order(actor=shop.world.olive, customer=shop.world.greenleaf, draft=draft),
    )
    kinds: dict[str, UUID] = {"credit_note": note.pk, "payment": payment.pk, "sales_order": order.pk}
    for kind, key in kinds.items():
        path = urlsplit(make_link(shop.world.olive, kind, key, ADA)).path
        for more in ("", "pdf", "print"):
            assert Client().get(path + more).status_code == 200, (kind, more)
        assert Client().get(path + "pay/").status_code == 404
