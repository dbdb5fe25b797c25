"""Each of the seventeen portal preferences (S2), in its order, both ways, as Maya, Leo, Olive and Ada meet it.

What a preference does in one place is tested beside the code; here it is that it bites everywhere. The sixteenth
(saved ways to pay) is tested with the pages that keep them.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portico.access.scope import scope
from portico.comments.actions import post_comment
from portico.credit_notes.actions import apply_credit, send_credit_note
from portico.credit_notes.models import CreditNote
from portico.customers.actions import add_contact
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit.errors import ForbiddenError, NotFoundError
from portico.kit.ids import new_id
from portico.notifications.models import Mail, Notification
from portico.organisations.actions import edit_preferences
from portico.organisations.models import Preferences
from portico.payments.models import PaymentAttempt
from portico.payments.tests.making import card_account, saved_card, start
from portico.sales_orders.actions import invoice_order
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.tests.making import order
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.sharing.forwarding.actions import forward_document
from portico.sharing.forwarding.recipients import Recipient
from portico.sharing.links.actions import make_link
from portico.subscriptions.tests.test_pages import fed
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in
from portico.testing.people import World
from portico.transactions.kinds import kind_of

ON = (
    "prevent_duplicate_payments",
    "allow_sign_up",
    "notify_staff_by_email",
    "notify_staff_in_app",
    "email_staff_comments",
    "customers_may_upload",
    "customers_may_forward",
    "customers_may_pay_several",
    "show_sales_orders",
    "show_credit_notes",
    "links_verify_identity",
    "customers_may_save_methods",
    "customers_may_apply_credits",
)
OFF = ("require_second_factor", "customer_reviews", "show_subscriptions")
ADA = "ada@elsewhere.example"
PDF = b"%PDF-1.4\n%the rest does not matter"
both = pytest.mark.parametrize("on", [True, False], ids=["on", "off"])


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.olive, world.greenleaf)


@pytest.fixture
def maya(world: World) -> Client:
    return signed_in(world.maya)


@pytest.fixture
def mine(books: Books) -> Invoice:
    return books.invoice("100.00")


def choose(world: World, **preferences: object) -> None:
    """Olive sets preferences."""
    edit_preferences(actor=world.olive, **preferences)


def text(browser: Client, address: str) -> str:
    """What a page says; it must be there."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def mailed(world: World, person: str, company: str = "greenleaf") -> list[str]:
    """The subjects of what was written to somebody."""
    with scope(world.job):
        found = Mail.objects.filter(to=world.email(person, company)).order_by("created_at")
        return list(found.values_list("subject", flat=True))


def answers(browser: Client, addresses: list[str]) -> dict[str, int]:
    return {each: browser.get(each).status_code for each in addresses}


def addresses_of(kind: str, path: str, document_id: object) -> list[str]:
    """Every address at which a kind of documents can be met."""
    about = f"{kind}/{document_id}/"
    return [
        f"/{path}/",
        f"/{path}/{document_id}/",
        f"/{path}/{document_id}/pdf",
        f"/{path}/{document_id}/print",
        f"/lists/{kind}/export.csv",
        f"/lists/{kind}/export.xlsx",
        f"/lists/{kind}/pdfs?pick={document_id}",
        f"/lists/{kind}/views/",
        f"/lists/{kind}/views/new",
        f"/conversations/{about}",
        f"/forward/{about}",
        f"/share/{about}",
    ]


def test_a_new_organisation_has_the_defaults_of_the_specification() -> None:
    fresh = Preferences()
    assert {name for name in ON if not getattr(fresh, name)} == set()
    assert {name for name in OFF if getattr(fresh, name)} == set()
    assert fresh.banner_message == ""
    named = {field.name for field in Preferences._meta.local_fields}
    assert named == {*ON, *OFF, "banner_message", "id", "organisation"}, "each is on or off here"


