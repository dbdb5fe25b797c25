"""What customers are written about an order: that it is confirmed, that goods are on their way."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portico.access.actors import Actor, Permission
from portico.customers.models import ContactPerson
from portico.notifications.customers import NOT_SHUT_OUT, Letter, mail_contacts
from portico.organisations.models import Organisation
from portico.sales_orders.models import SalesOrder, Shipment
from portico.sales_orders.shown import shows_orders
from portico.sharing.links.mailing import way_to
from portico.transactions.models import DocumentKind
from portico.ui.dates import date_long


def mail_confirmed(actor: Actor, order: SalesOrder) -> None:
    """Write to those who may see orders that one is confirmed, with its PDF; nobody where orders are not shown."""
    organisation = _organisation(order)

    def write(person: ContactPerson) -> Letter:
        given = {"number": order.number, "name": organisation.name}
        text = [_("%(name)s has confirmed your order %(number)s.") % given]
        if order.reference:
            text.append(_("Your reference: %(reference)s") % {"reference": order.reference})
        text += _way(actor, organisation, order, person)
        return Letter(_("Sales order %(number)s from %(name)s") % given, "\n\n".join(text))

    if shows_orders(organisation.pk):
        mail_contacts(
            actor,
            "document",
            f"order-confirmed/{order.pk}",
            write,
            customer=order.customer_id,
            asks=Permission.VIEW_ORDERS,
            states=NOT_SHUT_OUT,
            or_customer=True,
            attachment_kind=DocumentKind.SALES_ORDER,
            attachment_id=order.pk,
        )


def mail_shipped(actor: Actor, shipment: Shipment) -> None:
    """Write to those who may see orders that a shipment has left; nobody where orders are not shown."""
    order = shipment.order
    organisation = _organisation(order)

    def write(person: ContactPerson) -> Letter:
        given = {"number": order.number, "name": organisation.name}
        text = [_("%(name)s has shipped goods of your order %(number)s.") % given, *_facts(shipment)]
        if shipment.tracking_url:
            text.append(_("Track the shipment") + f": {shipment.tracking_url}")
        text += _way(actor, organisation, order, person)
        return Letter(_("On its way: goods of order %(number)s") % given, "\n\n".join(text))

    if shows_orders(organisation.pk):
        mail_contacts(
            actor,
            "document",
            f"order-shipped/{shipment.pk}",
            write,
            customer=order.customer_id,
            asks=Permission.VIEW_ORDERS,
            states=NOT_SHUT_OUT,
            or_customer=True,
        )


def _facts(shipment: Shipment) -> list[str]:
    facts = []
    if shipment.carrier:
        facts.append(_("Carrier: %(carrier)s") % {"carrier": shipment.carrier})
    if shipment.tracking_number:
        facts.append(_("Tracking number: %(number)s") % {"number": shipment.tracking_number})
    if shipment.expected_on:
        facts.append(_("Expected on %(day)s.") % {"day": date_long(shipment.expected_on)})
    return facts


def _organisation(order: SalesOrder) -> Organisation:
    return Organisation.objects.defer("logo").get(pk=order.organisation_id)


def _way(actor: Actor, organisation: Organisation, order: SalesOrder, person: ContactPerson) -> list[str]:
    return way_to(actor, DocumentKind.SALES_ORDER, order, person, organisation, label=_("See the order"))
