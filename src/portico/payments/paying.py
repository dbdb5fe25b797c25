"""What the page of paying shows: the chosen documents with what can be paid of each, and the ways to pay."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from babel.numbers import get_currency_symbol
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portico.access.actors import Actor, ContactActor, LinkActor
from portico.invoices.models import OPEN, Invoice
from portico.kit import clock
from portico.kit.errors import InvalidError, NotFoundError
from portico.kit.money import Money, MoneyError, format_money, minor_digits, parse_locale, smaller, total
from portico.organisations.models import Organisation, Preferences
from portico.payments.lines import PayLine
from portico.payments.models import PENDING, PaymentAttempt
from portico.payments.offers import offered_on
from portico.payments.own_credits import Part, Source, SourceKind, may_use_own, sources, spread, used
from portico.payments.reservations import reserved_on_invoices, reserved_on_retainers
from portico.payments.saved import Kept, kept_methods
from portico.payments.typed_amounts import read_amount, write_amount
from portico.payments.ways import Shown, Sum, Way, ways_to_pay
from portico.retainers.models import RetainerInvoice
from portico.transfers.queries import has_ways_by_hand

MOST_LINES: Final = 200
"""How many documents one payment may have; more are paid in a second one."""
MOST_TICKS: Final = 12
"""Credits that are ticked one by one; more are ticked together."""
ALL: Final = "all"
"""What is sent where they are."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the customer came to pay, as the address says it."""

    invoice_ids: tuple[UUID, ...] = ()
    retainer_id: UUID | None = None
    all_in: str = ""


@dataclass(frozen=True, slots=True)
class Payable:
    """One document on the page of paying; amounts in its currency."""

    id: UUID
    number: str
    is_retainer: bool
    due_date: date
    is_overdue: bool
    balance: Money
    on_its_way: Money
    left: Money
    may_pay_part: bool
    in_full: str
    typed: str
    amount: Money | None
    error: str = ""

    @property
    def field(self) -> str:
        """The name of its amount in the form."""
        return f"amount-{self.id}"

    @property
    def stays_open(self) -> Money:
        """What is left open after this payment."""
        return self.balance - (self.amount or Money.zero(self.balance.currency))


@dataclass(frozen=True, slots=True)
class PayPage:
    """Everything the page of paying shows."""

    organisation: Organisation
    currency: str
    symbol: str
    payables: tuple[Payable, ...]
    cut_off: int
    pending: tuple[PaymentAttempt, ...]
    ways: tuple[Way, ...] = ()
    saved: tuple[Kept, ...] = ()
    credits: tuple[Source, ...] = ()
    """What the customer has already, and may use for this."""
    ticked: frozenset[UUID] = frozenset()
    """Which of it was chosen."""
    parts: tuple[Part, ...] = ()
    """How much of what was chosen goes where."""
    by_hand: bool = False
    bank_withheld: bool = False
    """Whether only a bank account could be charged online, and this customer may not pay by one (S6.3)."""

    @property
    def is_open(self) -> bool:
        """Whether something is to be paid that nothing pending has reserved."""
        return any(each.left for each in self.payables)

    @property
    def credit_by_source(self) -> list[tuple[Source, Money]]:
        """What is used of each credit, as ticked, in the order it is used."""
        found: dict[UUID, tuple[Source, Money]] = {}
        for part in self.parts:
            before = found.get(part.source.id, (part.source, Money.zero(self.currency)))[1]
            found[part.source.id] = part.source, before + part.amount
        return list(found.values())

    @property
    def offered_as_one(self) -> bool:
        """Whether there are so many credits that they are ticked together."""
        return len(self.credits) > MOST_TICKS

    @property
    def credit_there(self) -> Money:
        """How much credit there is."""
        return total((each.left for each in self.credits), self.currency)

    @property
    def from_credits(self) -> Money:
        """How much of credit notes and overpayments is used, as ticked."""
        return used(self.parts, self.currency, SourceKind.CREDIT_NOTE, SourceKind.PAYMENT)

    @property
    def from_retainers(self) -> Money:
        """How much of paid retainers is used, as ticked."""
        return used(self.parts, self.currency, SourceKind.RETAINER)

    @property
    def credit(self) -> Money:
        """How much credit is used, as ticked."""
        return used(self.parts, self.currency)

    @property
    def charge(self) -> Money:
        """What would be charged now: the total without the credit used."""
        return self.total - self.credit

    @property
    def by_credit_alone(self) -> bool:
        """Whether credit is used and nobody is charged: it covers everything, or nothing can be paid online here."""
        return bool(self.credit) and (not self.charge or not self.ways)

    @property
    def credit_lines(self) -> list[PayLine]:
        """What credit pays of each invoice, as `pay_by_credit` takes it."""
        paid: dict[UUID, Money] = {}
        for part in self.parts:
            paid[part.invoice_id] = paid.get(part.invoice_id, Money.zero(self.currency)) + part.amount
        return [PayLine(invoice_id, amount) for invoice_id, amount in paid.items()]

    @property
    def total(self) -> Money:
        """What is to be paid: the sum of the amounts that can be read."""
        return total((each.amount for each in self.payables if each.amount is not None), self.currency)

    @property
    def lines(self) -> list[PayLine]:
        """The amounts as `start_payment` takes them."""
        return [
            PayLine(each.id, each.amount, each.is_retainer)
            for each in self.payables
            if each.amount is not None and each.left
        ]

    def way(self, value: str) -> Way | None:
        """The way that a form names, where it is offered here."""
        return next((each for each in self.ways if each.value == value), None)

    def kept(self, value: str) -> Kept | None:
        """The saved method that a form names, where it is the payer's own and offered here."""
        return next((each for each in self.saved if each.value == value), None)

    @property
    def chosen_first(self) -> str:
        """What is chosen when the page opens: the default saved method, else the first that is good, else a new one."""
        good = [each.value for each in self.saved if not each.is_expired]
        return next(iter([*good, *(each.value for each in self.ways)]), "")

    @property
    def has_errors(self) -> bool:
        """Whether an amount cannot be accepted."""
        return any(each.error for each in self.payables)


