"""What an order's invoices come to, and what of the order they hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.access.scope import scope
from portico.customers.models import Address
from portico.invoices.actions import InvoiceDraft, delete_draft, edit_invoice, issue_invoice
from portico.invoices.models import Invoice, InvoiceLine
from portico.kit.errors import ForbiddenError, InvalidError
from portico.kit.money import Money, total
from portico.sales_orders.actions import OrderDraft, confirm_order, draft_order, invoice_order
from portico.sales_orders.models import SalesOrder
from portico.sales_orders.tests.making import lines, order, planters, some, states, today
from portico.testing.people import World, make_world
from portico.transactions.drafts import LineDraft
from portico.transactions.totals import Tax

_amounts = st.decimals(Decimal("0.01"), Decimal("999.99"), places=2)
_lines = st.builds(
    LineDraft,
    name=st.just("Planter"),
    quantity=st.decimals(Decimal("0.25"), Decimal(40), places=2),
    rate=st.decimals(Decimal("0.001"), Decimal(500), places=3),
    taxes=st.sampled_from([(), (Tax("VAT", Decimal(20)),), (Tax("VAT", Decimal("7.25")),)]),
    discount_kind=st.sampled_from(["none", "percent"]),
    discount_value=st.decimals(Decimal(0), Decimal(100), places=1),
)


@pytest.fixture(scope="module")
def shared() -> World:
    """One world for all examples: each makes an order of its own."""
    return make_world()


def _confirmed(world: World, **more: object) -> SalesOrder:
    written = OrderDraft(date=today(), **more)  # type: ignore[arg-type]
    drafted = draft_order(actor=world.olive, customer=world.greenleaf, draft=written)
    return confirm_order(actor=world.olive, order=drafted, tell=False)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(_lines, min_size=1, max_size=4),
    include=st.booleans(),
    when=st.sampled_from(["before_tax", "after_tax"]),
    discount=st.sampled_from(
        [("none", Decimal(0)), ("percent", Decimal("12.5")), ("amount", Decimal("0.01"))]
    ),
    shipping=_amounts,
    adjustment=_amounts,
    rounding=st.sampled_from(["none", "whole", "0.05"]),
)
def test_an_invoice_over_all_of_an_order_comes_to_its_total(
    *,
    shared: World,
    lines: list[LineDraft],
    include: bool,
    when: str,
    discount: tuple[str, Decimal],
    shipping: Decimal,
    adjustment: Decimal,
    rounding: str,
) -> None:
    kind, value = discount
    try:
        mine = _confirmed(
            shared,
            lines=lines,
            prices_include_tax=include,
            discount_when=when,
            discount_kind=kind,
            discount_value=value,
            shipping_charge=Money(shipping, "USD"),
            adjustment=Money(adjustment, "USD"),
            rounding=rounding,
        )
    except InvalidError:
        return  # more discount than goods
    invoice = invoice_order(actor=shared.olive, order=mine)
    for name in ("subtotal", "discount_total", "tax_total", "rounding_total", "total"):
        assert getattr(invoice, name) == getattr(mine, name), name
    assert invoice.tax_summary == mine.tax_summary


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    first=st.integers(1, 6),
    second=st.integers(0, 5),
    discount=_amounts,
    shipping=_amounts,
    adjustment=_amounts,
)
def test_what_is_in_money_is_shared_over_an_orders_invoices_to_the_cent(
    *, shared: World, first: int, second: int, discount: Decimal, shipping: Decimal, adjustment: Decimal
) -> None:
    line = LineDraft(
        name="Planter",
        quantity=Decimal(7),
        rate=Decimal(300),
        discount_kind="amount",
        discount_value=discount,
    )
    mine = _confirmed(
        shared,
        lines=[line, LineDraft(name="Rose", quantity=Decimal(6), rate=Decimal("333.33"))],
        discount_kind="amount",
        discount_value=discount,
        shipping_charge=Money(shipping, "USD"),
        adjustment=Money(adjustment, "USD"),
    )
    parts = [
        invoice_order(actor=shared.olive, order=mine, quantities=some(shared, mine, str(first), str(second))),
        invoice_order(actor=shared.olive, order=mine),
    ]
    for name in ("subtotal", "discount_total", "shipping_charge", "adjustment", "total"):
        assert total((getattr(part, name) for part in parts), "USD") == getattr(mine, name), name


def test_an_invoice_takes_over_what_the_order_says(world: World) -> None:
    with scope(world.olive):
        Address.objects.create(
            organisation=world.organisation,
            customer=world.greenleaf,
            kind=Address.Kind.BILLING,
            street="1 Main",
        )
    mine = order(world, reference="PO 1", notes="Thanks.", terms="Net.")
    invoice = invoice_order(actor=world.olive, order=mine, issue=True)
    assert (invoice.reference, invoice.notes, invoice.terms) == ("PO 1", "Thanks.", "Net.")
    assert invoice.billing_address == mine.billing_address != []
    with scope(world.olive):
        assert [line.name for line in InvoiceLine.objects.filter(document=invoice)] == ["Terracotta planter"]


def test_more_than_is_left_is_refused_beside_its_line(world: World) -> None:
    mine = order(world, [planters("10"), planters("4", name="Rose")])
    invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, "0", "3"))
    with pytest.raises(InvalidError) as error:
        invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, "1", "2"))
    assert error.value.field == "quantity-2"
    for wrong in ("-1", "NaN", "0.00001"):
        with pytest.raises(InvalidError):
            invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, wrong))
    with pytest.raises(InvalidError, match="Choose what to invoice"):
        invoice_order(actor=world.olive, order=mine, quantities={})
    with pytest.raises(ForbiddenError):
        invoice_order(actor=world.maya, order=mine)


def _rewrite(world: World, invoice: Invoice, *written: LineDraft) -> None:
    edit_invoice(actor=world.olive, invoice=invoice, draft=InvoiceDraft(date=today(), lines=list(written)))


def test_a_draft_that_is_written_anew_holds_of_the_order_what_its_lines_say(world: World) -> None:
    mine = order(world, [planters("10"), planters("4", name="Rose")])
    invoice = invoice_order(actor=world.olive, order=mine, quantities=some(world, mine, "8", "4"))
    _rewrite(world, invoice, planters("3"), planters("1", name="Wrapping"))
    assert [line.drafted for line in lines(world, mine)] == [3, 0]
    _rewrite(world, invoice, planters("25"), planters("2", name="Rose"))  # more than was ordered
    assert [line.drafted for line in lines(world, mine)] == [10, 2]
    issue_invoice(actor=world.olive, invoice=invoice)
    assert states(world, mine)[1] == "partly"
    rest = invoice_order(actor=world.olive, order=mine)
    assert [line.to_invoice for line in lines(world, mine)] == [0, 0]
    delete_draft(actor=world.olive, invoice=rest)
    assert [line.to_invoice for line in lines(world, mine)] == [0, 2]
