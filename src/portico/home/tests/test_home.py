"""Home: what Maya sees, what Leo does not, and what it costs (S3)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.credit_notes.actions import apply_credit
from portico.customers.models import ContactPerson
from portico.home.ageing import ageing
from portico.home.queries import HomeFigures, figures, last_payment, months, next_to_pay
from portico.invoices.actions import void_invoice
from portico.kit import clock
from portico.kit.errors import ForbiddenError
from portico.kit.money import Money
from portico.organisations.actions import edit_preferences, set_logo
from portico.payments.actions.void import void_payment
from portico.payments.tests.making import card_account, start
from portico.retainers.actions import RetainerDraft, draft_retainer, draw_retainer
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.counting import statements
from portico.testing.people import World, make_world

STATEMENTS = 11
LOGO = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def books_of(world: World, *, days_ago: int = 0, currency: str = "USD") -> Books:
    """Greenleaf's books, written so many days ago; an invoice is due on its own day."""
    day = clock.today("UTC") - timedelta(days=days_ago)
    return Books(world.olive, world.greenleaf, currency=currency, day=day)


def text_of(page: str) -> str:
    """What a page says in its main part, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def home(actor: ContactActor) -> str:
    """Home as this person sees it."""
    answer = signed_in(actor).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def give_logo(world: World) -> None:
    """Northwind gets a logo."""
    set_logo(actor=world.olive, data=LOGO)


def figures_of(world: World, currency: str = "USD") -> HomeFigures:
    """Maya's figures in one currency."""
    with scope(world.maya, read_only=True):
        found = figures(world.maya, ageing(world.maya, clock.today("UTC")), world.greenleaf.currency)
    return next(each for each in found if each.currency == currency)


def test_a_new_customer_is_told_that_nothing_is_there_yet(world: World) -> None:
    page = text_of(home(world.maya))
    assert "No invoices yet" in page
    assert "When Northwind Traders sends you an invoice, it appears here." in page
    assert "$" not in page


def test_maya_sees_the_five_figures_and_they_add_up(world: World) -> None:
    books = books_of(world, days_ago=3)
    first, second = books.invoice("1000.00"), books.invoice("500.50")
    books.pay("700.00", (first, "650.00"))  # 50 too much
    books.credit_note("120.25")
    retainer = books.retainer("800.00")
    books.pay("800.00", retainer=retainer)
    books.retainer("300.00")
    draw_retainer(actor=world.olive, retainer=retainer, invoice=second, amount=books.money("200.00"))
    seen = figures_of(world)
    assert seen.outstanding_invoices == books.money("650.50")
    assert seen.outstanding_invoice_count == seen.late_invoice_count == 2
    assert seen.available_credits == books.money("170.25")
    assert seen.outstanding_retainers == books.money("300.00")
    assert seen.available_retainer == books.money("600.00")
    assert seen.balance_payable == books.money("180.25")
    page = text_of(home(world.maya))
    for figure in ("$650 .50", "$170 .25", "$300 .00", "$600 .00", "$180 .25"):
        assert figure in page
    assert "2 invoices, 2 past their due date ." in page
    assert "Less available credits −$170.25 Less available retainer payments −$600.00" in page


def test_balance_payable_is_never_below_zero_and_says_what_is_owed_to_the_customer(world: World) -> None:
    books = books_of(world)
    books.invoice("10.00")
    books.credit_note("25.00")
    assert figures_of(world).balance_payable == books.money("0.00")
    assert "What is owed to you $15.00 Balance payable $0.00" in text_of(home(world.maya))


def test_pay_now_leads_to_all_that_is_outstanding(world: World) -> None:
    books_of(world).invoice("10.00")
    page = home(world.maya)
    assert 'href="/pay/?all=USD"' in page
    assert 'href="/invoices/"' in page


def test_pay_now_is_not_offered_for_several_where_they_are_paid_one_by_one(world: World) -> None:
    books_of(world).invoice("10.00")
    edit_preferences(actor=world.olive, customers_may_pay_several=False)
    assert "/pay/?all=" in home(world.maya)
    books_of(world).invoice("10.00")
    assert "/pay/?all=" not in home(world.maya)


def test_who_may_not_pay_is_shown_the_invoices_instead(world: World) -> None:
    books_of(world).invoice("10.00")
    with scope(world.olive):
        ContactPerson.objects.filter(pk=world.maya.person_id).update(can_pay=False)
    page = home(world.maya)
    assert "/pay/" not in page
    assert "See the invoices" in page


def test_leo_sees_home_without_a_figure_or_a_chart(world: World) -> None:
    books = books_of(world, days_ago=40)
    books.pay("30.00", (books.invoice("100.00"), "30.00"))
    page = home(world.leo)
    assert "Maya" in page
    assert "Net 30" not in page or "$" not in text_of(page)
    for word in (
        "$",
        "Outstanding",
        "Pay now",
        "Invoices",
        "Statements",
        "Payments made",
        "Last payment",
        "chart",
    ):
        assert word not in page
    with scope(world.leo, read_only=True), pytest.raises(ForbiddenError):
        ageing(world.leo, clock.today("UTC"))
    with scope(world.leo, read_only=True), pytest.raises(ForbiddenError):
        figures(world.leo, (), "USD")