def pay_page(
    actor: ContactActor | LinkActor,
    choice: Choice,
    *,
    organisation: Organisation,
    shown: Shown,
    typed: Mapping[str, str] | None = None,
    ticked: Collection[str] = (),
) -> PayPage:
    """The page for a choice of documents.

    Args:
        actor: who pays.
        choice: which documents.
        organisation: who is paid, in whose time zone it is today.
        shown: where the gateways' fields are shown, and how the person writes numbers.
        typed: the amounts as typed, by field name; the full open amount where not given.
        ticked: the ids of what credit was chosen, or ALL.

    Raises:
        NotFoundError: a document is not this customer's.
        InvalidError: the chosen documents are in different currencies, or are several where customers pay them one
            by one (preference 10).
    """
    locale, today = shown.locale, clock.today(organisation.time_zone)
    if choice.all_in:
        minor_digits(choice.all_in)  # a currency, or a clear error
    documents, cut_off = _documents(actor, choice)
    currency = documents[0].currency if documents else choice.all_in
    if any(each.currency != currency for each in documents):
        raise InvalidError(_("Invoices in different currencies are paid one currency at a time."))
    ids = [each.pk for each in documents]
    held = reserved_on_invoices(actor, ids, currency) | reserved_on_retainers(actor, ids, currency)
    reserve, several = (
        Preferences.objects.visible_to(actor)
        .values_list("prevent_duplicate_payments", "customers_may_pay_several")
        .get()
    )
    payables = tuple(
        _payable(each, held.get(each.pk, Money.zero(currency)), today, locale, typed, reserve=reserve)
        for each in documents
    )
    if not several and sum(bool(each.left) for each in payables) > 1:
        raise InvalidError(_("Pay one invoice at a time."))
    invoice_ids = [each.id for each in payables if not each.is_retainer]
    there: tuple[Source, ...] = ()
    if currency and isinstance(actor, ContactActor) and may_use_own(actor):
        there = tuple(sources(actor, actor.customer_id, currency))
    wanted = [(each.id, each.amount) for each in payables if each.amount and not each.is_retainer]
    chosen = [each for each in there if ALL in ticked or str(each.id) in ticked]
    page = PayPage(
        organisation=organisation,
        currency=currency,
        symbol=get_currency_symbol(currency, locale=parse_locale(locale)) if currency else "",
        payables=payables,
        cut_off=cut_off,
        pending=_pending_for(actor, ids),
        credits=there if any(each.left and not each.is_retainer for each in payables) else (),
        ticked=frozenset(each.id for each in chosen),
        parts=tuple(spread(wanted, chosen)),
        by_hand=isinstance(actor, ContactActor) and has_ways_by_hand(actor),
    )
    if not currency:
        return page
    accounts = offered_on(actor, invoice_ids, currency)
    ways = ways_to_pay(actor, accounts, Sum(currency, page.charge or None), shown)
    offered = {(each.account_id, each.kind) for each in ways}
    saved = kept_methods(actor, today, {each.pk for each in accounts})
    return replace(
        page,
        ways=ways,
        bank_withheld=bool(accounts) and not ways,
        saved=tuple(
            each
            for each in saved
            if (each.method.gateway_account_id, each.kind) in offered and each.method.can_pay(currency)
        ),
    )


