"""Maya sends an invoice on: who gets it, who they become, and what stops her."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
from pypdf import PdfReader

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson, PortalState
from portico.customers.queries import changes_of
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.notifications.models import Mail, Notification
from portico.organisations.models import Preferences
from portico.sharing.forwarding.actions import MOST_A_DAY, MOST_AT_ONCE, forward_document
from portico.sharing.forwarding.models import ForwardedTo, Forwarding
from portico.sharing.forwarding.recipients import Recipient, read_recipients
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, text_of
from portico.testing.people import World
from portico.transactions.kinds import kind_of


@pytest.fixture
def mine(world: World) -> Invoice:
    """An invoice of Greenleaf's."""
    return Books(world.olive, world.greenleaf).invoice("100")


def _send(actor: ContactActor, about: Invoice, *addresses: str, message: str = "") -> Forwarding:
    return forward_document(
        actor=actor,
        kind=kind_of("invoice"),
        document_id=about.pk,
        others=[Recipient("Anna Berg", address) for address in addresses],
        message=message,
        submission_key=new_id(),
    )


def _post(world: World, about: Invoice, **given: object) -> tuple[int, str]:
    data = {"submission_key": new_id(), "addresses": "", "message": "", **given}
    answer = signed_in(world.maya).post(f"/forward/invoice/{about.pk}/", data)
    return answer.status_code, answer.content.decode()


def _people(world: World) -> dict[str, ContactPerson]:
    with scope(world.olive):
        found = ContactPerson.objects.filter(customer=world.greenleaf)
        return {person.email: person for person in found}


def test_each_recipient_gets_a_mail_of_their_own_with_the_pdf(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    anna, tom = f"anna.{world.tag}@bank.example", f"tom.{world.tag}@bank.example"
    status, _page = _post(
        world, mine, addresses=f"Anna Berg <{anna}>\n{tom}", message="Please pay.\n\nThanks, Maya"
    )
    assert status == 302
    run_jobs()
    for address, other in ((anna, tom), (tom, anna)):
        (message,) = mailbox.to(address)
        assert other not in message.as_string()
        assert message["Subject"] == f"Invoice {mine.number} from Northwind Traders, sent on by Maya"
        assert "Please pay." in text_of(message)
        assert world.email("maya") in text_of(message)
        (file,) = message.iter_attachments()
        assert file.get_filename() == f"{mine.number}.pdf"
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert mine.number in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_who_is_new_becomes_a_contact_person_who_may_nothing(world: World, mine: Invoice) -> None:
    anna = f"anna.{world.tag}@bank.example"
    _send(world.maya, mine, anna)
    person = _people(world)[anna]
    assert person.full_name == "Anna Berg"
    assert person.portal_state == PortalState.NOT_INVITED
    assert person.permissions == frozenset()
    assert person.user_id is None
    assert not person.is_primary
    told = changes_of(world.maya)[0]
    assert (told.event, told.subject, told.actor_name) == ("contact_added", "Anna Berg", world.maya.name)


def test_who_is_a_contact_person_already_stays_who_they_are(world: World, mine: Invoice) -> None:
    before = _people(world)
    _send(world.maya, mine, world.email("leo").upper(), world.email("maya"))
    after = _people(world)
    assert set(before) == set(after)
    assert after[world.email("leo")].permissions == before[world.email("leo")].permissions
    with scope(world.olive):
        reached = set(ForwardedTo.objects.values_list("contact_person_id", flat=True))
    assert reached == {world.leo.person_id, world.maya.person_id}


def test_a_ticked_person_and_the_same_typed_address_is_one_mail(world: World, mine: Invoice) -> None:
    leo = str(world.leo.person_id)
    status, _page = _post(world, mine, people=[leo], addresses=world.email("leo"))
    assert status == 302
    with scope(world.olive):
        assert Mail.objects.filter(key__startswith="forwarding/").count() == 1


def test_another_customers_person_cannot_be_ticked(world: World, mine: Invoice) -> None:
    status, shown = _post(world, mine, people=[str(world.ines.person_id)])
    assert status == 422
    assert world.email("ines", "harbourview") not in shown
    with pytest.raises(InvalidError):
        forward_document(
            actor=world.maya,
            kind=kind_of("invoice"),
            document_id=mine.pk,
            persons=[world.ines.person_id],
            submission_key=new_id(),
        )


def test_the_preview_shows_the_mail_and_sends_nothing(world: World, mine: Invoice) -> None:
    status, shown = _post(world, mine, addresses="tom@bank.example", message="<b>Please</b> pay", preview="1")
    assert status == 200
    assert f"Invoice {mine.number} from Northwind Traders, sent on by Maya" in shown
    assert "&lt;b&gt;Please&lt;/b&gt; pay" in shown
    assert f"{mine.number}.pdf" in shown
    assert "tom@bank.example" not in _people(world)
    with scope(world.olive):
        assert not Forwarding.objects.exists()


def test_the_page_keeps_its_strict_policy(world: World, mine: Invoice) -> None:
    answer = signed_in(world.maya).get(f"/forward/invoice/{mine.pk}/")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_same_form_sent_twice_goes_out_once(world: World, mine: Invoice) -> None:
    key = new_id()
    for _again in range(2):
        assert _post(world, mine, addresses="tom@bank.example", submission_key=key)[0] == 302
    with scope(world.olive):
        assert Forwarding.objects.count() == 1
        assert Mail.objects.filter(key__startswith="forwarding/").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        "nobody",
        "a@b",
        "tom@bank.example\x00",
        "Tom tom@bank.example",
        "tom@bank.example Bcc: spy@evil.example",
        "https://evil.example <tom@bank.example>",
        "Pay at www.evil.example <tom@bank.example>",
        "Tom <tom@bank.example> <spy@evil.example>",
    ],
)
def test_what_is_no_address_is_refused_beside_the_field(world: World, mine: Invoice, typed: str) -> None:
    status, shown = _post(world, mine, addresses=typed)
    assert status == 422
    assert "id_addresses_error" in shown
    with scope(world.olive):
        assert not Forwarding.objects.exists()