def test_ines_sees_nothing_of_greenleaf(world: World) -> None:
    books_of(world).invoice("4321.00")
    page = home(world.ines)
    assert "4,321" not in page
    assert "Greenleaf" not in page


def test_what_is_on_its_way_is_said(world: World) -> None:
    invoice = books_of(world).invoice("80.00")
    start(world.maya, card_account(world), (invoice, "80.00"))
    page = text_of(home(world.maya))
    assert "$80.00 is on its way." in page
    assert "On its way" in page


def test_each_currency_has_its_own_figures_and_they_are_never_added(world: World) -> None:
    books_of(world).invoice("100.00")
    books_of(world, currency="JPY").invoice("5000")
    assert figures_of(world).outstanding_invoices == Money.of("100.00", "USD")
    assert figures_of(world, "JPY").outstanding_invoices == Money.of("5000", "JPY")
    page = home(world.maya)
    assert text_of(page).index("In USD") < text_of(page).index("In JPY")
    assert 'href="/invoices/?tab=outstanding&amp;currency=JPY"' in page
    assert 'href="/pay/?all=JPY"' in page


def test_ageing_puts_every_day_into_one_bucket(world: World) -> None:
    for days_ago in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400):
        books_of(world, days_ago=days_ago).invoice("10.00")
    with scope(world.maya, read_only=True):
        (found,) = ageing(world.maya, clock.today("UTC"))
    buckets = (
        found.not_due,
        found.days_1_to_30,
        found.days_31_to_60,
        found.days_61_to_90,
        found.over_90_days,
    )
    assert [each.amount for each in buckets] == [20] * 5
    assert found.total == Money.of("100.00", "USD")
    assert (found.count, found.late_count) == (10, 8)
    assert "Over 90 days late $20.00 Outstanding invoices $100.00" in text_of(home(world.maya))


def test_the_chart_tells_invoiced_and_paid_by_month(world: World) -> None:
    today = clock.today("UTC")
    books = books_of(world)
    invoice = books.invoice("100.00")
    books.pay("60.00", (invoice, "40.00"))
    void_invoice(actor=world.olive, invoice=books.invoice("7.00"), reason="Twice")
    books.credit_note("5.00")
    retainer = books.retainer("30.00")
    books.pay("30.00", retainer=retainer)
    apply_credit(
        actor=world.olive, source=books.credit_note("9.00"), invoice=invoice, amount=books.money("9.00")
    )
    long_ago = books_of(world, days_ago=500)
    long_ago.invoice("999.00")
    with scope(world.maya, read_only=True):
        found = months(world.maya, ["USD"], today)["USD"]
    assert len(found) == 12
    assert found[-1].first_day == today.replace(day=1)
    assert [str(each.invoiced.amount) for each in found[:-1]] == ["0.00"] * 11
    assert found[-1].invoiced == books.money("100.00")
    assert found[-1].paid == books.money("90.00")
    assert "Invoiced and paid" in home(world.maya)


def test_the_months_of_the_chart_follow_each_other_over_a_new_year(world: World) -> None:
    today = clock.today("UTC").replace(month=2, day=28)
    with scope(world.maya, read_only=True):
        found = months(world.maya, ["USD"], today)["USD"]
    assert [each.first_day.month for each in found] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2]
    assert found[0].first_day.year == today.year - 1


def test_the_last_payment_says_what_it_was_for(world: World) -> None:
    older, books = books_of(world, days_ago=2), books_of(world)
    first, second = older.invoice("10.00"), older.invoice("20.00")
    books.pay("35.00", (first, "10.00"), (second, "20.00"))
    older.pay("1.00")
    page = text_of(home(world.maya))
    assert f"For {first.number} , {second.number} ; $5.00 kept as credit" in page


def test_the_last_payment_names_a_few_invoices_and_counts_the_rest(world: World) -> None:
    books = books_of(world)
    invoices = [books.invoice("1.00") for _ in range(6)]
    books.pay("6.00", *((each, "1.00") for each in invoices))
    with scope(world.maya, read_only=True):
        seen = last_payment(world.maya)
    assert seen is not None
    assert [each.number for each in seen.applied] == [each.number for each in invoices[:4]]
    assert seen.more == 2
    assert "and 2 more" in text_of(home(world.maya))


def test_a_payment_on_a_retainer_invoice_names_it(world: World) -> None:
    books = books_of(world)
    retainer = books.retainer("50.00")
    books.pay("50.00", retainer=retainer)
    assert f"For {retainer.number}" in text_of(home(world.maya))


