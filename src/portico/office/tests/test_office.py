"""Olive runs Northwind from the office: every list opens, every page acts through its action."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portico.access.actors import Role
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.credit_notes.models import CreditNote
from portico.customers.models import ContactPerson, Customer
from portico.invoices.models import Invoice
from portico.ledger.selfcheck import selfcheck
from portico.notifications.models import Mail, Notice, Notification
from portico.office.lists.base import OfficeAdmin
from portico.office.site import office
from portico.office.verbs import PAGES
from portico.organisations.models import Organisation, Preferences
from portico.payments.models import Payment, Refund
from portico.retainers.models import RetainerInvoice
from portico.testing.people import World, make_staff

LISTS = sorted(
    f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for model, shown in office._registry.items()
    if isinstance(shown, OfficeAdmin)
)


def signed_in(user_id: Any) -> Client:
    client = Client()
    from portico.access.models import User

    client.force_login(
        User.objects.get(pk=user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.fixture
def olive(world: World) -> Client:
    return signed_in(world.olive.user_id)


def send(client: Client, page: str, row: Any, **data: Any) -> Any:
    return client.post(reverse(f"admin:{page}", args=[row.pk] if row else []), data)


LINES = {
    "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-name": "Terracotta planter", "lines-0-quantity": "60",
    "lines-0-rate": "34",
    "discount_kind": "none", "discount_value": "0", "discount_when": "before_tax", "rounding": "none",
}  # fmt: skip


def write_invoice(client: Client, world: World, **more: Any) -> Invoice:
    data = {**LINES, "date": "2026-10-01", "due_date": "2026-10-31", "allow_partial_payments": "on", **more}
    answer = send(client, "new-invoice", world.greenleaf, **data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    with scope(world.olive):
        return Invoice.objects.visible_to(world.olive).latest("created_at")


def issued_invoice(client: Client, world: World) -> Invoice:
    invoice = write_invoice(client, world)
    assert send(client, "issue-invoice", invoice).status_code == 302
    with scope(world.olive):
        invoice.refresh_from_db()
    return invoice


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_and_searches(world: World, olive: Client, name: str) -> None:
    assert olive.get(reverse(f"{name}_changelist")).status_code == 200
    assert olive.get(reverse(f"{name}_changelist"), {"q": "north"}).status_code == 200
    with_add = olive.get(reverse(f"{name}_changelist") + "add/")
    assert with_add.status_code in (403, 404), "nothing is added through the admin itself"


@pytest.mark.parametrize("action", sorted(name for name, each in PAGES.items() if each.load is None))
def test_every_page_about_nothing_opens(world: World, olive: Client, action: str) -> None:
    assert olive.get(reverse(f"admin:{action}")).status_code == 200


def test_olive_writes_issues_and_is_paid(world: World, olive: Client) -> None:
    invoice = write_invoice(olive, world)
    assert (invoice.status, str(invoice.total)) == ("draft", "2040.00 USD")
    assert olive.get(reverse("admin:edit-invoice", args=[invoice.pk])).status_code == 200
    assert olive.get(reverse("admin:invoices_invoice_change", args=[invoice.pk])).status_code == 200
    assert send(olive, "issue-invoice", invoice).status_code == 302
    assert olive.get(reverse("admin:record-payment", args=[world.greenleaf.pk])).status_code == 200
    answer = send(
        olive, "record-payment", world.greenleaf,
        **{"amount": "2,100.00", "date": "2026-10-05", "mode": "cheque", "reference": "0815",
           f"allocations_{invoice.pk}": "2040.00"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    with scope(world.olive):
        invoice.refresh_from_db()
        payment = Payment.objects.visible_to(world.olive).get()
        assert invoice.status == "paid"
        assert str(payment.unused) == "60.00 USD"
    assert olive.get(reverse("admin:payments_payment_change", args=[payment.pk])).status_code == 200
    answer = send(olive, "refund-payment", payment, amount="60", date="2026-10-06", mode="cash")
    assert answer.status_code == 302
    with scope(world.olive):
        assert str(Refund.objects.visible_to(world.olive).get().amount) == "60.00 USD"
    assert not selfcheck(world.organisation.pk)


def test_more_than_open_is_said_next_to_the_invoice(world: World, olive: Client) -> None:
    invoice = issued_invoice(olive, world)
    answer = send(
        olive,
        "record-payment",
        world.greenleaf,
        **{"amount": "5000", "date": "2026-10-05", "mode": "cash", f"allocations_{invoice.pk}": "3000"},
    )
    assert answer.status_code == 422
    form = answer.context_data["form"]
    assert f"allocations_{invoice.pk}" in form.errors


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "1e9", "ten", "", "12,50", "1,2,3", "1,0000"])
def test_amounts_that_cannot_be_are_refused_at_the_field(world: World, olive: Client, amount: str) -> None:
    answer = send(olive, "record-payment", world.greenleaf, amount=amount, date="2026-10-05", mode="cash")
    assert answer.status_code == 422
    assert "amount" in answer.context_data["form"].errors


def test_amounts_may_be_typed_in_groups(world: World, olive: Client) -> None:
    answer = send(olive, "record-payment", world.greenleaf, amount="1,200.50", date="2026-10-05", mode="cash")
    assert answer.status_code == 302
    with scope(world.job):
        assert str(Payment.objects.get().amount) == "1200.50 USD"


def test_credit_notes_and_retainers_through_their_pages(world: World, olive: Client) -> None:
    invoice = issued_invoice(olive, world)
    assert send(olive, "new-credit-note", world.greenleaf, **LINES, date="2026-10-02").status_code == 302
    with scope(world.olive):
        note = CreditNote.objects.visible_to(world.olive).get()
    assert send(olive, "issue-credit-note", note).status_code == 302
    assert send(olive, "apply-credit-note", note, invoice=str(invoice.pk), amount="40").status_code == 302
    assert (
        send(olive, "refund-credit-note", note, amount="100", date="2026-10-09", mode="cash").status_code
        == 302
    )
    answer = send(olive, "new-retainer", world.greenleaf, **LINES, date="2026-10-02", due_date="2026-10-09")
    assert answer.status_code == 302
    with scope(world.olive):
        retainer = RetainerInvoice.objects.visible_to(world.olive).get()
    assert send(olive, "issue-retainer", retainer).status_code == 302
    paid = {"amount": "2040", "date": "2026-10-05", "mode": "cash", "retainer": str(retainer.pk)}
    assert send(olive, "record-payment", world.greenleaf, **paid).status_code == 302
    assert send(olive, "draw-retainer", retainer, invoice=str(invoice.pk), amount="500").status_code == 302
    assert send(olive, "write-off", invoice, reason="Gone bankrupt").status_code == 302
    with scope(world.olive):
        invoice.refresh_from_db()
        assert [str(each) for each in (invoice.credited, invoice.drawn, invoice.written_off, invoice.balance)] == [
            "40.00 USD", "500.00 USD", "1500.00 USD", "0.00 USD",
        ]  # fmt: skip
    for page, row in (
        ("invoices_invoice", invoice),
        ("credit_notes_creditnote", note),
        ("retainers_retainerinvoice", retainer),
    ):
        assert olive.get(reverse(f"admin:{page}_change", args=[row.pk])).status_code == 200
    assert not selfcheck(world.organisation.pk)


def test_customers_contacts_and_settings(world: World, olive: Client) -> None:
    data = {
        "kind": "business", "display_name": "Lindenhof GmbH", "currency": "EUR", "portal_language": "de",
        "tax_treatment": "taxable", "billing_street": "Lindenallee 4", "billing_city": "Bern", "billing_country": "CH",
        "credit_limit": "5000",
    }  # fmt: skip
    answer = send(olive, "new-customer", None, **data)
    assert answer.status_code == 302, answer.context_data["form"].errors
    with scope(world.olive):
        customer = Customer.objects.visible_to(world.olive).get(display_name="Lindenhof GmbH")
        assert str(customer.credit_limit) == "5000.00 EUR"
    assert olive.get(reverse("admin:customers_customer_change", args=[customer.pk])).status_code == 200
    assert olive.get(reverse("admin:edit-customer", args=[customer.pk])).status_code == 200
    assert send(olive, "edit-customer", customer, **data | {"phone": "+41 31 000 00 00"}).status_code == 302
    person = {"first_name": "Vreni", "email": f"vreni.{world.tag}@lindenhof.example", "can_pay": "on"}
    assert send(olive, "new-contact", customer, **person).status_code == 302
    with scope(world.olive):
        vreni = ContactPerson.objects.visible_to(world.olive).get(first_name="Vreni")
    assert send(olive, "invite-contact", vreni).status_code == 302
    with scope(world.olive):
        vreni.refresh_from_db()
        assert vreni.portal_state == "invited"
        preferences = Preferences.objects.get(organisation=world.organisation)
    assert olive.get(reverse("admin:edit-preferences", args=[preferences.pk])).status_code == 200
    assert send(olive, "edit-preferences", preferences, banner_message="Closed on Friday").status_code == 302
    with scope(world.olive):
        preferences.refresh_from_db()
        assert (preferences.banner_message, preferences.allow_sign_up) == ("Closed on Friday", False)
        organisation = Organisation.objects.get(pk=world.organisation.pk)
    assert olive.get(reverse("admin:edit-organisation", args=[organisation.pk])).status_code == 200
    assert send(olive, "set-logo", organisation).status_code == 302
    with scope(world.olive):
        assert AuditRecord.objects.visible_to(world.olive).filter(actor_name="Olive").count() >= 5


def test_each_role_is_held_to_its_duties(world: World) -> None:
    with scope(world.job):
        sam = make_staff(world.organisation, "Sam", Role.SALES, world.tag)
        rhea = make_staff(world.organisation, "Rhea", Role.READ_ONLY, world.tag)
    sales, reader = signed_in(sam.user_id), signed_in(rhea.user_id)
    greenleaf = [world.greenleaf.pk]
    assert sales.get(reverse("admin:new-invoice", args=greenleaf)).status_code == 200
    assert sales.get(reverse("admin:record-payment", args=greenleaf)).status_code == 403
    assert reader.get(reverse("admin:new-invoice", args=greenleaf)).status_code == 403
    assert reader.get(reverse("admin:invoices_invoice_changelist")).status_code == 200
    assert signed_in(world.maya.user_id).get(reverse("admin:index")).status_code == 403


def test_a_notification_is_read_by_opening_it(world: World, olive: Client) -> None:
    with scope(world.job):
        notice = Notification.objects.create(
            organisation=world.organisation,
            event="payment_received",
            title="Greenleaf paid",
            customer=world.greenleaf,
        )
    assert olive.get(reverse("admin:notifications_notification_changelist")).status_code == 200
    answer = olive.post(reverse("admin:open_notification", args=[notice.pk]))
    assert answer.headers["Location"] == reverse("admin:customers_customer_change", args=[world.greenleaf.pk])
    with scope(world.job):
        assert Notice.objects.get(notification=notice, staff_member_id=world.olive.staff_id).read_at


def test_issuing_sends_the_invoice_to_those_who_may_see_billing(world: World, olive: Client) -> None:
    invoice = issued_invoice(olive, world)
    with scope(world.job):
        mails = Mail.objects.visible_to(world.job).filter(attachment_id=invoice.pk)
        assert [mail.to for mail in mails] == [world.email("maya")], "Leo may not see billing"
    again = send(olive, "send-invoice", invoice)
    assert again.status_code == 422, "nobody is left who has not had it"


def test_a_cheque_that_is_recorded_sends_its_receipt_to_those_who_may_see_billing(
    world: World, olive: Client
) -> None:
    page = olive.get(reverse("admin:record-payment", args=[world.greenleaf.pk])).content.decode()
    assert "admin/js/core" in page, "the calendar of the date needs it"
    cheque = {"amount": "100.00", "date": "2026-10-05", "mode": "cheque"}
    assert send(olive, "record-payment", world.greenleaf, **cheque).status_code == 302
    assert send(olive, "record-payment", world.greenleaf, **cheque, send_receipt="on").status_code == 302
    with scope(world.job):
        first, second = Payment.objects.visible_to(world.job).order_by("created_at")
        told = [(mail.to, mail.attachment_id) for mail in Mail.objects.visible_to(world.job)]
    assert told == [(world.email("maya"), second.pk)], "Leo may not see billing"
    assert send(olive, "send-payment", second).status_code == 422, "nobody is left who has not had it"
    assert send(olive, "send-payment", first).status_code == 302
    send(olive, "void-payment", first, reason="Bounced.")
    assert send(olive, "send-payment", first).status_code == 409
