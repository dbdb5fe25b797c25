"""Maya and Olive talk beside an invoice: who reads what, who hears of it, and what nobody can do."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.db.utils import ProgrammingError

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.comments.actions import MOST_AN_HOUR, hide_comment, post_comment, share_comment
from portico.comments.models import Comment
from portico.comments.tests.making import mine, page, say, texts
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from portico.kit.ids import new_id
from portico.notifications.models import Mail, Notification
from portico.organisations.models import Preferences
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.jobs import run_jobs
from portico.testing.mail import Mailbox, links_in, text_of
from portico.testing.people import World
from portico.transactions.kinds import kind_of

assert mine  # a fixture


def test_maya_writes_on_the_invoices_page_and_finds_it_there(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    key = browser.get(f"/invoices/{mine.pk}/").content.decode().split('name="submission_key" value="')[1]
    address = f"/conversations/invoice/{mine.pk}/"
    response = browser.post(address, {"text": "Two pots are broken.", "submission_key": key.split('"')[0]})
    assert response.status_code == 302
    assert response["Location"] == f"/invoices/{mine.pk}/#comments"
    assert "Two pots are broken." in page(world.maya, mine)


def test_with_htmx_the_comment_appears_in_its_place(world: World, mine: Invoice) -> None:
    sent = {"HX-Request": "true", "HX-Target": "comments"}
    response = signed_in(world.maya).post(
        f"/conversations/invoice/{mine.pk}/", {"text": "Hi", "submission_key": new_id()}, headers=sent
    )
    said = response.content.decode()
    assert response.status_code == 200
    assert said.lstrip().startswith("<section")
    assert "Your comment was sent." in said


def test_the_same_form_sent_twice_writes_one_comment(world: World, mine: Invoice) -> None:
    browser, key = signed_in(world.maya), new_id()
    for _again in range(2):
        browser.post(f"/conversations/invoice/{mine.pk}/", {"text": "Once", "submission_key": key})
    assert texts(world.maya, mine) == ["Once"]
    with scope(world.olive):
        assert Notification.objects.filter(event="comment").count() == 1


def test_nothing_and_too_much_are_refused_beside_the_field(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    for text, says in (("  \n ", "Write something first."), ("x" * 4_001, "1 character too long")):
        response = browser.post(
            f"/conversations/invoice/{mine.pk}/", {"text": text, "submission_key": new_id()}
        )
        assert response.status_code == 422
        assert says in response.content.decode()
    assert response.content.decode().count("x" * 4_001) == 1, "what was typed is still there"
    assert texts(world.maya, mine) == []


def test_a_form_without_its_key_is_told_to_load_again(world: World, mine: Invoice) -> None:
    response = signed_in(world.maya).post(f"/conversations/invoice/{mine.pk}/", {"text": "Hi"})
    assert response.status_code == 422


def test_what_is_typed_is_text_and_its_addresses_are_links(world: World, mine: Invoice) -> None:
    say(world.maya, mine, "<script>alert(1)</script>\nsee (https://x.example/a?b=1&c=2). javascript:alert(1)")
    shown = page(world.maya, mine)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    address = "https://x.example/a?b=1&amp;c=2"
    assert f'<a href="{address}" rel="nofollow ugc noopener noreferrer">{address}</a>).' in shown
    assert 'href="javascript' not in shown
    office = signed_in(world.olive).get(f"/office/conversations/{mine.pk}/").content.decode()
    assert "<script>alert(1)" not in office
    assert f'<a href="{address}" rel="nofollow ugc noopener noreferrer">' in office


def test_an_address_cannot_break_out_of_its_link(world: World, mine: Invoice) -> None:
    say(world.maya, mine, 'https://x.example/"onmouseover="alert(1) https://y.example/<b>')
    shown = page(world.maya, mine)
    assert '"onmouseover=' not in shown
    assert "<b>&" not in shown


def test_olives_answer_reaches_maya_by_mail_with_the_way_back(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    say(world.olive, mine, "New pots are on their way.")
    run_jobs()
    (message,) = mailbox.to(world.email("maya"))
    assert message["Subject"] == f"New comment on Invoice {mine.number}"
    assert "“New pots are on their way.”" in text_of(message)
    assert any(f"/invoices/{mine.pk}/#comments" in link for link in links_in(message))
    assert not mailbox.to(world.email("leo")), "who may not see invoices does not read about them"
    assert not mailbox.to(world.email("ines", "harbourview"))


def test_preference_7_off_means_no_mail(world: World, mine: Invoice, mailbox: Mailbox) -> None:
    with scope(world.olive):
        Preferences.objects.update(email_staff_comments=False)
    say(world.olive, mine, "New pots are on their way.")
    run_jobs()
    assert not mailbox.to(world.email("maya"))
    assert "New pots are on their way." in page(world.maya, mine)


def test_mayas_words_reach_olive_and_not_mayas_colleagues_mailbox(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    say(world.maya, mine, "Where are my pots?\n\nPay here: https://evil.example/")
    run_jobs()
    (message,) = mailbox.to(world.email("olive", "northwind"))
    assert f"Maya of Greenleaf Gardens Ltd commented on Invoice {mine.number}" in str(message["Subject"])
    html = message.get_body(("html",))
    assert html is not None
    assert 'href="https://evil.example/' not in html.get_content(), "a customer's words make no button"
    assert not mailbox.to(world.email("maya"))


def test_an_internal_comment_does_not_exist_for_customers(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    secret = say(world.olive, mine, "They never pay on time.", in_portal=False)
    run_jobs()
    assert not mailbox.to(world.email("maya"))
    assert "never pay" not in page(world.maya, mine)
    assert texts(world.maya, mine) == []
    assert texts(world.olive, mine) == ["They never pay on time."]
    with scope(world.maya), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM comments_comment WHERE id = %s OR NOT in_portal", [secret.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM comments_unread")
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE comments_comment SET in_portal = true WHERE id = %s", [secret.pk])
        assert cursor.rowcount == 0


def test_a_customer_changes_and_deletes_nothing_that_was_written_even_by_sql(
    world: World, mine: Invoice
) -> None:
    own, theirs = say(world.maya, mine, "Mine"), say(world.olive, mine, "Theirs")
    with scope(world.maya), connection.cursor() as cursor:
        for statement in (
            "UPDATE comments_comment SET text = 'No' WHERE id = ANY (%s)",
            "DELETE FROM comments_comment WHERE id = ANY (%s)",
        ):
            cursor.execute(statement, [[own.pk, theirs.pk]])
            assert cursor.rowcount == 0
    assert texts(world.olive, mine) == ["Mine", "Theirs"]


@pytest.mark.parametrize(
    "lie",
    [
        {"contact_person_id": "colleague"},
        {"contact_person_id": None},
        {"contact_person_id": None, "staff_member_id": "olive"},
        {"in_portal": False},
    ],
)
def test_nobody_writes_in_anothers_name_even_by_sql(
    world: World, mine: Invoice, lie: dict[str, object]
) -> None:
    people = {"colleague": world.leo.person_id, "olive": world.olive.staff_id}
    given = {
        "organisation_id": world.organisation.pk,
        "customer_id": world.greenleaf.pk,
        "document_kind": "invoice",
        "document_id": mine.pk,
        "contact_person_id": world.maya.person_id,
        "author_name": "Maya",
        "text": "Hi",
        "submission_key": new_id(),
    } | {key: people.get(str(value), value) for key, value in lie.items()}
    with pytest.raises(ProgrammingError, match="row-level security"), scope(world.maya):
        Comment.objects.create(**given)


def test_strangers_and_colleagues_without_the_permission_write_nothing(world: World, mine: Invoice) -> None:
    with pytest.raises(NotFoundError):
        say(world.ines, mine, "Hello")
    with pytest.raises(ForbiddenError):
        say(world.leo, mine, "Hello")


def test_olive_hides_what_she_wrote_and_its_trace_stays(world: World, mine: Invoice) -> None:
    wrong = say(world.olive, mine, "Wrong invoice, sorry.")
    assert "1 new comment" in signed_in(world.maya).get("/").content.decode()
    hide_comment(actor=world.olive, comment=wrong)
    assert "Wrong invoice" not in page(world.maya, mine)
    assert "1 new comment" not in signed_in(world.maya).get("/").content.decode()
    with scope(world.maya), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM comments_comment")
        assert cursor.fetchone() == (0,)
    office = signed_in(world.olive).get(f"/office/conversations/{mine.pk}/").content.decode()
    assert "Wrong invoice" in office
    assert "Hidden by Olive" in office
    with scope(world.olive):
        assert AuditRecord.objects.filter(action="hide_comment", object_id=wrong.pk).exists()


def test_maya_hides_nothing(world: World, mine: Invoice) -> None:
    with pytest.raises(ForbiddenError):
        hide_comment(actor=world.maya, comment=say(world.maya, mine, "Mine"))


def test_an_internal_comment_made_visible_is_news_to_maya(
    world: World, mine: Invoice, mailbox: Mailbox
) -> None:
    comment = say(world.olive, mine, "The pots come on Friday.", in_portal=False)
    share_comment(actor=world.olive, comment=comment)
    share_comment(actor=world.olive, comment=comment)
    run_jobs()
    assert len(mailbox.to(world.email("maya"))) == 1
    assert "The pots come on Friday." in page(world.maya, mine)


def test_beside_a_draft_only_internal_comments_are_written(world: World) -> None:
    draft = Books(world.olive, world.greenleaf).drafted("10")
    with pytest.raises(InvalidError, match="draft"):
        say(world.olive, draft, "Hello")
    comment = say(world.olive, draft, "Check the price.", in_portal=False)
    with pytest.raises(InvalidError, match="draft"):
        share_comment(actor=world.olive, comment=comment)
    with pytest.raises(NotFoundError):
        say(world.maya, draft, "Hello")


def test_nobody_floods_the_office(world: World, mine: Invoice) -> None:
    with scope(world.maya):
        for count in range(MOST_AN_HOUR):
            say(world.maya, mine, f"{count}")
    with pytest.raises(ConflictError):
        say(world.maya, mine, "And another thing")
    with clock.held_at(clock.now() + timedelta(hours=2)):
        say(world.maya, mine, "And another thing")


def test_comments_stand_beside_payments_too(world: World) -> None:
    payment = Books(world.olive, world.greenleaf).pay("10")
    post_comment(
        actor=world.maya,
        kind=kind_of("payment"),
        document_id=payment.pk,
        text="Did it arrive?",
        submission_key=new_id(),
    )
    assert "Did it arrive?" in signed_in(world.maya).get(f"/payments/{payment.pk}/").content.decode()


def test_a_session_that_ended_is_sent_to_sign_in_and_writes_nothing(world: World, mine: Invoice) -> None:
    browser = signed_in(world.maya)
    browser.logout()
    address = f"/conversations/invoice/{mine.pk}/"
    given = {"text": "Hi", "submission_key": new_id()}
    assert browser.post(address, given).status_code == 302
    answer = browser.post(address, given, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"].split("?")[0]) == (204, "/account/login/")
    assert texts(world.olive, mine) == []


def test_no_mail_goes_out_for_what_was_rolled_back(world: World, mine: Invoice) -> None:
    with suppress(ZeroDivisionError), scope(world.olive):
        say(world.olive, mine, "Never said")
        raise ZeroDivisionError
    with scope(world.olive):
        assert not Mail.objects.filter(key__startswith="comment/").exists()
    assert not [each for each in django_mail.outbox if "Never said" in each.body]
