"""Who asks, and what there is to ask for: the people and the things of the access matrix."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.test import Client

from portico.access.actors import ContactActor, Permission, Role, StaffActor
from portico.access.models import AuditRecord
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit, refund_credit_note
from portico.customers.actions import add_contact, invite_contact, revoke_access
from portico.customers.models import ContactPerson
from portico.invoices.actions import write_off_invoice
from portico.items.actions import create_item
from portico.kit.ids import new_id
from portico.notifications.actions import send_mail, tell_staff
from portico.notifications.models import Mail, Notification
from portico.organisations.actions import add_staff, add_tax_rate
from portico.organisations.models import NumberSeries, PaymentTerms, Preferences
from portico.payments.actions.gateways import add_gateway_account
from portico.payments.actions.start import PayLine, start_payment
from portico.payments.models import AttemptChange, GatewayEvent
from portico.retainers.actions import draw_retainer
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_contact, make_world
from portico.transactions.models import DocumentView
from tests.access.matrix import APPS

PEOPLE = (
    "nobody",  # is not signed in
    "nils",  # a contact person of a customer of another organisation
    "ines",  # a contact person of another customer
    "leo",  # may see orders
    "pia",  # may pay, and see nothing
    "vera",  # may see billing, and not pay
    "maya",  # may everything at Greenleaf
    "rita",  # staff, read-only
    "sam",  # staff, sales
    "amy",  # staff, accountant
    "olive",  # staff, owner
    "otto",  # owner of another organisation
    "rex",  # was a contact person at Greenleaf until his access was revoked
)
DAY = dt.date(2026, 3, 2)


@dataclass(frozen=True)
class Stage:
    """The people's browsers, and the ids of what is Greenleaf's and Northwind's, by kind."""

    world: World
    clients: dict[str, Client]
    things: dict[str, UUID | str]


def make_stage() -> Stage:
    """A world with all the people, and one thing of each kind that an address can name."""
    world, elsewhere = make_world(), make_world()
    with scope(world.job):
        pia = make_contact(world.greenleaf, "Pia", {Permission.PAY}, tag=world.tag, company="greenleaf")
        vera = make_contact(
            world.greenleaf, "Vera", {Permission.VIEW_BILLING}, tag=world.tag, company="greenleaf"
        )
    actors: dict[str, ContactActor | StaffActor] = {
        "nils": elsewhere.maya,
        "ines": world.ines,
        "leo": world.leo,
        "pia": pia,
        "vera": vera,
        "maya": world.maya,
        "rita": _staff(world, "Rita", Role.READ_ONLY),
        "sam": _staff(world, "Sam", Role.SALES),
        "amy": _staff(world, "Amy", Role.ACCOUNTANT),
        "olive": world.olive,
        "otto": elsewhere.olive,
    }
    clients = {name: signed_in(actor) for name, actor in actors.items()}
    things = _documents(world) | _settings(world)
    for app in APPS:
        if hasattr(app, "things"):
            things |= app.things(world)
    clients["rex"] = _revoked(world)
    return Stage(world, clients | {"nobody": Client()}, things)


def _revoked(world: World) -> Client:
    """Rex's browser; he signed in again after his access was revoked, which ended the session he had."""
    with scope(world.job):
        rex = make_contact(world.greenleaf, "Rex", Permission, tag=world.tag, company="greenleaf")
        person = ContactPerson.objects.get(pk=rex.person_id)
    revoke_access(actor=world.olive, person=person)
    return signed_in(rex)


def _staff(world: World, name: str, role: Role) -> StaffActor:
    staff = add_staff(
        actor=world.olive, name=name, email=f"{name}.{world.tag}@northwind.example".lower(), role=role
    )
    return StaffActor(staff.organisation_id, staff.pk, staff.user_id, name, role)


def _documents(world: World) -> dict[str, UUID | str]:
    books = Books(world.olive, world.greenleaf)
    olive = world.olive
    invoice, draft = books.invoice("100"), books.drafted("50")
    payment = books.pay("60", (invoice, "10"))
    note, retainer = books.credit_note("40"), books.retainer("30")
    books.pay("30", retainer=retainer)
    lost = books.invoice("20")
    pending = books.invoice("70")
    account = add_gateway_account(
        actor=olive,
        gateway="sandbox",
        name="Card",
        settings={
            "url": "http://127.0.0.1:9",  # nobody listens there
            "publishable_key": "pk_test",
            "secret_key": "sk_test",
            "webhook_secret": "whsec_c2VjcmV0LW9mLXRoZS13ZWJob29r",
        },
    )
    attempt = start_payment(
        actor=world.maya,
        submission_key=new_id(),
        gateway_account_id=account.pk,
        lines=[PayLine(pending.pk, books.money("70"))],
    )
    money = {"mode": "cash", "date": DAY, "reference": ""}
    application = apply_credit(actor=olive, source=note, invoice=invoice, amount=books.money("5"))
    refund = refund_credit_note(actor=olive, credit_note=note, amount=books.money("5"), **money)  # type: ignore[arg-type]
    drawing = draw_retainer(actor=olive, retainer=retainer, invoice=invoice, amount=books.money("5"))
    write_off = write_off_invoice(actor=olive, invoice=lost, reason="Gone")
    with scope(world.job):
        view = DocumentView.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            document_kind="invoice",
            document_id=invoice.pk,
            contact_person_id=world.maya.person_id,
        )
        event = GatewayEvent.objects.create(
            organisation=world.organisation, gateway_account=account, event_id="evt_1"
        )
        assert AttemptChange.objects.filter(attempt=attempt).exists()
    return {
        "invoice": invoice.pk,
        "draft": draft.pk,
        "payment": payment.pk,
        "credit_note": note.pk,
        "retainer": retainer.pk,
        "account": account.pk,
        "attempt": attempt.pk,
        "application": application.pk,
        "refund": refund.pk,
        "drawing": drawing.pk,
        "write_off": write_off.pk,
        "view": view.pk,
        "event": event.pk,
    }


def _settings(world: World) -> dict[str, UUID | str]:
    finn = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email=world.email("finn")
    )
    add_contact(actor=world.olive, customer=world.greenleaf, first_name="Nora", email=world.email("nora"))
    link = invite_contact(actor=world.olive, person=finn)
    item = create_item(actor=world.olive, name="Hose")
    rate = add_tax_rate(actor=world.olive, name="VAT", percentage=Decimal(10))
    tell_staff(world.maya, "test", "Something happened", customer=world.greenleaf)
    send_mail(world.organisation.pk, "test", world.email("maya"), "Hello", "Hello")
    with scope(world.olive):
        found: dict[str, UUID | str] = {
            "terms": PaymentTerms.objects.all()[0].pk,
            "preferences": Preferences.objects.get().pk,
            "series": NumberSeries.objects.all()[0].pk,
            "notification": Notification.objects.filter(event="test").get().pk,
            "mail": Mail.objects.filter(key="test").get().pk,
            "audit": AuditRecord.objects.all()[0].pk,
        }
    return found | {
        "customer": world.greenleaf.pk,
        "harbourview": world.harbourview.pk,
        "contact": finn.pk,
        "token": link.rstrip("/").rsplit("/", 1)[1],
        "item": item.pk,
        "tax": rate.pk,
        "organisation": world.organisation.pk,
        "staff": world.olive.staff_id,
    }
