"""Who may not see billing, or not orders, learns nothing of them by the ways between the modules either (S1.5).

The matrix says what each address answers; here it is what stands in the answers that people do get: comments,
forwarding, links, files, exports, views, e-mails, histories. Leo may see orders only; Vera may see billing only.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from portico.access.actors import ContactActor, Permission
from portico.access.scope import scope
from portico.comments.actions import post_comment
from portico.customers.actions import edit_customer
from portico.customers.models import ContactPerson
from portico.invoices.actions import send_invoice
from portico.invoices.models import Invoice
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.notifications.models import Mail
from portico.sales_orders.actions import invoice_order
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.tests.making import order, planters, shipped
from portico.sharing.files.actions import share_file
from portico.sharing.forwarding.actions import forward_document
from portico.sharing.links.actions import make_link, revoke_link
from portico.sharing.links.models import PublicLink
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import World, make_contact
from portico.transactions.actions import publish_view, save_view
from portico.transactions.kinds import kind_of
from portico.transactions.lists import listing_of

PDF = b"%PDF-1.4\n%the rest does not matter"
ADA = "ada@elsewhere.example"


@dataclass(frozen=True)
class Trade:
    """An order of 200, an invoice of 137 over a part of it, of which 61 are paid; words beside both."""

    order: SalesOrder
    invoice: Invoice
    payment_number: str

    @property
    def owed(self) -> tuple[str, ...]:
        """What tells of billing: numbers of documents, what was invoiced, paid, and is open."""
        return self.invoice.number, self.payment_number, "137.00", "61.00", "76.00"


@pytest.fixture
def trade(world: World) -> Trade:
    books = Books(world.olive, world.greenleaf)
    for _each in range(6):
        books.invoice("3.00")  # so that numbers of invoices and orders differ
    made = order(world, [planters("1", "137.00"), planters("1", "63.00", name="Rose")])
    with scope(world.olive):
        first = made.lines.order_by("position")[0]
    invoice = invoice_order(actor=world.olive, order=made, quantities={first.pk: first.quantity}, issue=True)
    send_invoice(actor=world.olive, invoice=invoice)
    payment = books.pay("61.00", (invoice, "61.00"))
    shipped(world, made, "1")
    for kind, about in (("invoice", invoice.pk), ("sales_order", made.pk)):
        for who in (world.olive, world.maya):
            post_comment(
                actor=who,
                kind=kind_of(kind),
                document_id=about,
                text=f"Said about the {kind}",
                submission_key=new_id(),
            )
    return Trade(made, invoice, payment.number)


@pytest.fixture
def vera(world: World) -> ContactActor:
    with scope(world.job):
        return make_contact(
            world.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf"
        )


@pytest.fixture
def leo(world: World) -> Client:
    return signed_in(world.leo)


def said(answer: Any) -> str:
    """What an answer says, read to its end."""
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def refused(browser: Client, *addresses: str, by: frozenset[int] = frozenset({403, 404})) -> None:
    for address in addresses:
        assert browser.get(address).status_code in by, address


def lists_of(kind: str) -> Iterator[str]:
    for each in ("export.csv", "export.xlsx", "pdfs", "views/", "views/new"):
        yield f"/lists/{kind}/{each}"


def test_no_page_that_leo_gets_tells_what_is_owed(world: World, trade: Trade, leo: Client) -> None:
    here = f"/sales-orders/{trade.order.pk}/"
    for address in (
        "/",
        "/sales-orders/",
        "/sales-orders/?tab=all",
        "/sales-orders/?tab=all&columns=number,invoiced,paid,status",
        "/sales-orders/?tab=not_invoiced",
        "/sales-orders/?tab=all&status=completed",
        here,
        f"{here}print",
        f"/conversations/sales_order/{trade.order.pk}/",
        "/conversations/",
        f"/forward/sales_order/{trade.order.pk}/",
        f"/share/sales_order/{trade.order.pk}/",
        "/documents/",
        "/profile/",
        "/profile/data/",
    ):
        answer = leo.get(address)
        assert answer.status_code in (200, 422), address
        page = answer.content.decode()
        for told in trade.owed if address not in (here, f"{here}print") else (trade.invoice.number, "76.00"):
            assert told not in page, (address, told)
        for told in ("Not invoiced", "Part invoiced", "Unpaid", "Part paid", "Invoiced"):
            assert told not in page, (address, told)
        assert "/invoices/" not in page, address
    maya = said(signed_in(world.maya).get(here))
    assert trade.invoice.number in maya, "who may see billing is told"


def test_the_orders_history_does_not_tell_leo_of_its_invoices(
    world: World, trade: Trade, leo: Client
) -> None:
    def history(browser: Client) -> str:
        """Its words, without the addresses and tokens of its markup."""
        page = said(browser.get(f"/sales-orders/{trade.order.pk}/"))
        return re.sub(r"<[^>]+>", " ", page.split('id="history-h"')[1])

    seen = history(leo)
    assert "nvoice" not in seen
    assert "aid" not in seen
    assert "nvoice" in history(signed_in(world.maya))


def test_leo_neither_reads_nor_writes_beside_an_invoice(world: World, trade: Trade, leo: Client) -> None:
    about = f"/conversations/invoice/{trade.invoice.pk}/"
    refused(leo, about, by=frozenset({403}))
    assert leo.post(about, {"text": "Hi", "submission_key": new_id()}).status_code == 403
    listed = said(leo.get("/conversations/"))
    assert "Said about the sales_order" in listed
    assert "Said about the invoice" not in listed
    assert "2 new comments" in said(leo.get("/")), "of the order; what he may not read does not count"
    with pytest.raises(ForbiddenError):
        post_comment(
            actor=world.leo,
            kind=kind_of("invoice"),
            document_id=trade.invoice.pk,
            text="Hi",
            submission_key=new_id(),
        )


def test_leo_neither_forwards_nor_shares_an_invoice_and_ends_no_link_to_one(
    world: World, trade: Trade, leo: Client
) -> None:
    about = f"invoice/{trade.invoice.pk}/"
    sent = {"addresses": ADA, "email": ADA, "days": "30", "submission_key": new_id(), "message": ""}
    for way in (f"/forward/{about}", f"/share/{about}"):
        refused(leo, way, by=frozenset({403}))
        assert leo.post(way, sent).status_code == 403
        assert leo.post(way, {**sent, "preview": "1"}).status_code == 403
    with pytest.raises(ForbiddenError):
        forward_document(
            actor=world.leo,
            kind=kind_of("invoice"),
            document_id=trade.invoice.pk,
            persons=[world.leo.person_id],
            submission_key=new_id(),
        )
    with pytest.raises(ForbiddenError):
        make_link(world.leo, "invoice", trade.invoice.pk, ADA)
    make_link(world.maya, "invoice", trade.invoice.pk, ADA)
    with scope(world.job):
        link = PublicLink.objects.get()
    assert leo.post(f"/share/links/{link.pk}/revoke").status_code in (403, 404)
    with pytest.raises((ForbiddenError, NotFoundError)):
        revoke_link(actor=world.leo, link=link)
    with scope(world.job):
        link.refresh_from_db()
        assert link.revoked_at is None
        assert not Mail.objects.filter(to=ADA).exists()


def test_leos_files_of_orders_say_nothing_of_invoices(world: World, trade: Trade, leo: Client) -> None:
    for query in ("tab=all", "tab=all&all=1", "tab=all&columns=number,invoiced,paid"):
        answer = leo.get(f"/lists/sales_order/export.csv?{query}")
        head, *rows = csv.reader(io.StringIO(said(answer).lstrip("\ufeff")))
        assert not {"Invoiced", "Paid"} & set(head)
        assert len(rows) == 1
    for kind in ("invoice", "retainer_invoice", "credit_note", "payment", "subscription"):
        refused(leo, *lists_of(kind))
    picked = leo.get(f"/lists/sales_order/pdfs?pick={trade.order.pk}&pick={trade.invoice.pk}")
    assert picked.status_code == 404, "one that is not his, and there is no ZIP"
    assert leo.get(f"/lists/sales_order/pdfs?pick={trade.invoice.pk}").status_code in (404, 422)


def test_views_lead_leo_to_no_list_that_is_not_his(world: World, trade: Trade, leo: Client) -> None:
    publish_view(actor=world.olive, kind="invoice", name="Late ones", query="tab=all")
    publish_view(
        actor=world.olive,
        kind="sales_order",
        name="To be invoiced",
        query="tab=not_invoiced&columns=number,invoiced,paid",
    )
    with pytest.raises(ForbiddenError):
        save_view(actor=world.leo, listing=listing_of("invoice"), name="Mine", query="tab=all")
    theirs = save_view(actor=world.maya, listing=listing_of("sales_order"), name="Secret", query="tab=all")
    refused(leo, f"/lists/views/{theirs.pk}/", by=frozenset({404}))
    for address in (
        "/lists/sales_order/views/",
        "/sales-orders/?tab=not_invoiced&columns=number,invoiced,paid",
    ):
        page = leo.get(address).content.decode()
        assert "Late ones" not in page
        assert "Not invoiced" not in page
        assert "Part invoiced" not in page


def test_statements_and_money_pages_are_shut_for_leo(world: World, trade: Trade, leo: Client) -> None:
    statement = [f"/statements/{each}" for each in ("", "print", "pdf", "csv", "xlsx")]
    money = ["/invoices/", f"/invoices/{trade.invoice.pk}/", "/payments/", "/credits/", "/retainer-invoices/"]
    money += [f"/pay/?invoice={trade.invoice.pk}", "/pay/?all=USD", f"/invoices/pay?pick={trade.invoice.pk}"]
    refused(leo, *statement, *money, by=frozenset({403}))
    assert leo.post("/statements/schedule", {"how_often": "monthly"}).status_code == 403


def test_a_file_for_those_who_see_billing_is_not_there_for_leo(world: World, leo: Client) -> None:
    secret = share_file(
        actor=world.olive,
        customer_id=world.greenleaf.pk,
        name="what-you-owe.pdf",
        content=io.BytesIO(PDF),
        note="76.00 is open",
        needs_billing=True,
    )
    here = f"/documents/{secret.pk}/"
    refused(leo, here, *(f"{here}{each}" for each in ("download", "picture", "preview", "page")))
    refused(leo, f"/documents/zip?pick={secret.pk}")
    for way in ("remove", "restore"):
        assert leo.post(f"{here}{way}").status_code in (403, 404)
    for address in ("/", "/documents/", "/documents/?q=owe"):
        assert "what-you-owe" not in said(leo.get(address))
    assert "what-you-owe" not in said(leo.get("/lists/file/export.csv"))
    assert "what-you-owe" in said(signed_in(world.maya).get("/lists/file/export.csv"))
    with scope(world.job):
        assert not Mail.objects.filter(to=world.email("leo")).exists()


def test_no_e_mail_to_leo_says_an_amount_or_names_an_invoice(
    world: World, trade: Trade, mailbox: Mailbox
) -> None:
    run_jobs()
    letters = mailbox.to(world.email("leo"))
    assert any(trade.order.number in str(each["Subject"]) for each in letters), "he hears of his orders"
    for each in letters:
        for told in (*trade.owed, "200.00", "$"):
            assert told not in str(each["Subject"])
            assert told not in text_of(each)
        assert "nvoice" not in str(each["Subject"])
    assert any(trade.invoice.number in str(each["Subject"]) for each in mailbox.to(world.email("maya")))


def test_leos_own_data_has_nothing_of_what_is_owed(world: World, trade: Trade, leo: Client) -> None:
    leo.post("/account/reauthenticate/", {"password": "portico-demo"})
    answer = leo.get("/profile/data/download/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        everything = "".join(found.read(name).decode() for name in found.namelist())
    assert world.email("leo") in everything
    for told in (trade.invoice.number, trade.payment_number, "76.00", "61.00"):
        assert told not in everything


def test_vera_who_sees_billing_learns_nothing_of_orders(
    world: World, trade: Trade, vera: ContactActor, mailbox: Mailbox
) -> None:
    browser, made = signed_in(vera), trade.order
    refused(browser, *lists_of("sales_order"), by=frozenset({403}))
    about = f"sales_order/{made.pk}/"
    refused(browser, f"/conversations/{about}", f"/forward/{about}", f"/share/{about}", by=frozenset({403}))
    refused(browser, "/sales-orders/", f"/sales-orders/{made.pk}/", f"/sales-orders/{made.pk}/pdf")
    for address in (
        "/",
        f"/invoices/{trade.invoice.pk}/",
        f"/invoices/{trade.invoice.pk}/print",
        f"/invoices/?tab=all&order={made.pk}",
        f"/invoices/?tab=all&q={made.number}",
        "/conversations/",
        "/statements/?preset=all",
    ):
        page = said(browser.get(address))
        assert "/sales-orders/" not in page, address
        assert "Said about the sales_order" not in page, address
        if "q=" not in address:
            assert made.number not in page, address
    rows = said(browser.get(f"/lists/invoice/export.csv?tab=all&order={made.pk}"))
    assert trade.invoice.number not in rows, "an order's id filters nothing out for who may not see it"
    run_jobs()
    assert not [each for each in mailbox.to(world.email("vera")) if made.number in str(each["Subject"])]


def test_who_manages_the_profile_without_billing_neither_sees_nor_gives_it(world: World) -> None:
    with scope(world.job):
        pam = make_contact(
            world.greenleaf, "Pam", {Permission.MANAGE_PROFILE}, tag=world.tag, company="greenleaf"
        )
    edit_customer(actor=world.olive, customer=world.greenleaf, credit_limit=Money.of("7654.00", "USD"))
    browser = signed_in(pam)
    for address in ("/", "/profile/", "/profile/customer/", "/profile/contacts/"):
        page = said(browser.get(address))
        assert "7,654" not in page, address
        assert not re.search(r"\b7654[.\"\s<]", page), address  # an identifier may well hold these digits
    for person, name in ((pam, "pam"), (world.leo, "leo")):
        browser.post(
            f"/profile/contacts/{person.person_id}/",
            {
                "first_name": name.title(),
                "email": world.email(name),
                **dict.fromkeys(("can_view_billing", "can_pay", "can_manage_profile"), "on"),
            },
        )
    browser.post("/profile/contacts/new/", {"first_name": "Eve", "email": ADA, "can_view_billing": "on"})
    with scope(world.job):
        held = set(
            ContactPerson.objects.filter(customer=world.greenleaf, can_view_billing=True).values_list(
                "first_name", flat=True
            )
        )
    assert held == {"Maya"}
