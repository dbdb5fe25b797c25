"""A payment as a paper: its receipt, the same on screen, in print and as PDF (S6.10)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.kit.countries import spelled_out
from portico.kit.money import Money
from portico.organisations.models import Organisation
from portico.payments.queries import Receipt
from portico.payments.words import in_words
from portico.printing.labels import ReceiptLabels
from portico.printing.papers import Fact, Note, Party, ReceiptPaper, ReceiptRow
from portico.transactions.papers import Look, amount, balance_label, look_of
from portico.ui.dates import date_long


def receipt_paper(
    receipt: Receipt,
    customer: Customer,
    address: Sequence[str],
    organisation: Organisation,
    *,
    logo: bool = False,
) -> ReceiptPaper:
    """The receipt in the customer's language: what came, from whom, how, and what it was put on when it came.

    Args:
        receipt: the payment with its lines.
        customer: who paid.
        address: lines of the customer's billing address.
        organisation: whose receipt it is.
        logo: whether to take the logo along, for a PDF.
    """
    language = customer.portal_language or organisation.language
    with translation.override(language):
        return _receipt_paper(receipt, customer, address, look_of(organisation, language, logo=logo))


def _receipt_paper(receipt: Receipt, customer: Customer, address: Sequence[str], look: Look) -> ReceiptPaper:
    payment = receipt.payment
    over = receipt.status if payment.voided_at or payment.returned_at else ""
    return ReceiptPaper(
        kind=_("Payment receipt"),
        number=payment.number,
        dated=payment.date,
        letterhead=look.letterhead,
        language=look.language,
        direction=look.direction,
        size=look.size,
        status=over,
        watermark=over,
        payer=Party(customer.display_name, tuple(spelled_out(address, look.language))),
        meta=_meta(receipt, look.language),
        amount_in_words=in_words(payment.amount, look.language),
        rows=_rows(receipt, look.language),
        sums=(
            Fact(
                balance_label(_("Amount received"), payment.currency),
                amount(payment.amount, look.language),
                strong=True,
            ),
            *_beside(receipt, look.language),
            *_back(receipt, look.language),
        ),
        notes=(Note("", payment.note),) if payment.note else (),
        labels=_labels(),
    )


def _meta(receipt: Receipt, language: str) -> tuple[Fact, ...]:
    payment = receipt.payment
    facts = (
        Fact(_("Date"), date_long(payment.date)),
        Fact(_("Paid with"), payment.method_label or payment.get_mode_display()),
        Fact(_("Reference"), payment.reference),
        Fact(_("Amount received"), amount(payment.amount, language), strong=True),
        Fact(_("Paid by"), payment.payer_name),
    )
    return tuple(fact for fact in facts if fact.value)


def _beside(receipt: Receipt, language: str) -> tuple[Fact, ...]:
    """The customer's own credit that was used beside the charge."""
    return tuple(
        Fact(_("Credit used beside it: %(number)s") % {"number": each.number}, amount(each.amount, language))
        for each in receipt.credit_used
    )


def _back(receipt: Receipt, language: str) -> tuple[Fact, ...]:
    """What of it went back since, below zero, and what that was."""
    words = {
        "refund": _("Paid back on %(date)s"),
        "return": _("Returned by the bank on %(date)s"),
        "dispute": _("Taken back by the bank on %(date)s"),
    }
    return tuple(
        Fact(words[each.what] % {"date": date_long(each.date)}, amount(-each.amount, language))
        for each in receipt.went_back
        if each.what in words
    )


def _rows(receipt: Receipt, language: str) -> tuple[ReceiptRow, ...]:
    """One row for each invoice, for the retainer invoice, and for what was on nothing and became credit."""
    payment = receipt.payment
    running = Money.zero(payment.currency)
    rows: list[ReceiptRow] = []
    for line in receipt.lines:
        running += line.amount
        rows.append(
            ReceiptRow(
                number=line.number,
                date=date_long(line.date),
                invoice_amount=amount(line.invoice_total, language),
                paid=amount(line.amount, language),
                running=amount(running, language),
            )
        )
    others = []
    if payment.retainer is not None:
        others.append(
            (
                _("Retainer invoice %(number)s") % {"number": payment.retainer.number},
                receipt.retained or Money.zero(payment.currency),
            )
        )
    others.append((_("Excess, kept as your credit"), receipt.excess))
    for word, part in others:
        if part:
            running += part
            rows.append(
                ReceiptRow(number=word, paid=amount(part, language), running=amount(running, language))
            )
    return tuple(rows)


def _labels() -> ReceiptLabels:
    return ReceiptLabels(
        page=_("Page {page} of {pages}"),
        carried_over=_("Carried over"),
        brought_forward=_("Carried over from the page before"),
        received_from=_("Received from"),
        payment_for=_("Payment for"),
        invoice_amount=_("Invoice amount"),
        still_open=_("Still open"),
        paid=_("Paid"),
        in_words=_("Amount in words"),
    )
