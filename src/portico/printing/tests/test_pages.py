"""An invoice or a statement of several pages carries its total over."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from portico.printing.compile import render_pdf
from portico.printing.labels import DocumentLabels
from portico.printing.papers import Paper
from portico.printing.tests.making import (
    dollars,
    invoice,
    lines,
    pages_of,
    receipt,
    running,
    statement,
    text_of,
)

LONG = [
    (invoice(lines=lines(70)), r"^Planter (\d+)$", "Item Quantity Price Amount"),
    (statement(90), r"Invoice (\d+)", "Date Transaction Details Amount"),
]


@pytest.mark.parametrize(("paper", "row", "head"), LONG, ids=["invoice", "statement"])
def test_every_page_ends_and_the_next_begins_with_the_total_so_far(paper: Paper, row: str, head: str) -> None:
    pages = pages_of(render_pdf(paper))
    assert len(pages) > 2
    for page, following in pairwise(pages):
        last = int(re.findall(row, page, re.MULTILINE)[-1])
        assert f"Carried over {running(last)}" in page
        assert f"Carried over from the page before {running(last)}" in following
        assert int(re.findall(row, following, re.MULTILINE)[0]) == last + 1
    assert "from the page before" not in pages[0]
    assert "Carried over $" not in pages[-1]


@pytest.mark.parametrize(("paper", "row", "head"), LONG, ids=["invoice", "statement"])
def test_every_page_repeats_the_head_and_says_which_it_is(paper: Paper, row: str, head: str) -> None:
    pages = pages_of(render_pdf(paper))
    for number, page in enumerate(pages, 1):
        assert head in " ".join(page.split())
        assert f"Page {number} of {len(pages)}" in page
        assert number == 1 or paper.heading in page


def test_a_receipt_for_many_invoices_carries_over_too() -> None:
    row = receipt().rows[0]
    rows = tuple(row._replace(number=f"INV-{n}", paid=dollars(n), running=running(n)) for n in range(1, 60))
    pages = pages_of(render_pdf(receipt(rows=rows)))
    last = int(re.findall(r"INV-(\d+)", pages[0])[-1])
    assert f"Carried over {running(last)}" in pages[0]
    assert f"Carried over from the page before {running(last)}" in pages[1]


def test_nothing_is_carried_over_when_only_the_sums_go_to_the_next_page() -> None:
    pages = pages_of(render_pdf(invoice(lines=lines(16))))
    assert "Planter 16" in pages[0]
    assert "Balance due" in pages[1]
    assert "Carried over" not in "".join(pages)


def test_the_words_come_from_the_labels() -> None:
    words = DocumentLabels(
        page="Blatt {page}/{pages}", carried_over="Übertrag", brought_forward="Vorher", item="Was"
    )
    said = text_of(render_pdf(invoice(lines=lines(40), labels=words)))
    assert "Übertrag $" in said
    assert "Vorher $" in said
    assert "Blatt 2/3" in said
    assert "Carried over" not in said


def test_no_line_is_split_over_two_pages() -> None:
    tall = tuple(line._replace(description="one\ntwo\nthree\nfour\nfive") for line in lines(40))
    for page in pages_of(render_pdf(invoice(lines=tall))):
        assert page.count("Planter") == page.count("five")


def test_a_line_taller_than_a_page_goes_on_on_the_next() -> None:
    story = "\n".join(f"row {n}." for n in range(1, 201))
    pages = pages_of(render_pdf(invoice(lines=(lines(1)[0]._replace(description=story), *lines(3)))))
    assert all(f"row {n}." in "".join(pages) for n in range(1, 201))
    assert max(page.count("row") for page in pages) < 80
    assert "Planter 3" in pages[-1]


def test_thousands_of_lines_print_and_add_up_at_every_break() -> None:
    pages = pages_of(render_pdf(statement(1500)))
    assert f"Balance due on 24 November 2026 {running(1500)}" in " ".join(pages[-1].split())
    assert sum(page.count("Carried over $") for page in pages) == len(pages) - 1
