"""Two years of business, with every status an invoice can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from portico.access.actors import ContactActor
from portico.access.scope import scope
from portico.config.demo.cast import INES, MAYA, contact_of
from portico.config.demo.neighbours import NEIGHBOURS
from portico.config.demo.teller import Teller
from portico.credit_notes.actions import (
    CreditNoteDraft,
    apply_credit,
    draft_credit_note,
    issue_credit_note,
    refund_credit_note,
)
from portico.credit_notes.models import CreditNote
from portico.customers.models import Customer
from portico.invoices.actions import mark_viewed, void_invoice, write_off_invoice
from portico.invoices.actions.opening import set_opening_balance
from portico.invoices.models import Invoice
from portico.payments.actions.record import record_payment
from portico.payments.models import PaymentMode
from portico.retainers.actions import RetainerDraft, draft_retainer, draw_retainer, issue_retainer
from portico.retainers.models import RetainerInvoice
from portico.transactions.drafts import LineDraft
from portico.transactions.models import DocumentKind
from portico.transactions.viewing import log_view

# Number of the customer, days between two invoices, how many of the latest days are told one by one instead.
REGULARS = (
    ("C-1042", 24, 110),
    ("C-1043", 45, 60),
    ("C-1051", 30, 100),
    ("C-1063", 36, 60),
    ("C-1070", 55, 70),
    ("C-1078", 48, 40),
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One invoice and what follows, each so many days before today: seen, paid, voided, given up."""

    days_ago: int
    reference: str
    goods: tuple[tuple[str, int], ...]
    seen: int | None = None
    paid: int | None = None
    part: str = ""
    """What was paid of it; all when empty."""
    over: str = ""
    """What was paid too much."""
    void: int | None = None
    lost: int | None = None
    currency: str = ""
    """The customer's own when empty."""


# Maya's customer has one of everything: long late, paid too much, void, late, paid lately, part paid, due, new.
GREENLEAF = (
    Purchase(105, "PO-5102", (("PL-60", 45), ("MU-70", 60), ("DL", 1)), seen=103, paid=71, part="2644.75"),
    Purchase(86, "PO-5140", (("BX-40", 60), ("RO-IV", 80), ("DL", 1)), seen=85, paid=52, over="87.00"),
    Purchase(64, "PO-5171", (("HS-25", 12), ("LT-SOL", 24)), void=62),
    Purchase(43, "PO-5198", (("BN-OAK", 6), ("PL-30", 40), ("DL", 1)), seen=42),
    Purchase(36, "PO-5203", (("LV-24", 30), ("MU-70", 120)), seen=35, paid=4),
    Purchase(28, "PO-5217", (("BN-OAK", 10), ("BX-40", 50)), seen=27, paid=18, part="2500.00"),
    Purchase(18, "PO-5231", (("PL-60", 72), ("LV-24", 64), ("LT-SOL", 40)), seen=17),
    Purchase(6, "PO-5244", (("RO-IV", 90), ("HS-25", 8), ("DL", 1))),
)
HARBOURVIEW = (
    Purchase(190, "HV-77", (("HS-25", 2),), seen=188, lost=120),
    Purchase(74, "HV-93", (("PL-60", 24), ("BX-40", 24)), seen=70),
    Purchase(20, "HV-98", (("LT-SOL", 60), ("DL", 1)), paid=9, part="500.00"),
    # Their hotel on the Baltic is billed in euro.
    Purchase(66, "HV-OSTSEE-3", (("BN-OAK", 4),), seen=64, paid=40, currency="EUR"),
    Purchase(31, "HV-OSTSEE-4", (("PL-30", 36), ("LV-24", 40)), seen=30, currency="EUR"),
    Purchase(8, "HV-OSTSEE-5", (("RO-IV", 24),), currency="EUR"),
)
OTHERS = {
    "C-1043": (
        Purchase(34, "N-881", (("MU-70", 200), ("DL", 2))),
        Purchase(5, "N-896", (("LV-24", 18),)),
    ),
    "C-1063": (
        Purchase(26, "Best. 2291", (("LV-24", 48),)),
        Purchase(7, "Best. 2304", (("PL-30", 30),)),
    ),
    "C-1070": (Purchase(40, "PO/118", (("PL-60", 120), ("DL", 3)), paid=15, part="4000.00"),),
    "C-1078": (Purchase(12, "注文-0452", (("RO-IV", 60),)),),
}
BEGINNING = 730
"""Days before today on which the story begins."""
MODES = (PaymentMode.BANK_TRANSFER, PaymentMode.BANK_TRANSFER, PaymentMode.CHEQUE, PaymentMode.CARD)