def test_1_the_portals_name_is_its_address_and_the_former_one_leads_there(world: World) -> None:
    old, new = world.organisation.portal_name, f"green{world.tag}"
    assert Client().get(f"/at/{new}/").status_code == 404
    choose(world, portal_name=new)
    assert Client().get(f"/at/{old}/")["Location"] == f"/at/{new}/"
    assert Client().get(f"/at/{new}/")["Location"].startswith("/account/login/")


def test_2_the_banner_is_shown_to_olive_first_and_then_on_every_page(world: World, maya: Client) -> None:
    with scope(world.job):
        preferences = Preferences.objects.get()
    olive, where = signed_in(world.olive), reverse("admin:edit-preferences", args=[preferences.pk])
    sent = {"portal_name": world.organisation.portal_name, "banner_message": "Closed <b>Friday</b>"}
    shown = olive.post(where, {**sent, "preview": "1"})
    assert "Closed &lt;b&gt;Friday" in shown.content.decode().replace("&amp;", "&")
    assert "Closed" not in text(maya, "/")
    choose(world, banner_message="Closed <b>Friday</b>")
    for address in ("/", "/invoices/", "/profile/"):
        assert "Closed &lt;b&gt;Friday&lt;/b&gt;" in text(maya, address)
    choose(world, banner_message="")
    assert "Closed" not in text(maya, "/")


@both
def test_3_a_second_factor_is_demanded_or_not(world: World, mine: Invoice, on: bool) -> None:
    choose(world, require_second_factor=on)
    for who, addresses in (
        (world.maya, ["/", f"/invoices/{mine.pk}/pdf", "/lists/invoice/export.csv", "/documents/"]),
        (world.olive, ["/office/"]),
    ):
        for address in addresses:
            answer = signed_in(who).get(address)
            assert answer.status_code == (302 if on else 200), address
            assert not on or answer["Location"].startswith("/account/second-factor/needed/")


@both
def test_4_a_second_payment_is_refused_while_one_is_on_its_way_or_not(
    world: World, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, prevent_duplicate_payments=on)
    account = card_account(world)
    start(world.maya, account, (mine, "100.00"))
    assert ("Pay $100.00" in text(maya, f"/pay/?invoice={mine.pk}")) is not on
    maya.post("/pay/", charge(account.pk, mine))
    with scope(world.job):
        assert PaymentAttempt.objects.count() == (1 if on else 2)


def charge(account: object, *invoices: Invoice, **more: str) -> dict[str, Any]:
    """The form of paying invoices of 100 in full."""
    return {
        "submission_key": str(new_id()),
        "way": f"{account}:card",
        "token": "tok_from_the_fields",
        "invoice": [str(each.pk) for each in invoices],
        **{f"amount-{each.pk}": "100.00" for each in invoices},
        **more,
    }


@both
def test_5_finn_may_sign_up_or_not(world: World, mailbox: Mailbox, on: bool) -> None:
    choose(world, allow_sign_up=on)
    add_contact(actor=world.olive, customer=world.greenleaf, first_name="Finn", email=world.email("finn"))
    Client().post("/account/signup/", {"email": world.email("finn")})
    run_jobs()
    ways = [each for mail in mailbox.to(world.email("finn")) for each in links_in(mail) if "/signup/" in each]
    assert bool(ways) is on
    if on:
        path = urlsplit(ways[0]).path
        assert Client().get(path).status_code == 200
        choose(world, allow_sign_up=False)
        assert Client().get(path).status_code == 404, "a link from before is dead as well"


@pytest.mark.parametrize("by_mail", [True, False])
@pytest.mark.parametrize("in_app", [True, False])
def test_6_staff_hear_by_mail_and_in_the_office_or_not(
    world: World, mine: Invoice, maya: Client, by_mail: bool, in_app: bool
) -> None:
    choose(world, notify_staff_by_email=by_mail, notify_staff_in_app=in_app)
    maya.post(f"/conversations/invoice/{mine.pk}/", {"text": "Hello", "submission_key": new_id()})
    text(maya, f"/invoices/{mine.pk}/")
    told = mailed(world, "olive", "northwind")
    assert bool([each for each in told if "commented" in each]) is by_mail
    assert bool([each for each in told if "commented" not in each]) is by_mail, "the first view as well"
    shown = text(signed_in(world.olive), "/office/notifications/notification/")
    assert ("commented on Invoice" in shown) is in_app


