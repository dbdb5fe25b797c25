"""Names in every script print with real glyphs, and nothing that is typed can do harm or stop the printing."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from portico.printing.compile import TEMPLATES, _fonts, render_pdf
from portico.printing.glyphs import REPLACEMENT, printable_json
from portico.printing.papers import Addressee, Line
from portico.printing.payload import language_and_region
from portico.printing.tests.making import invoice, missing_glyphs, pages_of, statement, text_of


def _printed(name: str, **changes: object) -> str:
    """What the PDF of an invoice to this name says; every character of it has to have a glyph."""
    pdf = render_pdf(invoice(parties=(Addressee("Billed to", name),), **changes))
    assert missing_glyphs(pdf) == 0
    return text_of(pdf)


@pytest.mark.parametrize(
    "name",
    [
        "Žluťoučký kůň, Łódź, Đặng Thị Ngọc", "Ελληνικά Κήπος ΑΕ", "Київська Садиба ЖЩЪ", "株式会社ノースウィンド",
        "北风贸易有限公司 龑", "北風貿易有限公司", "주식회사 북풍 정원", "სამშობლო", "Հայաստան", "อุ่นใจ", "€ ₹ ₪ ₩ ₿ № ™",
    ],
)  # fmt: skip
def test_a_name_prints_in_its_own_letters(name: str) -> None:
    said = _printed(name)
    assert name in said
    assert REPLACEMENT not in said


@pytest.mark.parametrize(
    "name", ["שלום גינות", "شركة الحدائق", "हिन्दी उद्यान", "বাংলা বাগান", "தமிழ்", "ગુજરાતી", "አማርኛ"]
)
def test_a_name_in_a_script_of_other_order_keeps_all_its_letters(name: str) -> None:
    # Readers of PDFs order such letters differently; that none is missing shows they have glyphs.
    said = _printed(name)
    assert set(name) <= set(said)
    assert REPLACEMENT not in said


@pytest.mark.parametrize(
    "emoji", ["🎉", "👩\N{ZERO WIDTH JOINER}💻", "❤\N{VARIATION SELECTOR-16}", "🇩🇪", "👍🏽"]
)
def test_emoji_print(emoji: str) -> None:
    said = _printed(f"Party {emoji} Ltd")
    assert emoji[0] in said
    assert REPLACEMENT not in said


@pytest.mark.parametrize(
    "odd", ["\x00", "\x07", "\x1b", "\x7f", "\ud800", "\ue000", "\U00012000", "\U000f0000", "\uffff"]
)
def test_a_character_without_a_glyph_becomes_a_sign_for_it(odd: str) -> None:
    assert f"A{REPLACEMENT}B" in _printed(f"A{odd}B")


def test_without_that_sign_it_would_have_no_glyph_and_stop_the_printing() -> None:
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    source = '#set document(title: "x")\n#set text(font: "Inter")\n= A\U00012000'.encode()
    pdf = compiler.compile(input=source, format="pdf")
    assert isinstance(pdf, bytes)
    assert missing_glyphs(pdf) == 1
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        compiler.compile(input=source, format="pdf", pdf_standards=["ua-1"])


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "/etc/passwd"', '#panic("x")', "#read('portico.typ')", "$x^2$", "*b* _i_ `c` <l> @r", "// c /* d */",
        "\\u{41} \\n \\", "'single' \"double\" -- ... -> ~", '"}, "kind": "Receipt", "x": {"', "{page} {pages} [a]{b}(c)", "</a><b>&amp;",
    ],
)  # fmt: skip
def test_what_looks_like_code_prints_as_it_stands(hostile: str) -> None:
    said = _printed(
        hostile, number=hostile, lines=(Line(hostile, hostile, hostile, "1", hostile, "$1", amount="$1"),)
    )
    assert said.count(" ".join(hostile.split())) >= 4
    assert "root:" not in said


def test_line_ends_of_every_kind_break_lines_and_tabs_are_spaces() -> None:
    assert "one two three four five" in _printed("one\r\ntwo\rthree\nfour\tfive")


@pytest.mark.parametrize(
    "name", ["W" * 300, "accounts" * 20 + "@greenleaf.example", "-" * 300, "word " * 60, "é" * 200]
)
def test_a_name_of_any_length_prints_whole_and_inside_the_sheet(name: str) -> None:
    pdf = render_pdf(
        invoice(kind=name, parties=(Addressee("Billed to", name),), lines=(Line(name, name, name),))
    )
    assert text_of(pdf).replace(" ", "").count(name.replace(" ", "")) >= 4
    assert max(len(line) for page in pages_of(pdf) for line in page.split("\n")) < 140


def test_long_words_break_between_letters_and_never_before_a_mark() -> None:
    accent = "\N{COMBINING ACUTE ACCENT}"
    broken = printable_json("x" + f"e{accent}" * 20)
    assert "\N{ZERO WIDTH SPACE}e" in broken
    assert f"\N{ZERO WIDTH SPACE}{accent}" not in broken


def test_an_arabic_invoice_is_mirrored() -> None:
    arabic = invoice(
        language="ar",
        direction="rtl",
        kind="فاتورة",
        lines=(Line("أصيص 40 سم", "", "TP-40", "60", "", "$1", amount="$60.00"),),
    )
    pdf = render_pdf(arabic)
    assert _left_edge(pdf, "60.00") < _left_edge(pdf, "TP-40")
    assert _left_edge(render_pdf(invoice()), "$3.00") > _left_edge(render_pdf(invoice()), "P-3")


def test_numbers_stay_readable_among_arabic() -> None:
    said = _printed("حدائق", language="ar", direction="rtl", number="INV-2093", kind="فاتورة")
    assert "INV-2093" in said
    assert "$3.00" in said
    assert "ar@northwind.example" in said


def test_an_arabic_statement_prints() -> None:
    said = text_of(render_pdf(statement(60, language="ar", direction="rtl", kind="كشف حساب")))
    assert "$1,830.00" in said


def _left_edge(pdf: bytes, words: str) -> float:
    """Where, in points from the left edge of the first page, a piece of text starts."""
    found: list[float] = []

    def see(text: str, page: list[float], line: list[float], _font: object, _size: float) -> None:
        if words in text:
            found.append(line[4] * page[0] + line[5] * page[2] + page[4])

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=see)
    return found[0]


def test_the_language_of_a_paper_chooses_han_shapes() -> None:
    printed = {
        tag: render_pdf(invoice(language=tag, kind="直骨誤")) for tag in ("ja", "zh-hans", "zh-hant", "ko")
    }
    assert len({_stripped(pdf) for pdf in printed.values()}) == 4


def _stripped(pdf: bytes) -> bytes:
    """Without what differs by the language's name alone."""
    return re.sub(
        rb"/Lang ?\([^)]*\)|<rdf:li>[a-z-]+(-[A-Z]{2})?</rdf:li>|<xmpMM:.*|/ID ?\[[^]]*\]", b"", pdf
    )


@pytest.mark.parametrize(
    ("tag", "parts"),
    [("en", ("en", "")), ("pt-br", ("pt", "BR")), ("zh_Hant_HK", ("zh", "HK")), ("zh-hans", ("zh", "CN"))],
)
def test_a_locale_is_split_as_typst_wants_it(tag: str, parts: tuple[str, str]) -> None:
    assert language_and_region(tag) == parts


def test_the_templates_name_every_font_we_ship() -> None:
    named = set(re.findall(r'"((?:Inter|Noto)[^"]*)"', (TEMPLATES / "portico.typ").read_text()))
    assert named == set(_fonts().families())


def test_a_template_cannot_read_outside_its_folder(tmp_path: Path) -> None:
    compiler = typst.Compiler(root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    for way in ("/../compile.py", "../compile.py", str(Path(__file__))):
        with pytest.raises(typst.TypstError):
            compiler.compile(input=f'#read("{way}")'.encode(), format="pdf")