def plan(teller: Teller) -> None:
    """Put everything that is going to happen into the teller's hands."""
    for number, every, told in REGULARS:
        _regular(teller, teller.cast.customers[number], every, told)
    for position, company in enumerate(NEIGHBOURS):
        _neighbour(teller, teller.cast.customers[company.number], position)
    _greenleaf(teller, teller.cast.customers["C-1042"])
    _harbourview(teller, teller.cast.customers["C-1051"])
    for number, purchases in OTHERS.items():
        for purchase in purchases:
            _buy(teller, teller.cast.customers[number], purchase)


def _regular(teller: Teller, customer: Customer, every: int, told: int) -> None:
    """Invoices in a steady rhythm, each paid in full some weeks later."""
    days_ago = BEGINNING - teller.random.randint(0, every)
    while days_ago > told:
        paid_after = teller.random.randint(6, 38)
        mode = teller.random.choice(MODES)
        teller.at(days_ago, _bought_and_paid(teller, customer, days_ago, paid_after, mode))
        days_ago -= every + teller.random.randint(-5, 5)


def _neighbour(teller: Teller, customer: Customer, position: int) -> None:
    """A steady buyer with something open: late, due, part paid, or nothing at all."""
    _regular(teller, customer, 58 + position * 2, 75)
    open_since, part = (48, 20, 33, 0)[position % 4], ("", "", "150.00", "")[position % 4]
    if open_since:
        goods = (("PL-30", 10 + position), ("MU-70", 20))
        paid = open_since - 10 if part else None
        _buy(teller, customer, Purchase(open_since, f"PO-{6000 + position}", goods, paid=paid, part=part))


def _bought_and_paid(
    teller: Teller, customer: Customer, days_ago: int, paid_after: int, mode: PaymentMode
) -> Callable[[], None]:
    def happen() -> None:
        invoice = teller.invoice(customer, teller.usual_lines(customer), f"PO-{4000 + days_ago}")
        teller.at(days_ago - paid_after, lambda: teller.pay(invoice, mode=mode), hour=14)

    return happen


def _buy(teller: Teller, customer: Customer, purchase: Purchase, viewer: ContactActor | None = None) -> None:
    """Let one purchase happen, with all that follows from it."""

    def happen() -> None:
        currency = purchase.currency or customer.currency
        lines = teller.lines(customer, *purchase.goods, currency=currency)
        invoice = teller.invoice(customer, lines, purchase.reference, currency)
        _follow(teller, customer, purchase, invoice, viewer)

    teller.at(purchase.days_ago, happen)


def _look(viewer: ContactActor, invoice: Invoice) -> None:
    mark_viewed(actor=viewer, invoice=invoice)
    log_view(actor=viewer, kind=DocumentKind.INVOICE, document_id=invoice.pk, how="page")


def _follow(
    teller: Teller, customer: Customer, purchase: Purchase, invoice: Invoice, viewer: ContactActor | None
) -> None:
    owner = teller.cast.owner
    if viewer is not None and purchase.seen is not None:
        teller.at(purchase.seen, lambda: _look(viewer, invoice), hour=16)
    if purchase.paid is not None:
        part = teller.money(customer, purchase.part) if purchase.part else None
        over = teller.money(customer, purchase.over) if purchase.over else None
        teller.at(purchase.paid, lambda: teller.pay(invoice, part, more=over), hour=11)
    if purchase.void is not None:
        reason = "Billed twice."
        teller.at(purchase.void, lambda: void_invoice(actor=owner, invoice=invoice, reason=reason))
    if purchase.lost is not None:
        reason = "Not worth a reminder."
        teller.at(purchase.lost, lambda: write_off_invoice(actor=owner, invoice=invoice, reason=reason))