def test_a_line_break_starts_a_new_recipient_and_no_header(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    status, _shown = _post(world, mine, addresses="tom@bank.example\r\nBcc: spy@evil.example")
    assert status == 422
    tom = f"tom.{world.tag}@bank.example"
    _send(world.maya, mine, tom, message="Hi\r\nBcc: spy@evil.example\r\n\r\nText")
    run_jobs()
    (message,) = mailbox.to(tom)
    assert message["Bcc"] is None
    assert not mailbox.to("spy@evil.example")


def test_the_senders_words_make_no_button_in_northwinds_mail(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    tom = f"tom.{world.tag}@bank.example"
    _send(
        world.maya,
        mine,
        tom,
        message="Pay here: https://evil.example/\n\nhttps://evil.example/",
    )
    run_jobs()
    html = mailbox.to(tom)[0].get_body(("html",))
    assert html is not None
    assert 'href="https://evil.example' not in html.get_content()
    assert "Maya:" in html.get_content()


def test_addresses_are_read_as_people_paste_them() -> None:
    read = read_recipients(
        'Anna Berg <Anna@Bank.example>; "Tom O\'Hara" <tom@bank.example>, anna@bank.example'
    )
    assert read == [Recipient("Anna Berg", "anna@bank.example"), Recipient("Tom O'Hara", "tom@bank.example")]
    assert read_recipients("jo.ann_smith@bank.example")[0].name == "Jo Ann Smith"
    assert read_recipients("محمد <m@bank.example>")[0].name == "محمد"


def test_twenty_at_once_and_a_hundred_a_day(world: World, mine: Invoice) -> None:
    several = [f"p{count}@bank.example" for count in range(MOST_AT_ONCE + 1)]
    with pytest.raises(InvalidError, match="At most 20"):
        _send(world.maya, mine, *several)
    for _again in range(MOST_A_DAY // MOST_AT_ONCE):
        _send(world.maya, mine, *several[:MOST_AT_ONCE])
    with pytest.raises(ConflictError, match="0 more people today"):
        _send(world.maya, mine, "one@bank.example")
    status, shown = _post(world, mine, addresses="one@bank.example")
    assert status == 422
    assert "at most 100 a day" in shown
    with clock.held_at(clock.now() + timedelta(days=1, minutes=1)):
        _send(world.maya, mine, "one@bank.example")


def test_preference_9_off_there_is_no_forwarding(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    button = f"/forward/invoice/{mine.pk}/"
    assert button in browser.get(f"/invoices/{mine.pk}/").content.decode()
    with scope(world.olive):
        Preferences.objects.update(customers_may_forward=False)
    assert button not in browser.get(f"/invoices/{mine.pk}/").content.decode()
    assert browser.get(button).status_code == 404
    assert _post(world, mine, addresses="tom@bank.example")[0] == 404
    with pytest.raises(NotFoundError):
        _send(world.maya, mine, "tom@bank.example")


def test_only_what_one_may_see_is_sent_on(world: World, mine: Invoice) -> None:
    with pytest.raises(ForbiddenError):
        _send(world.leo, mine, "tom@bank.example")
    with pytest.raises(NotFoundError):
        _send(world.ines, mine, "tom@bank.example")
    with pytest.raises(NotFoundError):
        _send(world.maya, Books(world.olive, world.greenleaf).drafted("10"), "tom@bank.example")


def test_the_history_tells_it_and_olive_hears_of_it(world: World, mine: Invoice) -> None:
    _send(world.maya, mine, "tom@bank.example", "anna@bank.example")
    shown = signed_in(world.maya).get(f"/invoices/{mine.pk}/").content.decode()
    assert "Forwarded by Maya to" in shown
    assert "tom@bank.example" in shown
    with scope(world.olive):
        told = Notification.objects.get(event="forwarded")
    assert told.title == f"Maya of Greenleaf Gardens Ltd forwarded Invoice {mine.number}"
    assert "tom@bank.example" in told.body


def test_a_receipt_a_credit_note_and_a_retainer_go_out_too(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    books = Books(world.olive, world.greenleaf)
    made: list[tuple[str, UUID, str]] = [
        ("payment", (paid := books.pay("10", (mine, "10"))).pk, paid.number),
        ("credit_note", (note := books.credit_note("5")).pk, note.number),
        ("retainer_invoice", (retainer := books.retainer("7")).pk, retainer.number),
    ]
    for kind, key, number in made:
        address = f"{kind}.{world.tag}@bank.example"
        answer = signed_in(world.maya).post(
            f"/forward/{kind}/{key}/", {"addresses": address, "submission_key": new_id()}
        )
        assert answer.status_code == 302, kind
        run_jobs()
        (file,) = mailbox.to(address)[0].iter_attachments()
        assert file.get_filename() == f"{number}.pdf"


def test_a_session_that_ended_sends_nothing(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    browser.logout()
    answer = browser.post(
        f"/forward/invoice/{mine.pk}/", {"addresses": "tom@bank.example", "submission_key": new_id()}
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    with scope(world.olive):
        assert not Forwarding.objects.exists()
