"""An invoice as a paper: its frozen part, and what has happened to it since (see portico.transactions.papers)."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.invoices.models import InvoiceStatus
from portico.invoices.queries import InvoiceDocument
from portico.kit.money import Money
from portico.organisations.models import Organisation
from portico.printing.papers import DocumentPaper, Fact, Note
from portico.transactions.papers import (
    PLAIN,
    Look,
    amount,
    balance_label,
    document_paper,
    look_of,
    taken_off,
)
from portico.ui.dates import date_long


def invoice_paper(
    document: InvoiceDocument, customer: Customer, organisation: Organisation, *, logo: bool = False
) -> DocumentPaper:
    """The invoice as it is shown and printed now: frozen part and live part, in the customer's language.

    Args:
        document: the invoice with its lines and what was put on it.
        customer: whom it is for.
        organisation: whose it is.
        logo: whether to take the logo along, for a PDF.
    """
    language = customer.portal_language or organisation.language
    with translation.override(language):
        look = look_of(organisation, language, logo=logo)
        return _with_what_happened(_frozen(document, customer, look), document, organisation, language)


def invoice_fingerprint(document: InvoiceDocument, customer: Customer) -> str:
    """SHA-256 (hex) of the frozen part, the same for the same invoice in every language and look."""
    with translation.override("en"):
        return _frozen(document, customer, PLAIN).fingerprint()


def _frozen(document: InvoiceDocument, customer: Customer, look: Look) -> DocumentPaper:
    invoice = document.invoice
    meta = [Fact(_("Due"), date_long(invoice.due_date), strong=True)]
    if invoice.payment_terms:
        meta.append(Fact(_("Payment terms"), invoice.payment_terms))
    return document_paper(invoice, document.lines, customer, look, kind=_("Invoice"), meta=meta)


def _with_what_happened(
    paper: DocumentPaper, document: InvoiceDocument, organisation: Organisation, language: str
) -> DocumentPaper:
    """The paper with payments, credits and the balance below the total, and how to pay what is open."""
    invoice = document.invoice
    if invoice.status == InvoiceStatus.VOID:
        return replace(paper, status=_("Void"), watermark=_("Void"))
    happened = _happened(document, language)
    if happened:
        happened.append(
            Fact(balance_label(_("Balance due"), invoice.currency), amount(invoice.balance, language), True)
        )
    notes = paper.notes
    if invoice.balance and organisation.payment_instructions:
        notes = (*notes, Note(_("How to pay"), organisation.payment_instructions))
    status = _("Paid") if invoice.status == InvoiceStatus.PAID else ""
    sums = paper.sums
    if happened:  # then the total is not the figure that counts
        sums = (*sums[:-1], Fact(_("Total"), sums[-1].value))
    return replace(paper, sums=(*sums, *happened), notes=notes, status=status)


def _happened(document: InvoiceDocument, language: str) -> list[Fact]:
    words = {
        "payment": _("Paid %(date)s"),
        "credit_note": _("Credit note %(number)s"),
        "excess": _("Overpayment %(number)s"),
        "retainer": _("Retainer %(number)s"),
    }
    facts = [
        Fact(
            words[each.how] % {"date": date_long(each.date), "number": each.number},
            taken_off(each.amount, language),
        )
        for each in document.settled_by
    ]
    written_off: Money = document.invoice.written_off
    if written_off:
        facts.append(Fact(_("Written off"), taken_off(written_off, language)))
    return facts
