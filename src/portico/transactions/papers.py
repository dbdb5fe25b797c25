"""A document as a paper: what stands on it is the same on screen, in print and in the PDF.

A paper has two parts. The *frozen* part is what the document itself says: number, dates, parties, lines, taxes,
total, terms. It does not change once the document is issued, and its fingerprint is stored when it is first made.
The *live* part is what has happened since: what was paid, credited or drawn, the balance, whether it is void, how
to pay what is open. It is added when a paper is shown and is not in the stored fingerprint, so that a payment does
not make the document look altered. The look (letterhead, logo, colour, language) is in neither: the fingerprint is
taken of the frozen part in English and without a letterhead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import translation
from django.utils.translation import gettext as _

from portico.customers.models import Customer
from portico.kit.countries import spelled_out
from portico.kit.money import Money, format_money, parse_locale
from portico.organisations.models import Organisation
from portico.printing.labels import DocumentLabels
from portico.printing.logos import Logo
from portico.printing.papers import (
    Addressee,
    Direction,
    DocumentPaper,
    Fact,
    Letterhead,
    Line,
    Note,
    PaperSize,
    TaxRow,
)
from portico.transactions.models import DiscountKind, Document, DocumentLine
from portico.transactions.totals import TaxRow as Taxed
from portico.ui.dates import date_long

_MINUS = "\N{MINUS SIGN}"
BARE = Letterhead(name="")
"""Nobody's paper, for a fingerprint."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a paper is dressed: whose, in which language, on which size of paper."""

    letterhead: Letterhead
    language: str
    size: PaperSize = "a4"

    @property
    def direction(self) -> Direction:
        """Right to left, as far as the language asks for it."""
        return "rtl" if translation.get_language_info(_known(self.language))["bidi"] else "ltr"


PLAIN = Look(BARE, "en")
"""The look in which the frozen part is fingerprinted."""


def look_of(organisation: Organisation, language: str, *, logo: bool) -> Look:
    """The organisation's look; its logo only for a PDF, because a page shows it by its address.

    Args:
        organisation: whose paper it is.
        language: the customer's.
        logo: whether to read the logo, which costs a statement where it was left out.
    """
    picture = None
    if logo and organisation.logo_type:
        picture = Logo(bytes(organisation.logo), organisation.name)
    letterhead = Letterhead(
        name=organisation.name,
        address=tuple(organisation.address_lines),
        contact=tuple(
            each for each in (organisation.email, organisation.phone, organisation.website) if each
        ),
        tax_number=_("Tax number %(number)s") % {"number": organisation.tax_number}
        if organisation.tax_number
        else "",
        logo=picture,
        accent=organisation.accent_colour,
    )
    return Look(letterhead, language, "us-letter" if organisation.page_size == "letter" else "a4")


def document_paper(
    document: Document,
    lines: Sequence[DocumentLine],
    customer: Customer,
    look: Look,
    *,
    kind: str,
    meta: Sequence[Fact],
) -> DocumentPaper:
    """The frozen part of an issued document, in the look's language, which must be the active one.

    Args:
        document: the header and its totals.
        lines: in their order.
        customer: whom it is for.
        look: how it is dressed.
        kind: what it is called, such as “Invoice”.
        meta: what only this kind has beside its date, such as when it is due.
    """
    return DocumentPaper(
        kind=kind,
        number=document.number,
        dated=document.date,
        letterhead=look.letterhead,
        language=look.language,
        direction=look.direction,
        size=look.size,
        parties=_parties(document, customer, look),
        meta=_meta(document, meta),
        custom=_custom(document.custom_fields),
        lines=_lines(document, lines, look.language),
        sums=_sums(document, look.language),
        taxes=_taxes(document, look.language),
        notes=_notes(document),
        labels=_labels(),
    )


def amount(money: Money, language: str) -> str:
    """Money for a paper."""
    return format_money(money, language)


def taken_off(money: Money, language: str) -> str:
    """Money that lowers a sum, with a true minus sign."""
    return format_money(-money, language)


def balance_label(word: str, currency: str) -> str:
    """“Balance due (USD)”: the currency stands once on a paper, at the figure that counts."""
    return f"{word} ({currency})"


def _parties(document: Document, customer: Customer, look: Look) -> tuple[Addressee, ...]:
    """Whom it is for. A country's name is the language's, as its look is; the fingerprint is of its code."""
    kept = look.letterhead is BARE
    billing, shipping = (
        [str(line) for line in each] if kept else spelled_out(map(str, each), look.language)
        for each in (document.billing_address, document.shipping_address)
    )
    tax = _("Tax number %(number)s") % {"number": customer.tax_number} if customer.tax_number else ""
    billed = tuple(line for line in (*billing, tax) if line)
    parties = [Addressee(_("Billed to"), customer.display_name, billed)]
    if shipping:
        name, *rest = shipping
        parties.append(Addressee(_("Shipped to"), name, tuple(rest)))
    return tuple(parties)


