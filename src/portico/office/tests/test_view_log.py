"""Olive sees who looked at what, by document and by person; a scanner's visit is no view."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse
from django.utils.dateformat import format as date_format

from portico.access.scope import scope
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_world
from portico.transactions.models import DocumentView

LOG = "admin:transactions_documentview_changelist"


def test_the_log_is_filtered_by_document_and_person_and_reached_from_the_document(world: World) -> None:
    books = Books(world.olive, world.greenleaf)
    seen, unseen = books.invoice("100"), books.invoice("50")
    signed_in(world.maya).get(f"/invoices/{seen.pk}/")
    olive = signed_in(world.olive)
    page = olive.get(reverse("admin:invoices_invoice_change", args=[seen.pk])).content.decode()
    address = f"{reverse(LOG)}?document_id={seen.pk}"
    assert address in page
    assert f"Invoice {seen.number}" in olive.get(address).content.decode()
    assert (
        f"Invoice {seen.number}" not in olive.get(f"{reverse(LOG)}?document_id={unseen.pk}").content.decode()
    )
    assert (
        f"Invoice {seen.number}"
        in olive.get(f"{reverse(LOG)}?person={world.maya.person_id}").content.decode()
    )
    assert (
        f"Invoice {seen.number}"
        not in olive.get(f"{reverse(LOG)}?person={world.leo.person_id}").content.decode()
    )


def test_a_scanner_that_opens_the_links_of_a_mail_leaves_no_view(world: World) -> None:
    invoice = Books(world.olive, world.greenleaf).invoice("100")
    for _time in range(2):
        assert Client().get(f"/invoices/{invoice.pk}/").status_code == 302
        assert Client().head(f"/invoices/{invoice.pk}/").status_code == 302
    signed_in(world.maya).head(f"/invoices/{invoice.pk}/")
    signed_in(world.olive).get(reverse("admin:invoices_invoice_change", args=[invoice.pk]))
    with scope(world.job):
        assert not DocumentView.objects.exists()


def test_olive_reads_the_time_where_northwind_is() -> None:
    western = make_world(time_zone="America/Los_Angeles")
    invoice = Books(western.olive, western.greenleaf).invoice("100")
    signed_in(western.maya).get(f"/invoices/{invoice.pk}/")
    with scope(western.job):
        [seen] = DocumentView.objects.all()
    here = date_format(seen.at.astimezone(ZoneInfo("America/Los_Angeles")), "j M Y, H:i")
    assert here in signed_in(western.olive).get(reverse(LOG)).content.decode()
