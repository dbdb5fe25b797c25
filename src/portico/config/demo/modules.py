"""What the demo shows beside invoices and payments: orders, files, talk, links, subscriptions, views of lists."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Final

from portico.access.scope import scope
from portico.comments.actions.post import post_comment
from portico.comments.actions.review import write_review
from portico.config.demo.cast import INES, LEO, MAYA, contact_of
from portico.config.demo.teller import Teller
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.kit.money import Money
from portico.notifications.settings import set_mail_settings
from portico.organisations.actions import edit_preferences
from portico.sales_orders.actions.cancel import cancel_order, cancel_quantities
from portico.sales_orders.actions.close import close_order
from portico.sales_orders.actions.confirm import confirm_order
from portico.sales_orders.actions.draft import OrderDraft, draft_order
from portico.sales_orders.actions.invoice import invoice_order
from portico.sales_orders.actions.ship import ShipmentDraft, deliver, pack_shipment, return_shipment, ship
from portico.sales_orders.models import SalesOrder, Shipment
from portico.sharing.files.actions import share_file
from portico.sharing.links.actions.make import make_link
from portico.statements.actions import wish_for_statements
from portico.statements.models import Every, StatementKind
from portico.subscriptions.actions import feed_subscription
from portico.subscriptions.feed import Details
from portico.subscriptions.models import Status
from portico.transactions.actions.custom_views import save_view
from portico.transactions.actions.published_views import publish_view
from portico.transactions.kinds import kind_of
from portico.transactions.lists import listing_of
from portico.transactions.models import DocumentKind

GREENLEAF: Final = "C-1042"
HARBOURVIEW: Final = "C-1051"
PALM_OASIS: Final = "C-1070"
_CERTIFICATE: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 60>>stream\nBT /F 22 Tf 60 500 Td"
    b" (Resale certificate 2026) Tj ET         \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_PRICES: Final = b"Article;Unit;Price\nTerracotta planter, 30 cm;pcs;18.40\nOak bench, 180 cm;pcs;389.00\n"


def plan_modules(teller: Teller) -> None:
    """Put all of it into the teller's hands; preferences that are off by default are switched on to be seen."""
    edit_preferences(actor=teller.cast.owner, customer_reviews=True, show_subscriptions=True)
    set_mail_settings(actor=teller.cast.owner, reminders=True)
    customers = teller.cast.customers
    _orders(teller, customers[GREENLEAF])
    _more_orders(teller)
    _talk(teller, customers[GREENLEAF])
    _files(teller, customers[GREENLEAF])
    _subscriptions(teller, customers[GREENLEAF])
    _views(teller, customers[GREENLEAF])


def _order(
    teller: Teller, customer: Customer, reference: str, *goods: tuple[str, int], confirmed: bool = True
) -> SalesOrder:
    owner = teller.cast.owner
    written = OrderDraft(
        date=teller.now(),
        lines=teller.lines(customer, *goods),
        reference=reference,
        expected_on=teller.now() + timedelta(days=9),
        delivery_method="Own lorry",
    )
    order = draft_order(actor=owner, customer=customer, draft=written)
    return confirm_order(actor=owner, order=order) if confirmed else order


def _half(order: SalesOrder, teller: Teller) -> dict[object, Decimal]:
    """Half of what is ordered, by line."""
    with scope(teller.cast.owner):
        return {
            line.pk: (line.quantity / 2).to_integral_value()
            for line in order.lines.all()
            if line.quantity > 1
        }


def _shipped(teller: Teller, order: SalesOrder, tracking: str, quantities: object = None) -> Shipment:
    owner = teller.cast.owner
    written = ShipmentDraft(
        quantities=quantities,  # type: ignore[arg-type] # by line, as _half gives them
        carrier="Cascade Freight",
        tracking_number=tracking,
        tracking_url=f"https://freight.example/track/{tracking}",
        expected_on=teller.now() + timedelta(days=4),
    )
    packed = pack_shipment(actor=owner, order=order, draft=written)
    return ship(actor=owner, shipment=packed)