def own_attempts(actor: Actor) -> QuerySet[PaymentAttempt]:
    """The attempts whose page the actor may open: a customer's; through a link, those made through this link.

    That somebody else's payment is on its way is told to whoever has a link, but not whose and with which card.
    """
    rows = PaymentAttempt.objects.visible_to(actor)
    return rows.filter(link_id=actor.link_id) if isinstance(actor, LinkActor) else rows


def attempt_for(actor: Actor, attempt_id: UUID) -> PaymentAttempt:
    """One of the actor's own attempts, with its payment if it has become one.

    Raises:
        NotFoundError: there is none with this id for the actor.
    """
    found = (
        own_attempts(actor)
        .select_related("payment", "gateway_account")
        .prefetch_related("allocations__invoice", "allocations__retainer")
        .filter(pk=attempt_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def _documents(
    actor: ContactActor | LinkActor, choice: Choice
) -> tuple[Sequence[Invoice | RetainerInvoice], int]:
    if choice.retainer_id is not None:
        return [RetainerInvoice.objects.visible_to(actor).one_for(actor, pk=choice.retainer_id)], 0
    if choice.all_in:
        found = list(
            Invoice.objects.visible_to(actor)
            .filter(currency=choice.all_in, status__in=OPEN, balance__gt=0)
            .order_by("due_date", "id")[: MOST_LINES + 1]
        )
        return found[:MOST_LINES], max(0, len(found) - MOST_LINES)
    by_id = Invoice.objects.visible_to(actor).in_bulk(choice.invoice_ids)
    if len(by_id) != len(set(choice.invoice_ids)):
        raise NotFoundError
    ordered = sorted(by_id.values(), key=lambda invoice: (invoice.due_date, invoice.pk))
    return ordered[:MOST_LINES], max(0, len(ordered) - MOST_LINES)


def _payable(
    document: Invoice | RetainerInvoice,
    on_its_way: Money,
    today: date,
    locale: str,
    typed: Mapping[str, str] | None,
    *,
    reserve: bool,
) -> Payable:
    left = document.balance - smaller(on_its_way, document.balance) if reserve else document.balance
    may_pay_part = document.allow_partial_payments if isinstance(document, Invoice) else True
    in_full = write_amount(left, locale)
    text, error = in_full, ""
    amount: Money | None = left
    if left and typed is not None:
        # What was not sent is never filled in: nobody is charged an amount that they were not shown.
        text = typed.get(f"amount-{document.pk}", "")
        amount, error = _read(text, left, locale, whole=not may_pay_part)
    return Payable(
        id=document.pk,
        number=document.number,
        is_retainer=isinstance(document, RetainerInvoice),
        due_date=document.due_date,
        is_overdue=document.due_date < today and bool(document.balance),
        balance=document.balance,
        on_its_way=on_its_way,
        left=left,
        may_pay_part=may_pay_part,
        in_full=in_full,
        typed=text,
        amount=amount if left else None,
        error=error,
    )


def _read(text: str, left: Money, locale: str, *, whole: bool) -> tuple[Money | None, str]:
    """The amount as typed, or what is wrong with it."""
    try:
        amount = read_amount(text, left.currency, locale)
    except MoneyError as problem:
        return None, problem.message
    given = {"left": format_money(left, locale)}
    if whole and amount != left:
        return None, _("This invoice is paid in full, and %(left)s is open now.") % given
    if amount > left:
        return None, _("At most %(left)s can be paid.") % given
    return amount, ""


def _pending_for(actor: ContactActor | LinkActor, document_ids: Sequence[UUID]) -> tuple[PaymentAttempt, ...]:
    found = PaymentAttempt.objects.visible_to(actor).filter(state__in=PENDING)
    mine = found.filter(allocations__invoice_id__in=document_ids) | found.filter(
        allocations__retainer_id__in=document_ids
    )
    return tuple(mine.distinct().order_by("created_at"))