@both
def test_7_the_customer_is_mailed_a_comment_of_staff_or_not(world: World, mine: Invoice, on: bool) -> None:
    choose(world, email_staff_comments=on)
    post_comment(
        actor=world.olive,
        kind=kind_of("invoice"),
        document_id=mine.pk,
        text="New pots come on Monday.",
        submission_key=new_id(),
    )
    assert (f"New comment on Invoice {mine.number}" in mailed(world, "maya")) is on
    assert "New pots come on Monday." in text(signed_in(world.maya), f"/invoices/{mine.pk}/")


@both
def test_8_customers_send_files_and_change_details_or_neither(world: World, maya: Client, on: bool) -> None:
    choose(world, customers_may_upload=on)
    assert ('type="file"' in text(maya, "/documents/")) is on
    sent = maya.post("/documents/", {"file": SimpleUploadedFile("tax.pdf", PDF)})
    assert sent.status_code == (302 if on else 403)
    leo = f"/profile/contacts/{world.leo.person_id}/"
    person = {"first_name": "Leo", "last_name": "Changed", "email": world.email("leo")}
    maya.post(leo, person)
    maya.post("/profile/", {"first_name": "Changed"})
    maya.post("/profile/contacts/new/", {"first_name": "Changed", "email": ADA})
    maya.post(f"{leo}primary/")
    maya.post(f"{leo}invite/")
    maya.post(f"{leo}end/")
    maya.post(f"{leo}remove/")
    with scope(world.job):
        files = SharedFile.objects.count()
        people = {each.email: each for each in ContactPerson.objects.filter(customer=world.greenleaf)}
    assert files == (1 if on else 0)
    before = people.get(world.email("leo"))
    if on:
        assert ADA in people
        assert people[world.email("maya")].first_name == "Changed"
    else:
        assert set(people) == {world.email("maya"), world.email("leo")}
        assert before is not None
        assert (before.last_name, before.portal_state, before.removed_at) == ("", "active", None)
        assert people[world.email("maya")].first_name == "Maya"
    with_files = share_file(
        actor=world.olive, customer_id=world.greenleaf.pk, name="prices.pdf", content=io.BytesIO(PDF)
    )
    assert maya.get(f"/documents/{with_files.pk}/").status_code == 200, "what staff send is read all the same"


@both
def test_9_documents_are_sent_on_and_shared_by_link_or_neither(
    world: World, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, customers_may_forward=on)
    ways = [f"/forward/invoice/{mine.pk}/", f"/share/invoice/{mine.pk}/"]
    assert [each in text(maya, f"/invoices/{mine.pk}/") for each in ways] == [on, on]
    assert set(answers(maya, ways).values()) == {200 if on else 404}
    sent = {"submission_key": new_id(), "addresses": ADA, "email": ADA, "message": "", "days": "30"}
    assert {maya.post(each, sent).status_code in (403, 404) for each in ways} == {not on}
    with scope(world.job):
        assert Mail.objects.filter(to=ADA).exists() is on
    if not on:
        with pytest.raises(NotFoundError):
            forward_document(
                actor=world.maya,
                kind=kind_of("invoice"),
                document_id=mine.pk,
                others=[Recipient("Ada", ADA)],
                submission_key=new_id(),
            )
        with pytest.raises(ForbiddenError):
            make_link(world.maya, "invoice", mine.pk, ADA)
        make_link(world.olive, "invoice", mine.pk, ADA)  # staff still may


