"""Maya's own profile, and what Greenleaf says about itself (S9.2)."""

from __future__ import annotations

import pytest

from portico.access.models import User
from portico.access.scope import scope
from portico.customers import queries
from portico.customers.models import DetailChange
from portico.notifications.customers import choices_of
from portico.notifications.models import Notification
from portico.organisations.actions.edit import edit_preferences
from portico.testing.clients import signed_in
from portico.testing.people import World

COMPANY = {
    "display_name": "Greenleaf Gardens Inc",
    "phone": "1",
    "billing_city": "Portland",
    "billing_country": "US",
}


def test_leo_changes_his_own_name_and_phone(world: World) -> None:
    answer = signed_in(world.leo).post(
        "/profile/", {"first_name": "Leonard", "last_name": "Ek", "phone": "7"}
    )
    assert answer.status_code == 302
    leo = queries.contact_for(world.olive, world.leo.person_id)
    assert (leo.full_name, leo.phone, leo.can_pay) == ("Leonard Ek", "7", False)
    assert User.objects.get(pk=world.leo.user_id).name == "Leonard Ek"
    with scope(world.olive):
        assert Notification.objects.filter(event="profile_changed").count() == 1


def test_leo_gives_himself_no_permission_on_the_way(world: World) -> None:
    signed_in(world.leo).post("/profile/", {"first_name": "Leo", "can_pay": "on", "email": "x@example.com"})
    leo = queries.contact_for(world.olive, world.leo.person_id)
    assert (leo.can_pay, leo.email) == (False, world.email("leo"))


def test_maya_changes_the_company_and_its_addresses(world: World) -> None:
    client = signed_in(world.maya)
    assert client.post("/profile/customer/", COMPANY).status_code == 302
    page = client.get("/profile/").content.decode()
    for words in ("Greenleaf Gardens Inc", "Portland", "United States"):
        assert words in page
    with scope(world.maya):
        assert sorted(DetailChange.objects.values_list("event", flat=True)) == ["address", "details"]
    history = client.get("/profile/contacts/").content.decode()
    assert "Name: Greenleaf Gardens Ltd → Greenleaf Gardens Inc" in history
    with scope(world.olive):
        assert Notification.objects.filter(event="profile_changed").count() == 2


def test_tax_terms_and_currency_are_not_the_customers_to_change(world: World) -> None:
    form = {**COMPANY, "tax_number": "X", "tax_treatment": "exempt", "currency": "EUR", "credit_limit": "1"}
    signed_in(world.maya).post("/profile/customer/", form)
    customer = queries.customer_for(world.olive, world.greenleaf.pk)
    assert (customer.tax_number, customer.tax_treatment, customer.currency) == ("", "taxable", "USD")
    assert 'name="tax' not in signed_in(world.maya).get("/profile/customer/").content.decode()


def test_a_wrong_value_is_said_beside_its_field(world: World) -> None:
    answer = signed_in(world.maya).post("/profile/customer/", {**COMPANY, "website": "ftp://x"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'id="id_website_error"' in text
    assert queries.customer_for(world.olive, world.greenleaf.pk).display_name == "Greenleaf Gardens Ltd"


@pytest.mark.parametrize("may", [True, False])
def test_preference_8_decides_whether_details_are_edited(world: World, may: bool) -> None:
    edit_preferences(actor=world.olive, customers_may_upload=may)
    client = signed_in(world.maya)
    assert client.get("/profile/customer/").status_code == (200 if may else 403)
    assert client.post("/profile/customer/", COMPANY).status_code == (302 if may else 403)
    assert client.post("/profile/", {"first_name": "May"}).status_code == (302 if may else 422)
    assert ("Save your details" in client.get("/profile/").content.decode()) == may


def test_language_and_look_are_the_humans_own_and_need_no_preference(world: World) -> None:
    edit_preferences(actor=world.olive, customers_may_upload=False)
    client = signed_in(world.leo)
    answer = client.post("/profile/reading/", {"language": "en", "theme": "dark"})
    assert (answer.status_code, answer.cookies["portico_theme"].value) == (302, "dark")
    user = User.objects.get(pk=world.leo.user_id)
    assert (user.language, user.theme) == ("en", "dark")
    assert client.post("/profile/reading/", {"language": "xx"}).status_code == 422


def test_maya_chooses_her_e_mails(world: World) -> None:
    client = signed_in(world.maya)
    client.post("/profile/mails/", {"payment": "on", "comment": "on"})
    wanted = {event.value for event, yes in choices_of(world.maya).items() if yes}
    assert wanted == {"payment", "comment", "account", "autopay"}
    assert {event.value for event, yes in choices_of(world.leo).items() if not yes} == set()


def test_leo_who_manages_nothing_sees_no_way_there(world: World) -> None:
    text = signed_in(world.leo).get("/profile/").content.decode()
    assert "/profile/contacts/" not in text
    assert "/profile/customer/" not in text


def test_no_amount_is_on_the_profile_of_somebody_without_view_billing(world: World) -> None:
    assert "$" not in signed_in(world.leo).get("/profile/").content.decode().replace("$1", "")
