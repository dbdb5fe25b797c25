"""A retainer invoice as a paper: its frozen part, and what has been paid on it (see portico.transactions.papers)."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.organisations.models import Organisation
from portico.printing.papers import DocumentPaper, Fact, Note
from portico.retainers.models import RetainerStatus
from portico.retainers.queries import RetainerDocument
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


def retainer_paper(
    document: RetainerDocument, customer: Customer, organisation: Organisation, *, logo: bool = False
) -> DocumentPaper:
    """The retainer invoice as it is shown and printed now: frozen part and live part, in the customer's language.

    Args:
        document: the retainer invoice with its lines and what was paid on it.
        customer: whom it is for.
        organisation: whose it is.
        logo: whether to take the logo along, for a PDF.
    """
    language = customer.portal_language or organisation.language
    with translation.override(language):
        look = look_of(organisation, language, logo=logo)
        return _with_what_happened(_frozen(document, customer, look), document, organisation, language)


def retainer_fingerprint(document: RetainerDocument, customer: Customer) -> str:
    """SHA-256 (hex) of the frozen part, the same for the same document in every language and look."""
    with translation.override("en"):
        return _frozen(document, customer, PLAIN).fingerprint()


def _frozen(document: RetainerDocument, customer: Customer, look: Look) -> DocumentPaper:
    retainer = document.retainer
    meta = [Fact(_("Due"), date_long(retainer.due_date), strong=True)]
    return document_paper(retainer, document.lines, customer, look, kind=_("Retainer invoice"), meta=meta)


def _with_what_happened(
    paper: DocumentPaper, document: RetainerDocument, organisation: Organisation, language: str
) -> DocumentPaper:
    """The paper with payments and the balance below the total, what was used, and how to pay what is open."""
    retainer = document.retainer
    if retainer.status == RetainerStatus.VOID:
        return replace(paper, status=_("Void"), watermark=_("Void"))
    sums = paper.sums
    if document.paid_by:  # then the total is not the figure that counts
        paid = [
            Fact(_("Paid %(date)s") % {"date": date_long(each.date)}, taken_off(each.amount, language))
            for each in document.paid_by
        ]
        left = Fact(
            balance_label(_("Balance due"), retainer.currency), amount(retainer.balance, language), True
        )
        sums = (*sums[:-1], Fact(_("Total"), sums[-1].value), *paid, left)
    notes = paper.notes
    if document.used_for:
        notes = (*notes, Note(_("What was used of it"), _used(document, language)))
    if retainer.balance and organisation.payment_instructions:
        notes = (*notes, Note(_("How to pay"), organisation.payment_instructions))
    return replace(paper, sums=sums, notes=notes, status="" if retainer.balance else _("Paid"))


def _used(document: RetainerDocument, language: str) -> str:
    words = {
        "invoice": _("%(date)s: %(amount)s for %(number)s"),
        "refund": _("%(date)s: %(amount)s paid back, %(number)s"),
    }
    lines = [
        words[each.how]
        % {"date": date_long(each.date), "amount": amount(each.amount, language), "number": each.number}
        for each in document.used_for
    ]
    left = _("Still available: %(amount)s") % {"amount": amount(document.retainer.available, language)}
    return "\n".join([*lines, left])
