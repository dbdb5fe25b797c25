"""Olive looks at the portal as Maya sees it: read-only, marked, recorded, and never counted as a view (S1.8)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.customers.actions import set_active
from portico.customers.models import ContactPerson
from portico.invoices.models import Invoice
from portico.kit import clock
from portico.organisations.models import StaffMember
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_customer, make_world
from portico.transactions.models import DocumentView


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Books(world.olive, world.greenleaf).invoice("100.00")


def previewing(world: World, person_id: UUID) -> Client:
    olive = signed_in(world.olive)
    answer = olive.post(reverse("admin:preview-contact", args=[person_id]))
    assert answer.headers["Location"] == "/"
    return olive


def trail(world: World) -> list[tuple[str, str, str]]:
    with scope(world.job):
        rows = AuditRecord.objects.filter(action__endswith="_preview").order_by("at", "pk")
        return [(row.actor_name, row.action, row.object_kind) for row in rows]


def test_olive_sees_what_maya_sees_marked_as_a_preview(world: World, invoice: Invoice) -> None:
    olive = previewing(world, world.maya.person_id)
    page = olive.get(f"/invoices/{invoice.pk}/").content.decode()
    assert "You see what Maya of Greenleaf Gardens Ltd sees." in page
    assert "Leave the preview" in page
    assert invoice.number in page
    leo = previewing(world, world.leo.person_id)
    assert leo.get(f"/invoices/{invoice.pk}/").status_code == 403, (
        "Leo may not see billing, so neither may his preview"
    )
    assert b"You see what Leo" in leo.get("/").content


def test_nothing_counts_as_a_view(world: World, invoice: Invoice) -> None:
    olive = previewing(world, world.maya.person_id)
    for more in ("", "pdf", "print"):
        assert olive.get(f"/invoices/{invoice.pk}/{more}").status_code == 200
    with scope(world.job):
        assert not DocumentView.objects.exists()
        assert Invoice.objects.get(pk=invoice.pk).first_viewed_at is None
    signed_in(world.maya).get(f"/invoices/{invoice.pk}/")
    with scope(world.job):
        assert DocumentView.objects.count() == 1


@pytest.mark.parametrize("name", ["pay", "pay_summary"])
def test_nothing_can_be_changed(world: World, invoice: Invoice, name: str) -> None:
    olive = previewing(world, world.maya.person_id)
    answer = olive.post(reverse(name), {"invoice": str(invoice.pk)})
    assert answer.status_code == 403
    assert b"This is a preview" in answer.content
    assert olive.put("/").status_code == 403
    assert olive.delete("/").status_code == 403


def test_the_database_refuses_what_a_page_would_write(world: World, invoice: Invoice) -> None:
    from django.db import InternalError

    from portico.access.scope import only_reading

    with pytest.raises(InternalError, match="read-only"), only_reading(), scope(world.job):
        Invoice.objects.filter(pk=invoice.pk).update(reference="written")


def test_it_is_recorded_at_start_and_end(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    answer = olive.post(reverse("leave_preview"))
    assert answer.headers["Location"] == reverse("admin:customers_customer_change", args=[world.greenleaf.pk])
    person = "customers.contactperson"
    assert trail(world) == [("Olive", "start_preview", person), ("Olive", "end_preview", person)]
    read = olive.get(reverse("admin:access_auditrecord_changelist")).content.decode()
    assert "Maya, Greenleaf Gardens Ltd" in read, "the trail says whose portal it was"
    assert olive.get("/").headers["Location"] == reverse("admin:index"), "she is nobody's contact person"
    assert olive.get("/invoices/").status_code == 403


def test_it_ends_after_half_an_hour(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    assert olive.get("/").status_code == 200
    with clock.held_at(clock.now() + timedelta(minutes=31)):
        assert olive.get("/").headers["Location"] == "/office/"
    assert [each[1] for each in trail(world)] == ["start_preview", "end_preview"]


def test_it_ends_with_the_staff_members_access(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    with scope(world.job):
        StaffMember.objects.filter(pk=world.olive.staff_id).update(is_active=False)
    assert olive.get("/").status_code == 302
    assert olive.get("/").status_code == 403
    assert [each[1] for each in trail(world)] == ["start_preview", "end_preview"]


def test_it_ends_with_the_customer(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    set_active(actor=world.olive, customer=world.greenleaf, is_active=False)
    assert olive.get("/").headers["Location"] == "/office/"


def test_the_office_stays_the_office(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    assert olive.get("/office/").status_code == 200
    assert b"You see what Maya" not in olive.get("/office/").content


def test_a_customer_without_contact_persons_is_seen_as_somebody_who_may_everything(world: World) -> None:
    with scope(world.job):
        lonely = make_customer(world.organisation, "Lonely Ltd")
    invoice = Books(world.olive, lonely).invoice("5.00")
    olive = signed_in(world.olive)
    olive.post(reverse("admin:preview-customer", args=[lonely.pk]))
    assert b"of Lonely Ltd sees" in olive.get("/").content
    assert olive.get(f"/invoices/{invoice.pk}/").status_code == 200


def test_the_first_contact_person_stands_for_the_customer(world: World) -> None:
    with scope(world.job):
        ContactPerson.objects.filter(pk=world.leo.person_id).update(is_primary=True)
    olive = signed_in(world.olive)
    olive.post(reverse("admin:preview-customer", args=[world.greenleaf.pk]))
    assert b"You see what Leo" in olive.get("/").content


def test_nobody_previews_other_organisations_or_without_being_staff(world: World) -> None:
    elsewhere = make_world()
    address = reverse("admin:preview-contact", args=[world.maya.person_id])
    assert signed_in(elsewhere.olive).post(address).status_code == 404
    assert signed_in(world.ines).post(address).status_code == 403
    assert Client().post(address).status_code == 302


def test_every_page_of_the_portal_can_be_previewed(world: World, invoice: Invoice) -> None:
    olive = previewing(world, world.maya.person_id)
    nav = olive.get("/").content.decode().split('<nav class="sidebar"')[1].split("</nav>")[0]
    addresses = set(re.findall(r'<a href="(/[^"]*)"', nav))
    assert "/invoices/" in addresses
    for address in addresses:
        assert olive.get(address).status_code == 200, address


def test_signing_out_ends_the_preview_with_a_record(world: World) -> None:
    olive = previewing(world, world.maya.person_id)
    assert olive.post("/account/logout/").status_code == 302
    assert [action for _name, action, _kind in trail(world)] == ["start_preview", "end_preview"]
