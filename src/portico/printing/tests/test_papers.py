"""A paper is known by what it says."""

from __future__ import annotations

import dataclasses

import pytest

from portico.printing.labels import DocumentLabels
from portico.printing.logos import Logo
from portico.printing.papers import Fact, Line
from portico.printing.tests.making import NORTHWIND, invoice, lines, receipt, statement

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


def test_the_same_paper_has_the_same_fingerprint() -> None:
    assert invoice().fingerprint() == invoice().fingerprint()
    assert len(invoice().fingerprint()) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "INV-2094"},
        {"lines": lines(2)},
        {"lines": (*lines(2), lines(3)[2]._replace(amount="$3.01"))},
        {"sums": (Fact("Subtotal", "$6.00", strong=True), Fact("Balance due (USD)", "$6.00", strong=True))},
        {"letterhead": dataclasses.replace(NORTHWIND, accent="#7a2e5d")},
        {"letterhead": dataclasses.replace(NORTHWIND, logo=Logo(SVG, "Northwind"))},
        {"labels": DocumentLabels(item="Position")},
        {"watermark": "Void"},
        {"direction": "rtl"},
    ],
)
def test_whatever_changes_on_the_paper_changes_the_fingerprint(changes: dict[str, object]) -> None:
    assert invoice(**changes).fingerprint() != invoice().fingerprint()


def test_another_logo_changes_the_fingerprint() -> None:
    with_logo = [
        invoice(letterhead=dataclasses.replace(NORTHWIND, logo=Logo(data, "Northwind"))).fingerprint()
        for data in (SVG, SVG + b" ")
    ]
    assert with_logo[0] != with_logo[1]


def test_the_fingerprint_of_an_issued_invoice_stays_what_it_was() -> None:
    assert invoice().fingerprint() == "be5720b9999704657d55bd5860df03d29893e6d97f845588852f9dde7417c757"
    assert receipt().fingerprint() == "8af7dcb40cc20cfc110bd7b7ed42f146d4d32da78eb63ee7fd1c8642f3313242"
    assert statement().fingerprint() == "69a81e5bcd0ec7740a70d1ce21f6dfb205ac1e721685585e81f5b751ad21cf1c"


def test_a_name_that_is_no_proper_unicode_has_a_fingerprint() -> None:
    assert invoice(number="\ud800").fingerprint() != invoice(number="\ud801").fingerprint()


def test_only_columns_with_something_in_them_are_shown() -> None:
    assert invoice().columns == ("quantity", "rate", "amount")
    assert invoice(lines=(Line("Planter", tax="VAT 20%", amount="$1.00"),)).columns == ("tax", "amount")
    assert receipt().columns == ("invoice_amount", "still_open", "paid")
    assert receipt(rows=()).columns == ()


def test_the_title_says_what_it_is_and_whose() -> None:
    assert invoice().title == "Invoice INV-2093 · Northwind Traders"
    assert statement().title == "Statement of account · Northwind Traders"