def _greenleaf(teller: Teller, customer: Customer) -> None:
    maya = contact_of(customer, MAYA)
    for purchase in GREENLEAF:
        _buy(teller, customer, purchase, maya)
    teller.at(1, lambda: teller.draft(customer, teller.usual_lines(customer), "PO-5252"))
    _greenleaf_credits(teller, customer)
    _greenleaf_retainers(teller, customer)


def _greenleaf_credits(teller: Teller, customer: Customer) -> None:
    def applied() -> None:
        credit = _credit(teller, customer, "Frost damage, lavender", "165.60")
        invoice = teller.invoice(customer, teller.lines(customer, ("MU-70", 80)), "PO-5060")
        apply_credit(actor=teller.cast.owner, source=credit, invoice=invoice, amount=credit.balance)
        teller.at(120, lambda: teller.pay(invoice))

    teller.at(150, applied)
    teller.at(12, lambda: _credit(teller, customer, "12 planters broken in transit", "408.00"))


def _greenleaf_retainers(teller: Teller, customer: Customer) -> None:
    def drawn() -> None:
        retainer = _retainer(teller, customer, "Spring planting, paid in advance", "3000.00")
        teller.at(152, lambda: _pay_retainer(teller, customer, retainer, "3000.00"))
        teller.at(130, lambda: used(retainer))

    def used(retainer: RetainerInvoice) -> None:
        invoice = teller.invoice(customer, teller.lines(customer, ("LV-24", 40), ("BX-40", 20)), "PO-5083")
        amount = teller.money(customer, "1200.00")
        draw_retainer(actor=teller.cast.owner, retainer=retainer, invoice=invoice, amount=amount)
        teller.at(112, lambda: teller.pay(invoice))

    teller.at(160, drawn)
    teller.at(10, lambda: _retainer(teller, customer, "Winter protection, reserved stock", "2500.00"))


def _harbourview(teller: Teller, customer: Customer) -> None:
    owner = teller.cast.owner
    owed = teller.money(customer, "1250.00")

    def paid() -> None:
        with scope(owner):
            first = Invoice.objects.filter(customer=customer).earliest("date", "id")
        teller.pay(first, mode=PaymentMode.CHEQUE)

    def given_back() -> None:
        credit = _credit(teller, customer, "Benches returned", "778.00")
        teller.at(84, lambda: refunded(credit))

    def refunded(credit: CreditNote) -> None:
        refund_credit_note(
            actor=owner,
            credit_note=credit,
            amount=credit.balance,
            mode=PaymentMode.BANK_TRANSFER,
            date=teller.now(),
            reference="R-20418",
        )

    teller.at(
        BEGINNING + 5,
        lambda: set_opening_balance(actor=owner, customer=customer, amount=owed, date=teller.now()),
    )
    teller.at(BEGINNING - 25, paid)
    teller.at(95, given_back)
    ines = contact_of(customer, INES)
    for purchase in HARBOURVIEW:
        _buy(teller, customer, purchase, ines)


def _credit(teller: Teller, customer: Customer, why: str, amount: str) -> CreditNote:
    owner = teller.cast.owner
    written = CreditNoteDraft(date=teller.now(), lines=[LineDraft(name=why, rate=Decimal(amount))])
    draft = draft_credit_note(actor=owner, customer=customer, draft=written)
    return issue_credit_note(actor=owner, credit_note=draft)


def _retainer(teller: Teller, customer: Customer, why: str, amount: str) -> RetainerInvoice:
    owner = teller.cast.owner
    written = RetainerDraft(date=teller.now(), lines=[LineDraft(name=why, rate=Decimal(amount))])
    return issue_retainer(actor=owner, retainer=draft_retainer(actor=owner, customer=customer, draft=written))


def _pay_retainer(teller: Teller, customer: Customer, retainer: RetainerInvoice, amount: str) -> None:
    record_payment(
        actor=teller.cast.owner,
        customer=customer,
        amount=teller.money(customer, amount),
        date=teller.now(),
        mode=PaymentMode.BANK_TRANSFER,
        reference="GL-ADV-1",
        retainer=retainer,
        payer_name=customer.display_name,
    )
