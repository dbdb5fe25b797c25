"""Papers of Northwind for Greenleaf, and how to read a PDF."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
from pypdf import PdfReader

from portico.printing.papers import (
    Addressee,
    DocumentPaper,
    Fact,
    Letterhead,
    Line,
    Note,
    Party,
    ReceiptPaper,
    ReceiptRow,
    StatementPaper,
    StatementRow,
)

NORTHWIND = Letterhead(
    name="Northwind Traders",
    address=("1200 Harbor Avenue SW", "Seattle, WA 98126"),
    contact=("ar@northwind.example",),
    tax_number="Tax ID 91-2044781",
)
GREENLEAF = Party("Greenleaf Gardens Ltd", ("48 Orchard Lane", "Portland, OR 97205"))


def dollars(amount: int | Decimal) -> str:
    return f"${amount:,.2f}"


def lines(count: int) -> tuple[Line, ...]:
    """Line n is called “Planter n” and costs n dollars."""
    return tuple(
        Line(
            f"Planter {n}", sku=f"P-{n}", quantity="1", rate=dollars(n), amount=dollars(n), running=running(n)
        )
        for n in range(1, count + 1)
    )


def running(n: int) -> str:
    return dollars(n * (n + 1) // 2)


def invoice(**changes: Any) -> DocumentPaper:
    said: dict[str, Any] = {
        "kind": "Invoice",
        "number": "INV-2093",
        "dated": date(2026, 10, 27),
        "letterhead": NORTHWIND,
        "parties": (Addressee("Billed to", *GREENLEAF),),
        "meta": (Fact("Issued", "27 October 2026"), Fact("Due", "26 November 2026", strong=True)),
        "lines": lines(3),
        "sums": (Fact("Subtotal", "$6.00"), Fact("Balance due (USD)", "$6.00", strong=True)),
        "notes": (Note("Terms", "Net 30."),),
    }
    return DocumentPaper(**said | changes)


def receipt(**changes: Any) -> ReceiptPaper:
    said: dict[str, Any] = {
        "kind": "Payment receipt",
        "number": "PAY-0879",
        "dated": date(2026, 11, 24),
        "letterhead": NORTHWIND,
        "payer": GREENLEAF,
        "meta": (Fact("Date", "24 November 2026"), Fact("Paid with", "Mastercard ending 1881")),
        "rows": (
            ReceiptRow("INV-2087", "12 October 2026", "$3,210.00", "$0.00", "$3,210.00", "$3,210.00"),
            ReceiptRow("Excess, kept as credit", paid="$87.00", running="$3,297.00"),
        ),
        "sums": (Fact("Amount received (USD)", "$3,297.00", strong=True),),
        "amount_in_words": "Three thousand two hundred ninety-seven US dollars",
    }
    return ReceiptPaper(**said | changes)


def statement(count: int = 3, **changes: Any) -> StatementPaper:
    """Opens at nothing; movement n is invoice n over n dollars."""
    opening = StatementRow("1 Oct 2026", "Opening balance", balance="$0.00", opening=True)
    said: dict[str, Any] = {
        "kind": "Statement of account",
        "dated": date(2026, 11, 24),
        "letterhead": NORTHWIND,
        "customer": GREENLEAF,
        "period": "1 October to 24 November 2026, in US dollars",
        "summary": (Fact("Opening balance", "$0.00"), Fact("Balance due", running(count))),
        "rows": (
            opening,
            *(
                StatementRow(
                    "2 Oct 2026", f"Invoice {n}", ("Due 2 Nov 2026",), dollars(n), balance=running(n)
                )
                for n in range(1, count + 1)
            ),
        ),
        "closing": Fact("Balance due on 24 November 2026", running(count)),
    }
    return StatementPaper(**said | changes)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """All its words on one line, without the places to break that we put into long ones."""
    return " ".join(" ".join(pages_of(pdf)).replace("\N{ZERO WIDTH SPACE}", "").split())


def missing_glyphs(pdf: bytes) -> int:
    """How often the file draws glyph 0, the box that stands for a character its fonts do not have."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return sum(_missing_on(page) for page in file.pages)


def _missing_on(page: pikepdf.Page) -> int:
    missing = 0
    for step in pikepdf.parse_content_stream(page, "Tj TJ"):
        shown: Any = step.operands[0] if str(step.operator) == "TJ" else step.operands
        codes = [bytes(piece) for piece in shown if isinstance(piece, pikepdf.String)]
        missing += sum(code[at : at + 2] == b"\0\0" for code in codes for at in range(0, len(code), 2))
    return missing