def _orders(teller: Teller, customer: Customer) -> None:
    """An order in every state."""
    owner = teller.cast.owner

    def whole() -> None:
        order = _order(teller, customer, "PO-4981", ("PL-60", 20), ("MU-70", 80), ("DL", 1))
        teller.at(222, lambda: delivered(order))

    def delivered(order: SalesOrder) -> None:
        sent = _shipped(teller, order, "CF-880131")
        invoice = invoice_order(actor=owner, order=order, issue=True)
        teller.at(218, lambda: deliver(actor=owner, shipment=sent), hour=15)
        teller.at(195, lambda: teller.pay(invoice))
        teller.at(190, lambda: close_order(actor=owner, order=order))

    def parts() -> None:
        order = _order(teller, customer, "PO-5236", ("LV-24", 60), ("BX-40", 30), ("BN-OAK", 4))
        teller.at(9, lambda: first_part(order))

    def first_part(order: SalesOrder) -> None:
        _shipped(teller, order, "CF-901877", _half(order, teller))
        invoice_order(actor=owner, order=order, quantities=_half(order, teller), issue=True)  # type: ignore[arg-type]

    def returned() -> None:
        order = _order(teller, customer, "PO-5150", ("LT-SOL", 36))
        sent = _shipped(teller, order, "CF-899410")
        teller.at(74, lambda: deliver(actor=owner, shipment=sent))
        teller.at(70, lambda: return_shipment(actor=owner, shipment=sent))

    def short() -> None:
        order = _order(teller, customer, "PO-5188", ("RO-IV", 40), ("HS-25", 10))
        teller.at(46, lambda: cancel_quantities(
            actor=owner, order=order, reason="Hoses are sold out", quantities=_half(order, teller)  # type: ignore[arg-type]
        ))  # fmt: skip

    def called_off() -> None:
        order = _order(teller, customer, "PO-5161", ("BN-OAK", 12))
        teller.at(60, lambda: cancel_order(actor=owner, order=order, reason="Ordered twice"))

    teller.at(230, whole)
    teller.at(80, returned)
    teller.at(63, called_off)
    teller.at(50, short)
    teller.at(12, parts)
    teller.at(3, lambda: _order(teller, customer, "PO-5249", ("PL-30", 24), ("RO-IV", 12)))
    teller.at(1, lambda: _order(teller, customer, "PO-5253", ("MU-70", 60), confirmed=False))


def _more_orders(teller: Teller) -> None:
    """Somebody else's orders, on their way and delivered."""
    for position, number in enumerate((HARBOURVIEW, PALM_OASIS, "C-1103", "C-1111", "C-1128")):
        customer = teller.cast.customers[number]
        teller.at(40 - position * 6, _on_its_way(teller, customer, position))


def _on_its_way(teller: Teller, customer: Customer, position: int) -> Callable[[], None]:
    def happen() -> None:
        order = _order(teller, customer, f"PO/{700 + position}", ("PL-30", 12 + position), ("LV-24", 6))
        if position % 2 == 0:
            sent = _shipped(teller, order, f"CF-90{position}002")
            teller.at(30 - position * 6, lambda: deliver(actor=teller.cast.owner, shipment=sent))

    return happen


def _talk(teller: Teller, customer: Customer) -> None:
    """Comments both ways, one internal; a review; a link for the auditor; a statement each month."""
    owner, maya = teller.cast.owner, contact_of(customer, MAYA)
    leo = contact_of(customer, LEO)
    invoices = kind_of(DocumentKind.INVOICE)

    def latest(reference: str) -> Invoice:
        with scope(owner):
            return Invoice.objects.get(customer=customer, reference=reference)

    def said(who: object, days_ago: int, text: str, *, in_portal: bool = True, hour: int = 12) -> None:
        teller.at(
            days_ago,
            lambda: post_comment(
                actor=who,  # type: ignore[arg-type] # Maya or Olive
                kind=invoices,
                document_id=latest("PO-5217").pk,
                text=text,
                submission_key=new_id(),
                in_portal=in_portal,
            ),
            hour=hour,
        )

    said(maya, 20, "Two of the benches came without their screws. Could you send them on?")
    said(
        owner,
        19,
        "Sorry about that, they leave today by parcel. Do pay only for the eight you can use.",
        hour=9,
    )
    said(owner, 19, "Marcus: check with the warehouse why this happens again.", in_portal=False, hour=10)
    said(maya, 18, "Thank you. We have paid for the eight.", hour=15)

    teller.at(
        30,
        lambda: write_review(
            actor=maya, kind=None, document_id=None, rating=4, text="Reliable, and quick to answer."
        ),
    )
    teller.at(
        2,
        lambda: make_link(
            owner, DocumentKind.INVOICE, latest("PO-5231").pk, "auditor@fellows.example", days=30
        ),
    )
    teller.at(33, lambda: wish_for_statements(actor=maya, every=Every.MONTH, kind=StatementKind.ACTIVITY))
    ines = contact_of(teller.cast.customers[HARBOURVIEW], INES)
    teller.at(33, lambda: wish_for_statements(actor=ines, every=Every.WEEK, kind=StatementKind.OUTSTANDING))
    orders = kind_of(DocumentKind.SALES_ORDER)

    def asked() -> None:
        with scope(owner):
            order = SalesOrder.objects.get(customer=customer, reference="PO-5249")
        post_comment(
            actor=leo,
            kind=orders,
            document_id=order.pk,
            text="Please deliver to Yard 3, the gate code is with the driver.",
            submission_key=new_id(),
        )

    teller.at(2, asked, hour=9)