def _meta(document: Document, more: Sequence[Fact]) -> tuple[Fact, ...]:
    facts = [Fact(_("Issued"), date_long(document.date)), *more]
    if document.reference:
        facts.append(Fact(_("Your order"), document.reference))
    return tuple(facts)


def _custom(fields: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Custom fields that are marked visible: {"value": …, "visible": true}; all others are staff's own."""
    return tuple(
        Fact(str(name), str(field["value"]))
        for name, field in fields.items()
        if isinstance(field, dict) and field.get("visible") is True and field.get("value") not in {None, ""}
    )


def _lines(document: Document, lines: Sequence[DocumentLine], language: str) -> tuple[Line, ...]:
    shown: list[Line] = []
    running = Money.zero(document.currency)
    for line in lines:
        running += line.amount
        shown.append(
            Line(
                name=line.name,
                description=line.description,
                sku=line.sku,
                quantity=_quantity(line.quantity, language),
                unit=line.unit,
                rate=_rate(line.rate, document.currency, language),
                discount=_discount(line.discount_kind, line.discount_value, document.currency, language),
                tax=", ".join(f"{name} {_percent(Decimal(rate), language)}" for name, rate in line.taxes),
                amount=amount(line.amount, language),
                running=amount(running, language),
            )
        )
    return tuple(shown)


def _sums(document: Document, language: str) -> tuple[Fact, ...]:
    """From the subtotal to the total; what is nothing is left out, except where nothing else would be there."""
    facts = [Fact(_("Subtotal"), amount(document.subtotal, language))]
    if document.discount_total:
        given = _discount(document.discount_kind, document.discount_value, document.currency, language)
        word = (
            f"{_('Discount')} ({given})" if document.discount_kind == DiscountKind.PERCENT else _("Discount")
        )
        facts.append(Fact(word, taken_off(document.discount_total, language)))
    facts += [
        Fact(
            _tax_label(row, language, included=document.prices_include_tax),
            amount(row.amount, language),
        )
        for row in _taxed(document)
    ]
    if document.shipping_charge:
        facts.append(Fact(_("Shipping"), amount(document.shipping_charge, language)))
    if document.adjustment:
        facts.append(
            Fact(document.adjustment_label or _("Adjustment"), amount(document.adjustment, language))
        )
    if document.rounding_total:
        facts.append(Fact(_("Rounding"), amount(document.rounding_total, language)))
    return (
        *facts,
        Fact(balance_label(_("Total"), document.currency), amount(document.total, language), True),
    )


def _taxes(document: Document, language: str) -> tuple[TaxRow, ...]:
    """The tax summary, where there is more than one rate; a single one is told by the sums."""
    rows = _taxed(document)
    if len(rows) <= 1:
        return ()
    return tuple(
        TaxRow(
            f"{row.name} {_percent(row.percentage, language)}",
            amount(row.base, language),
            amount(row.amount, language),
        )
        for row in rows
    )


def _taxed(document: Document) -> list[Taxed]:
    return [Taxed.from_json(row, document.currency) for row in document.tax_summary]


def _tax_label(row: Taxed, language: str, *, included: bool) -> str:
    label = f"{row.name} {_percent(row.percentage, language)}"
    return _("Including %(tax)s") % {"tax": label} if included else label


def _notes(document: Document) -> tuple[Note, ...]:
    notes = (Note(_("Notes"), document.notes), Note(_("Terms"), document.terms))
    return tuple(note for note in notes if note.text)


def _labels() -> DocumentLabels:
    return DocumentLabels(
        page=_("Page {page} of {pages}"),
        carried_over=_("Carried over"),
        brought_forward=_("Carried over from the page before"),
        item=_("Item"),
        quantity=_("Quantity"),
        rate=_("Price"),
        discount=_("Discount"),
        tax=_("Tax"),
        amount=_("Amount"),
        taxable=_("On"),
        tax_amount=_("Tax amount"),
    )


def _quantity(quantity: Decimal, language: str) -> str:
    return format_decimal(quantity.normalize(), locale=parse_locale(language), decimal_quantization=False)


def _rate(rate: Decimal, currency: str, language: str) -> str:
    """The price of one with all its decimals, at least the currency's."""
    text = format_currency(
        rate.normalize(), currency, locale=parse_locale(language), decimal_quantization=False
    )
    return text.replace("-", _MINUS)


def _percent(rate: Decimal, language: str) -> str:
    return format_percent((rate / 100).normalize(), locale=parse_locale(language), decimal_quantization=False)


def _discount(kind: str, value: Decimal, currency: str, language: str) -> str:
    if kind == DiscountKind.PERCENT:
        return _percent(value, language)
    if kind == DiscountKind.AMOUNT and value:
        return amount(Money(value.quantize(Decimal("0.001")), currency), language)
    return ""


def _known(language: str) -> str:
    """A tag that Django knows: the language without its region, or English."""
    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            translation.get_language_info(tag)
        except KeyError:
            continue
        return tag
    return "en"
