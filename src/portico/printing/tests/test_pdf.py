"""What Maya gets when she downloads a PDF."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest

from portico.printing.compile import PrintingError, render_pdf
from portico.printing.papers import Addressee, Fact, Line, Paper, TaxRow
from portico.printing.tests.making import invoice, receipt, statement, text_of

KINDS = [invoice(), receipt(), statement()]


@pytest.mark.parametrize("paper", KINDS, ids=lambda paper: paper.template)
def test_it_is_tagged_titled_and_says_its_language(paper: Paper) -> None:
    pdf = pikepdf.open(io.BytesIO(render_pdf(paper)))
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.StructTreeRoot.K
    assert pdf.Root.Lang == "en"
    assert pdf.docinfo["/Title"] == paper.title
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == paper.title


@pytest.mark.parametrize("paper", KINDS, ids=lambda paper: paper.template)
def test_the_same_paper_gives_the_same_bytes(paper: Paper) -> None:
    first = render_pdf(paper)
    render_pdf(invoice(number="in between"))
    assert render_pdf(paper) == first


def test_its_date_is_the_paper_s_and_not_today() -> None:
    pdf = pikepdf.open(io.BytesIO(render_pdf(invoice())))
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261027")
    assert str(pdf.docinfo["/ModDate"]).startswith("D:20261027")


def test_an_invoice_says_all_of_its_paper() -> None:
    said = text_of(
        render_pdf(
            invoice(
                lines=(
                    Line(
                        "Planter",
                        "Glazed.\nBlue.",
                        "TP-40",
                        "60",
                        "pcs",
                        "$34.00",
                        "5%",
                        "VAT 20%",
                        "$2,040.00",
                    ),
                ),
                parties=(
                    Addressee("Billed to", "Greenleaf"),
                    Addressee("Shipped to", "Yard 3", ("910 Mill Road",)),
                ),
                taxes=(TaxRow("VAT 20%", "$1,700.00", "$340.00"),),
                custom=(Fact("Project", "Garden 7"),),
                status="Part paid",
                watermark="Copy",
            )
        )
    )
    for words in (
        "Invoice INV-2093", "Part paid", "Copy", "Billed to Greenleaf", "Shipped to Yard 3 910 Mill Road",
        "Issued 27 October 2026", "Project Garden 7", "Item Quantity Price Discount Tax Amount",
        "Planter TP-40 Glazed. Blue. 60 pcs $34.00 5% VAT 20% $2,040.00", "VAT 20% $1,700.00 $340.00",
        "Subtotal $6.00", "Balance due (USD) $6.00", "Terms Net 30.", "Tax ID 91-2044781", "Page 1 of 1",
    ):  # fmt: skip
        assert words in said


def test_a_receipt_says_all_of_its_paper() -> None:
    said = text_of(render_pdf(receipt()))
    for words in (
        "Payment receipt PAY-0879", "Received from Greenleaf Gardens Ltd", "Paid with Mastercard ending 1881",
        "INV-2087 12 October 2026 $3,210.00 $0.00 $3,210.00", "Excess, kept as credit $87.00",
        "Amount received (USD) $3,297.00", "Three thousand two hundred ninety-seven US dollars",
    ):  # fmt: skip
        assert words in said


def test_a_statement_says_all_of_its_paper() -> None:
    said = text_of(render_pdf(statement()))
    for words in (
        "Statement of account", "To Greenleaf Gardens Ltd", "1 October to 24 November 2026, in US dollars",
        "1 Oct 2026 Opening balance $0.00", "2 Oct 2026 Invoice 2 Due 2 Nov 2026 $2.00 $3.00",
        "Balance due on 24 November 2026 $6.00",
    ):  # fmt: skip
        assert words in said


@pytest.mark.parametrize("amount", ["¥123,456", "$1,234.56", "BHD 1,234.567", "−1.234,50\N{NO-BREAK SPACE}€"])
def test_amounts_of_every_currency_stand_as_they_were_written(amount: str) -> None:
    said = text_of(render_pdf(invoice(lines=(Line("Planter", quantity="1", rate=amount, amount=amount),))))
    assert f"Planter 1 {' '.join(amount.split())} {' '.join(amount.split())}" in said


@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_the_sheet_has_the_size_asked_for(size: str, points: tuple[int, int]) -> None:
    pdf = pikepdf.open(io.BytesIO(render_pdf(invoice(size=size))))
    box = pdf.pages[0].mediabox
    assert (round(float(box[2])), round(float(box[3]))) == points


def test_an_empty_document_prints() -> None:
    assert "Invoice INV-2093" in text_of(
        render_pdf(invoice(lines=(), sums=(), notes=(), parties=(), meta=()))
    )


def test_what_typst_refuses_is_a_named_error() -> None:
    with pytest.raises(PrintingError, match=r"Invoice INV-2093 could not be printed: .*language code"):
        render_pdf(invoice(language="english"))


def test_threads_do_not_mix_papers() -> None:
    papers = [invoice(number=f"INV-{n}") for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        printed = list(threads.map(render_pdf, papers))
    assert [f"Invoice INV-{n} " in text_of(pdf) for n, pdf in enumerate(printed)] == [True] * 24
