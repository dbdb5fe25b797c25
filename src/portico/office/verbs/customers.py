"""Pages of customers, contact persons and items."""

from __future__ import annotations

from typing import Any, Final

from django.db import models

from portico.access.actors import Actor, Duty
from portico.customers.actions.contacts import add_contact, edit_contact, make_primary
from portico.customers.actions.create import create_customer
from portico.customers.actions.edit import edit_customer, set_active, set_address
from portico.customers.actions.invite import invite_contact
from portico.customers.actions.revoke import revoke_access
from portico.customers.models import Address, ContactPerson, Customer
from portico.invoices.actions.opening import set_opening_balance
from portico.items.actions import create_item, edit_item
from portico.items.models import Item
from portico.office.forms.simple import (
    ContactDetails,
    CustomerDetails,
    ItemDetails,
    NothingForm,
    OpeningForm,
)
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one, today


def _without_addresses(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not name.startswith(("billing", "shipping"))}


def _new_customer(actor: Actor, _it: None, data: dict[str, Any]) -> models.Model:
    return create_customer(
        actor=actor, billing=data["billing"], shipping=data["shipping"], **_without_addresses(data)
    )


def _change_customer(actor: Actor, it: Customer, data: dict[str, Any]) -> models.Model:
    customer = edit_customer(actor=actor, customer=it, **_without_addresses(data))
    for kind in Address.Kind:
        set_address(actor=actor, customer=customer, kind=kind, details=data[str(kind)])
    return customer


def _invite(actor: Actor, it: ContactPerson, _data: dict[str, Any]) -> models.Model:
    invite_contact(actor=actor, person=it)
    return it


CUSTOMER_PAGES: Final[dict[str, ActionPage]] = {
    "new-customer": ActionPage(
        "New customer", "Add customer", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: CustomerDetails(actor, it, data), _new_customer,
    ),
    "edit-customer": ActionPage(
        "Change %(it)s", "Save customer", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: CustomerDetails(actor, it, data), _change_customer, load=one(Customer),
    ),
    "close-customer": ActionPage(
        "Make %(it)s inactive", "Make inactive", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_active(actor=actor, customer=it, is_active=False), load=one(Customer),
        intro=lambda it: f"Nobody at {it} can open the portal any more, at once. What is booked stays.", danger=True,
    ),
    "reopen-customer": ActionPage(
        "Make %(it)s active again", "Make active", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: set_active(actor=actor, customer=it, is_active=True), load=one(Customer),
    ),
    "opening-balance": ActionPage(
        "Opening balance of %(it)s", "Set opening balance", Duty.MOVE_MONEY,
        lambda actor, it, data: OpeningForm(it, data, today=today(actor)),
        lambda actor, it, data: set_opening_balance(
            actor=actor, customer=it, amount=data["amount"], date=data["date"]
        ),
        load=one(Customer),
        intro=lambda it: "It becomes an invoice, or a credit note, of its own, so that it can be paid like any other.",
    ),
    "new-contact": ActionPage(
        "New contact person at %(it)s", "Add contact person", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: ContactDetails(None, data),
        lambda actor, it, data: add_contact(actor=actor, customer=it, **data), load=one(Customer),
    ),
    "edit-contact": ActionPage(
        "Change %(it)s", "Save contact person", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: ContactDetails(it, data),
        lambda actor, it, data: edit_contact(actor=actor, person=it, **data), load=one(ContactPerson),
    ),
    "make-primary": ActionPage(
        "Make %(it)s the primary contact", "Make primary", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: make_primary(actor=actor, person=it), load=one(ContactPerson),
    ),
    "invite-contact": ActionPage(
        "Invite %(it)s to the portal", "Send invitation", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data), _invite, load=one(ContactPerson),
        intro=lambda it: f"An e-mail with a link goes to {it.email or 'nobody: there is no address'}."
        " A link sent earlier stops working.",
    ),
    "revoke-contact": ActionPage(
        "End the portal access of %(it)s", "End access", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: revoke_access(actor=actor, person=it), load=one(ContactPerson),
        intro=lambda it: f"{it} is signed out at once and cannot sign in to this customer any more.", danger=True,
    ),
    "new-item": ActionPage(
        "New item", "Add item", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ItemDetails(actor, it, data),
        lambda actor, it, data: create_item(actor=actor, **data),
    ),
    "edit-item": ActionPage(
        "Change %(it)s", "Save item", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: ItemDetails(actor, it, data),
        lambda actor, it, data: edit_item(actor=actor, item=it, **data), load=one(Item),
    ),
}  # fmt: skip
