"""A credit note as a paper: its frozen part, and where it was used (see portico.transactions.papers)."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from portico.credit_notes.models import CreditNoteStatus
from portico.credit_notes.queries import CreditNoteDocument
from portico.customers.models import Customer
from portico.organisations.models import Organisation
from portico.printing.papers import DocumentPaper, Fact
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


def credit_note_paper(
    document: CreditNoteDocument, customer: Customer, organisation: Organisation, *, logo: bool = False
) -> DocumentPaper:
    """The credit note as it is shown and printed now: frozen part and live part, in the customer's language.

    Args:
        document: the credit note with its lines and where it was used.
        customer: whom it is for.
        organisation: whose it is.
        logo: whether to take the logo along, for a PDF.
    """
    language = customer.portal_language or organisation.language
    with translation.override(language):
        look = look_of(organisation, language, logo=logo)
        return _with_what_happened(_frozen(document, customer, look), document, language)


def credit_note_fingerprint(document: CreditNoteDocument, customer: Customer) -> str:
    """SHA-256 (hex) of the frozen part, the same for the same document in every language and look."""
    with translation.override("en"):
        return _frozen(document, customer, PLAIN).fingerprint()


def _frozen(document: CreditNoteDocument, customer: Customer, look: Look) -> DocumentPaper:
    note = document.credit_note
    meta = [Fact(_("For invoice"), note.invoice.number)] if note.invoice else []
    return document_paper(note, document.lines, customer, look, kind=_("Credit note"), meta=meta)


def _with_what_happened(paper: DocumentPaper, document: CreditNoteDocument, language: str) -> DocumentPaper:
    """The paper with what was applied and paid back below the total, and what is left."""
    note = document.credit_note
    if note.status == CreditNoteStatus.VOID:
        return replace(paper, status=_("Void"), watermark=_("Void"))
    if not document.used_for:
        return paper
    words = {"invoice": _("Used for %(number)s, %(date)s"), "refund": _("Paid back %(date)s, %(number)s")}
    used = [
        Fact(
            words[each.how] % {"number": each.number, "date": date_long(each.date)},
            taken_off(each.amount, language),
        )
        for each in document.used_for
    ]
    left = Fact(balance_label(_("Credit left"), note.currency), amount(note.balance, language), True)
    # The total is not the figure that counts then.
    return replace(paper, sums=(*paper.sums[:-1], Fact(_("Total"), paper.sums[-1].value), *used, left))
