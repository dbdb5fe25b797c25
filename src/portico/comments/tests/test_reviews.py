"""Maya says what she thinks, to Northwind alone, where Northwind asks (preference 11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from portico.access.actors import Permission
from portico.access.scope import scope
from portico.comments.models import Review
from portico.comments.tests.making import mine, page
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.notifications.models import Notification
from portico.organisations.models import Preferences
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact

assert mine  # a fixture


@pytest.fixture
def asked(world: World) -> World:
    """Northwind asks for reviews."""
    with scope(world.olive):
        Preferences.objects.update(customer_reviews=True)
    return world


@pytest.fixture
def paid(asked: World, mine: Invoice) -> Invoice:
    """Maya's invoice, paid."""
    Books(asked.olive, asked.greenleaf).pay("100", (mine, "100"))
    return mine


def _reviews(world: World) -> list[tuple[int, str]]:
    with scope(world.olive):
        return list(Review.objects.order_by("at").values_list("rating", "text"))


def test_off_there_is_no_trace_of_reviews(world: World, mine: Invoice) -> None:
    Books(world.olive, world.greenleaf).pay("100", (mine, "100"))
    browser = signed_in(world.maya)
    for address in ("/reviews/", f"/reviews/invoice/{mine.pk}/"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"rating": "5"}).status_code == 404
    assert "review" not in page(world.maya, mine).lower()
    assert "/reviews/" not in browser.get("/").content.decode()


def test_maya_reviews_a_paid_invoice_and_olive_hears_of_it(asked: World, paid: Invoice) -> None:
    assert f"/reviews/invoice/{paid.pk}/" in page(asked.maya, paid)
    given = {"rating": "4", "text": "Pots fine,\n<b>slow</b>."}
    answer = signed_in(asked.maya).post(f"/reviews/invoice/{paid.pk}/", given)
    assert answer["Location"] == f"/invoices/{paid.pk}/"
    assert _reviews(asked) == [(4, "Pots fine,\n<b>slow</b>.")]
    with scope(asked.olive):
        told = Notification.objects.get(event="review")
    assert told.title == f"Maya of Greenleaf Gardens Ltd gave {paid.number} 4 of 5"
    assert "You gave it 4 of 5." in page(asked.maya, paid)
    office = signed_in(asked.olive).get("/office/comments/review/").content.decode()
    assert "4.0 of 5 on average" in office
    assert "<b>slow</b>" not in office


def test_what_is_not_paid_yet_is_not_reviewed(asked: World, mine: Invoice) -> None:
    address = f"/reviews/invoice/{mine.pk}/"
    assert address not in page(asked.maya, mine)
    browser = signed_in(asked.maya)
    assert "Not yet" in browser.get(address).content.decode()
    assert browser.post(address, {"rating": "5"}).status_code == 422
    assert _reviews(asked) == []


def test_it_can_be_changed_for_a_fortnight(asked: World, paid: Invoice) -> None:
    browser, address = signed_in(asked.maya), f"/reviews/invoice/{paid.pk}/"
    browser.post(address, {"rating": "4"})
    browser.post(address, {"rating": "2", "text": "They broke."})
    assert _reviews(asked) == [(2, "They broke.")], "one of each person for each document"
    with clock.held_at(clock.now() + timedelta(days=14, minutes=1)):
        later = signed_in(asked.maya)
        assert later.post(address, {"rating": "5"}).status_code == 422
        assert 'name="rating"' not in later.get(address).content.decode()
    assert _reviews(asked) == [(2, "They broke.")]


@pytest.mark.parametrize("rating", ["0", "6", "", "five"])
def test_only_one_to_five(asked: World, paid: Invoice, rating: str) -> None:
    answer = signed_in(asked.maya).post(f"/reviews/invoice/{paid.pk}/", {"rating": rating})
    assert answer.status_code == 422
    assert "Choose one to five." in answer.content.decode()


def test_the_whole_is_reviewed_too(asked: World) -> None:
    browser = signed_in(asked.maya)
    assert browser.post("/reviews/", {"rating": "5", "text": "Always kind."}).status_code == 302
    assert "Always kind." in browser.get("/reviews/").content.decode()
    assert browser.post("/reviews/", {"rating": "5", "text": "x" * 2_001}).status_code == 422


def test_a_review_is_its_writers_and_the_organisations_alone(asked: World, paid: Invoice) -> None:
    with scope(asked.job):
        vera = make_contact(
            asked.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=asked.tag, company="greenleaf"
        )
    signed_in(asked.maya).post(f"/reviews/invoice/{paid.pk}/", {"rating": "1", "text": "Vera was late."})
    assert "Vera was late." not in signed_in(vera).get(f"/reviews/invoice/{paid.pk}/").content.decode()
    with scope(vera), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM comments_review")
        assert cursor.fetchone() == (0,)
    assert signed_in(asked.ines).get(f"/reviews/invoice/{paid.pk}/").status_code == 404
    assert signed_in(asked.leo).get(f"/reviews/invoice/{paid.pk}/").status_code == 403