@both
def test_10_several_invoices_are_paid_at_once_or_one_by_one(
    world: World, books: Books, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, customers_may_pay_several=on)
    other, account = books.invoice("100.00"), card_account(world)
    assert ('name="pick"' in text(maya, "/invoices/") and "/invoices/pay" in text(maya, "/invoices/")) is on
    assert ("/pay/?all=USD" in text(maya, "/")) is on
    chosen = maya.get(f"/invoices/pay?pick={mine.pk}&pick={other.pk}")
    assert chosen["Location"].startswith("/pay/") is on
    for address in (f"/pay/?invoice={mine.pk}&invoice={other.pk}", "/pay/?all=USD"):
        answer = maya.get(address, follow=True)
        assert ("Pay $200.00" in answer.content.decode()) is on, address
    books.credit_note("300.00")  # paying by credit is paying as well
    form = charge(account.pk, mine, other)
    for more in ({}, {"credit": "all", "shown_charge": "0.00 USD"}):
        answer = maya.post("/pay/", {**form, **more, "submission_key": str(new_id())})
        if not on:
            assert answer.status_code == 422
            assert "one" in answer.content.decode()
    with scope(world.job):
        mine.refresh_from_db()
        assert (PaymentAttempt.objects.exists() or not mine.balance) is on
    assert "Pay $100.00" in text(maya, f"/pay/?invoice={mine.pk}") or on, "one by itself is paid either way"


@both
def test_11_maya_may_review_or_there_is_no_such_thing(
    world: World, books: Books, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, customer_reviews=on)
    books.pay("100.00", (mine, "100.00"))
    ways = ["/reviews/", f"/reviews/invoice/{mine.pk}/"]
    assert set(answers(maya, ways).values()) == {200 if on else 404}
    assert ('href="/reviews/"' in text(maya, "/")) is on
    assert (ways[1] in text(maya, f"/invoices/{mine.pk}/")) is on
    assert maya.post(ways[1], {"rating": "4"}).status_code == (302 if on else 404)


@both
def test_12_sales_orders_are_seen_everywhere_or_nowhere(world: World, maya: Client, on: bool) -> None:
    choose(world, show_sales_orders=on)
    made: SalesOrder = order(world)
    invoice = invoice_order(actor=world.olive, order=made, issue=True)
    assert bool(mailed(world, "leo")) is on
    link = link_to(world, "sales_order", made.pk)
    for browser in (maya, signed_in(world.leo)):
        seen = answers(browser, addresses_of("sales_order", "sales-orders", made.pk))
        assert set(seen.values()) == {200 if on else 404}, seen
        assert ("/sales-orders/" in text(browser, "/")) is on
    for address in (
        "/",
        f"/invoices/{invoice.pk}/",
        f"/invoices/?order={made.pk}",
        "/profile/",
        "/conversations/",
    ):
        assert on or made.number not in text(maya, address), address
        assert on or "/sales-orders/" not in text(maya, address), address
    assert (made.number in text(maya, f"/invoices/{invoice.pk}/")) is on
    assert (Client().get(link).status_code == 200) is on


def link_to(world: World, kind: str, document_id: Any) -> str:
    """A link that Olive makes for Ada, without its host."""
    return urlsplit(make_link(world.olive, kind, document_id, ADA)).path


@both
def test_13_credit_notes_are_seen_everywhere_or_nowhere(
    world: World, books: Books, mine: Invoice, maya: Client, on: bool
) -> None:
    note: CreditNote = books.credit_note("150.00")
    post_comment(
        actor=world.maya, kind=kind_of("credit_note"), document_id=note.pk, text="Oh", submission_key=new_id()
    )
    choose(world, show_credit_notes=on)
    apply_credit(actor=world.olive, source=note, invoice=mine, amount=books.money("40.00"))
    send_credit_note(actor=world.olive, credit_note=note)
    assert bool([each for each in mailed(world, "maya") if note.number in each]) is on
    seen = answers(maya, addresses_of("credit_note", "credit-notes", note.pk))
    assert set(seen.values()) == {200 if on else 404}, seen
    assert ('href="/credit-notes/"' in text(maya, "/")) is on
    for address in (
        "/",
        "/credits/",
        f"/invoices/{mine.pk}/",
        "/statements/?preset=all",
        "/statements/?preset=all&kind=outstanding",
        "/conversations/",
        f"/pay/?invoice={mine.pk}",
    ):
        assert on or f"/credit-notes/{note.pk}/" not in text(maya, address), address
    assert (note.number in text(maya, "/conversations/")) is on
    assert (Client().get(link_to(world, "credit_note", note.pk)).status_code == 200) is on
    assert "$110" in text(maya, "/credits/"), "what is owed to Greenleaf is said either way"