def _files(teller: Teller, customer: Customer) -> None:
    """Files of both sides, one only for those who see billing."""
    owner, maya = teller.cast.owner, contact_of(customer, MAYA)

    def give(
        days_ago: int, who: object, name: str, content: bytes, note: str, *, billing: bool = False
    ) -> None:
        teller.at(
            days_ago,
            lambda: share_file(
                actor=who,  # type: ignore[arg-type] # Maya or Olive
                customer_id=customer.pk,
                name=name,
                content=io.BytesIO(content),
                note=note,
                needs_billing=billing,
            ),
        )

    give(200, maya, "Resale certificate 2026.pdf", _CERTIFICATE, "Valid until the end of the year")
    give(58, owner, "Price list, autumn.csv", _PRICES, "Prices hold until 31 January")
    give(
        7,
        owner,
        "Credit agreement.txt",
        b"Net 30, up to 25,000 US dollars.\n",
        "For your files",
        billing=True,
    )


def _subscriptions(teller: Teller, customer: Customer) -> None:
    """One that runs with invoices of its own, one that has ended."""
    owner = teller.cast.owner
    numbers: list[str] = []

    def billed() -> None:
        invoice = teller.invoice(customer, teller.lines(customer, ("MU-70", 10)), "Mulch plan")
        numbers.append(invoice.number)
        teller.pay(invoice)

    def fed() -> None:
        today = teller.now()
        feed_subscription(
            actor=owner,
            customer=customer,
            details=Details(
                external_id="SUB-204",
                plan="Bark mulch, monthly",
                plan_code="mulch-10",
                description="Ten bags on the first of each month",
                status=Status.ACTIVE,
                price=Money.of("9.75", "USD"),
                amount=Money.of("97.50", "USD"),
                quantity=Decimal(10),
                started_on=teller.day(120),
                period_start=today.replace(day=1),
                period_end=(today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1),
                next_billing_on=(today.replace(day=1) + timedelta(days=32)).replace(day=1),
                billing_details=(("Billed by", "Invoice"),),
                invoices=tuple(numbers),
            ),
        )
        feed_subscription(
            actor=owner,
            customer=customer,
            details=Details(
                external_id="SUB-131",
                plan="Garden care, summer",
                status=Status.EXPIRED,
                price=Money.of("240", "USD"),
                amount=Money.of("240", "USD"),
                started_on=teller.day(400),
                ended_on=teller.day(220),
            ),
        )

    for days_ago in (118, 88, 58):
        teller.at(days_ago, billed)
    teller.at(1, fed)


def _views(teller: Teller, customer: Customer) -> None:
    """A view that Northwind offers to everybody, and one of Maya's own."""
    owner, maya = teller.cast.owner, contact_of(customer, MAYA)
    teller.at(
        15,
        lambda: publish_view(
            actor=owner, kind=DocumentKind.INVOICE, name="Large ones first", query="tab=all&sort=-total"
        ),
    )
    teller.at(
        14,
        lambda: save_view(
            actor=maya,
            listing=listing_of(DocumentKind.INVOICE),
            name="Benches",
            query="tab=all&q=bench&sort=-date",
        ),
    )
