"""Maya finds documents by the beginnings of words; nobody finds another customer's."""

from __future__ import annotations

import pytest
from django.db import connection

from portico.access.scope import scope
from portico.invoices.actions import issue_invoice
from portico.invoices.models import Invoice
from portico.invoices.tests.making import draft, invoice
from portico.testing.people import World
from portico.transactions import searching
from portico.transactions.models import DocumentKind

INVOICES = searching.search_in(DocumentKind.INVOICE)


def _found(world: World, text: str) -> set[str]:
    with scope(world.maya):
        return set(
            Invoice.objects.visible_to(world.maya).filter(INVOICES(text)).values_list("number", flat=True)
        )


@pytest.mark.parametrize(
    ("item", "reference", "texts"),
    [
        (
            "Garden hose, 25 m",
            "PO 7815",
            ["hos", "HOSE gard", "25", "po7815", "PO-78", "po 7815 hose", "25m"],
        ),
        ("Café Müller – Größe 4", "", ["cafe", "CAFÉ", "muller", "Müll", "gro", "größe"]),
        ("庭園ホース 30メートル", "", ["ホース", "庭園", "園ホ", "メートル"]),
        ("แก้วน้ำ", "", ["น้ำ", "แก้ว"]),
        ("Иванов и сын", "", ["иван", "СЫН"]),
        ("إختبار", "", ["إخت"]),
        ("a_b%c (d) [e] 'f' \"g\" \\h & ! : * <-> i", "", ["a_b%c", "(d)", "'f'", "\\h", "g & h", "b%"]),
    ],
)
def test_a_document_is_found_by_the_beginnings_of_its_words(
    world: World, item: str, reference: str, texts: list[str]
) -> None:
    mine = invoice(world, item=item, reference=reference)
    invoice(world, item="Nothing like it", reference="XX")
    for text in texts:
        assert _found(world, text) == {mine.number}, text


def test_numbers_are_found_by_their_beginning_and_without_their_zeros(world: World) -> None:
    mine = invoice(world)
    prefix, _dash, digits = mine.number.partition("-")
    for text in (mine.number, mine.number.lower(), f"{prefix}-00", digits, digits.lstrip("0"), prefix):
        assert _found(world, text) == {mine.number}, text
    assert _found(world, f"{prefix}-99") == set()


@pytest.mark.parametrize(
    "text", ["%", "'", "\\", "& | !", ":*", "🌱", "hovercraft", "((", "' OR true --", "\t"]
)
def test_what_holds_no_word_or_no_such_word_finds_nothing(world: World, text: str) -> None:
    invoice(world)
    assert _found(world, text) == set()


def test_neither_ines_nor_a_draft_nor_nobody_is_in_what_maya_finds(world: World) -> None:
    mine = invoice(world, item="Greenhouse")
    invoice(world, item="Greenhouse", customer=world.harbourview)
    draft(world, item="Greenhouse")
    assert _found(world, "greenhouse") == {mine.number}
    # The doors themselves, whatever the program puts around them.
    ask = "SELECT ids, query FROM search_documents('invoice', 'greenhouse', 100)"
    with scope(world.ines), connection.cursor() as cursor:
        cursor.execute(ask)
        ids, query = cursor.fetchone()
        assert mine.pk not in ids
        assert len(ids) == 1
        cursor.execute("SELECT search_matches(%s, %s::tsquery)", [mine.pk, query])
        assert cursor.fetchone() == (False,)
    with connection.cursor() as cursor:  # in no scope
        cursor.execute(ask)
        assert cursor.fetchone() == ([], None)
    with scope(world.olive), connection.cursor() as cursor:
        cursor.execute(ask)
        assert cursor.fetchone() == ([], None)
        cursor.execute("SELECT search_matches(%s, %s::tsquery)", [mine.pk, query])
        assert cursor.fetchone() == (False,)


def test_when_most_documents_have_the_word_the_list_is_walked_and_finds_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pots = {invoice(world, item="Pot").number for _each in range(3)}
    invoice(world, item="Hose")
    named = _found(world, "pot")
    monkeypatch.setattr(searching, "MOST", 1)
    assert _found(world, "pot") == named == pots


def test_what_is_written_before_it_is_issued_is_found_once_it_is(world: World) -> None:
    later = draft(world, item="Trellis", reference="PO 12")
    assert _found(world, "trellis") == set()
    issued = issue_invoice(actor=world.olive, invoice=later)
    assert _found(world, "trellis po12") == {issued.number}