@both
def test_14_a_public_link_asks_for_a_code_or_shows_its_document(
    world: World, mine: Invoice, on: bool
) -> None:
    choose(world, links_verify_identity=on)
    link, ada = link_to(world, "invoice", mine.pk), Client()
    assert (mine.number in text(ada, link)) is not on
    for more in ("pdf", "print", "pay/"):
        answer = ada.get(link + more)
        assert (answer.status_code, answer.get("Location")) == ((302, link) if on else (200, None)), more
    choose(world, links_verify_identity=True)
    assert mine.number not in text(ada, link), "seen before is not confirmed"


@both
def test_15_subscriptions_are_seen_everywhere_or_nowhere(
    world: World, mine: Invoice, maya: Client, on: bool
) -> None:
    row = fed(world, invoices=(mine.number,))
    choose(world, show_subscriptions=on)
    ways = ["/subscriptions/", f"/subscriptions/{row.pk}/"]
    ways += [f"/lists/subscription/{each}" for each in ("export.csv", "export.xlsx", "views/", "views/new")]
    seen = answers(maya, ways)
    assert set(seen.values()) == {200 if on else 404}, seen
    assert ('href="/subscriptions/"' in text(maya, "/")) is on
    assert ("Hose care" in text(maya, f"/invoices/?subscription={row.pk}")) is on
    assert on or "/subscriptions/" not in text(maya, f"/invoices/{mine.pk}/")


@both
def test_16_maya_adds_payment_methods_or_keeps_only_what_she_has(
    world: World, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, customers_may_save_methods=on)
    account = card_account(world)
    assert ("Use this card for future transactions" in text(maya, f"/pay/?invoice={mine.pk}")) is on
    assert ("Payment methods" in text(maya, "/")) is on
    assert maya.get("/payment-methods/").status_code == (200 if on else 404)
    assert maya.get("/payment-methods/new/").status_code == (200 if on else 404)
    way = f"{account.pk}:card"
    kept = maya.post("/pay/", charge(account.pk, mine, **{f"save-{way}": "on"}))
    assert kept.status_code == (302 if on else 422)
    if on:
        saved_card(world.maya, account)
        choose(world, customers_may_save_methods=False)
        assert "Visa ending 4242" in text(maya, "/payment-methods/")
    with scope(world.job):
        assert PaymentAttempt.objects.filter(saves_method=True).exists() is on


@both
def test_17_maya_uses_greenleafs_credit_or_staff_do(
    world: World, books: Books, mine: Invoice, maya: Client, on: bool
) -> None:
    choose(world, customers_may_apply_credits=on)
    note, account = books.credit_note("150.00"), card_account(world)
    assert ("Use what you already have with us" in text(maya, f"/pay/?invoice={mine.pk}")) is on
    answer = maya.post("/pay/", charge(account.pk, mine, credit="all", shown_charge="0.00 USD"))
    assert answer.status_code == (302 if on else 422)
    with scope(world.job):
        mine.refresh_from_db()
        assert (not mine.balance) is on
        assert not PaymentAttempt.objects.exists()
    if not on:
        with pytest.raises(ForbiddenError):
            apply_credit(actor=world.maya, source=note, invoice=mine, amount=books.money("40.00"))
    with scope(world.job):
        assert Notification.objects.filter(event="payment_failed").count() == 0