def test_next_to_pay_begins_with_what_is_longest_due(world: World) -> None:
    numbers = [books_of(world, days_ago=days).invoice("5.00").number for days in (0, 9, 3, 40, 1, 2)]
    with scope(world.maya, read_only=True):
        seen = next_to_pay(world.maya, clock.today("UTC"))
    assert [each.number for each in seen] == [numbers[at] for at in (3, 1, 2, 5, 4)]
    assert {each.standing for each in seen} == {"overdue"}


def test_all_paid_is_said(world: World) -> None:
    books = books_of(world)
    books.pay("10.00", (books.invoice("10.00"), "10.00"))
    page = text_of(home(world.maya))
    assert "All paid" in page
    assert "No invoices yet" not in page


def test_my_details_show_every_field(world: World) -> None:
    page = text_of(home(world.maya))
    for word in (
        "Customer", "E-mail", "Phone", "Payment terms", "Tax treatment", "Billing address", "Shipping address",
    ):  # fmt: skip
        assert word in page
    assert "Leo" in page


def test_the_organisations_card_and_banner_are_there(world: World) -> None:
    edit_preferences(actor=world.olive, banner_message="Closed on Friday <b>all day</b>")
    page = home(world.maya)
    assert "Closed on Friday &lt;b&gt;all day&lt;/b&gt;" in page
    assert 'href="mailto:ar@northwind.example"' in page
    assert 'href="tel:+12065550142"' in page


def test_drafts_and_voided_payments_are_told_nowhere(world: World) -> None:
    books = books_of(world)
    open_ = books.invoice("1.00")
    books.drafted("7777.00")
    draft_retainer(
        actor=world.olive,
        customer=world.greenleaf,
        draft=RetainerDraft(date=books.day, lines=books.lines("8888.00"), currency="USD"),
    )
    void_payment(actor=world.olive, payment=books.pay("9999.00"), reason="Bounced")
    page = home(world.maya)
    for amount in ("7,777", "8,888", "9,999"):
        assert amount not in page
    with scope(world.maya, read_only=True):
        assert [each.number for each in next_to_pay(world.maya, clock.today("UTC"))] == [open_.number]
        assert last_payment(world.maya) is None


def test_what_is_not_shown_is_not_asked_for(world: World) -> None:
    books_of(world).invoice("1.00")
    edit_preferences(actor=world.olive, show_sales_orders=False)
    with statements() as sent:
        home(world.leo)
    asked = "\n".join(sent)
    for table in ("ledger_", "invoices_", "payments_", "retainers_", "sales_orders_"):
        assert table not in asked
    assert "files_sharedfile" in asked
    assert 'NOT "files_sharedfile"."needs_billing"' in asked


def test_the_statement_of_home_compares_whose_rows_they_are_beside_the_policies(world: World) -> None:
    """Staff's scope shows the whole organisation; what is Harbourview's is not counted as Greenleaf's even there."""
    books_of(world).invoice("1.00")
    ours = Books(world.olive, world.harbourview, day=clock.today("UTC"))
    ours.pay("50.00", (ours.invoice("500.00"), "20.00"))
    ours.retainer("300.00")
    with scope(world.olive):
        seen = figures(world.maya, ageing(world.maya, clock.today("UTC")), "USD")
        assert [str(each.balance.amount) for each in seen] == ["1.00"]
        assert [each.balance.amount for each in next_to_pay(world.maya, clock.today("UTC"))] == [1]
        assert last_payment(world.maya) is None
        assert {each.paid.amount for each in months(world.maya, ["USD"], clock.today("UTC"))["USD"]} == {0}


@pytest.mark.parametrize("more", [0, 60])
def test_home_costs_eleven_statements_however_many_documents_there_are(world: World, more: int) -> None:
    books = books_of(world, days_ago=40)
    books.pay("30.00", (books.invoice("100.00"), "20.00"))
    books.retainer("10.00")
    for _ in range(more):
        books.invoice("1.00")
    maya = signed_in(world.maya)
    with CaptureQueriesContext(connection) as asked:
        assert maya.get("/").status_code == 200
    said = [each["sql"] for each in asked.captured_queries]
    assert len([each for each in said if each not in ("BEGIN", "COMMIT")]) == STATEMENTS, "\n".join(said)


def test_the_frame_of_a_page_costs_one_statement(world: World) -> None:
    books_of(world).invoice("1.00")
    give_logo(world)
    maya = signed_in(world.maya)
    with CaptureQueriesContext(connection) as asked:
        assert maya.get("/logo").status_code == 200
    bare = len(asked)
    with CaptureQueriesContext(connection) as asked:
        maya.get("/statements/?from=x")
    assert len(asked) == bare - 1 + 1 + 1  # without the logo; the frame; the customer's currencies


def test_ines_logo_is_northwinds_and_a_stranger_gets_none(world: World) -> None:
    give_logo(world)
    ines = signed_in(world.ines)
    answer = ines.get("/logo")
    assert (answer.content, answer["Content-Type"]) == (LOGO, "image/svg+xml")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert ines.get("/logo", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert 'src="/logo"' in home(world.maya)
    assert signed_in(make_world().maya).get("/logo").status_code == 404
