"""What is taken and what is not: judged by the content, with a message that says what to do."""

from __future__ import annotations

import io
import zipfile

import pytest

from portico.kit.errors import InvalidError
from portico.sharing.files.content import LARGEST_UNPACKED, LONGEST_NAME, judge, safe_name

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def archive(**entries: bytes) -> bytes:
    """A ZIP of these entries; in names, “__” stands for “/” and “_dot_” for “.”."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as it:
        for name, content in entries.items():
            it.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def document(**entries: bytes) -> bytes:
    """A Word document with these further entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as it:
        it.writestr("[Content_Types].xml", "<Types/>")
        it.writestr("word/document.xml", "<document/>")
        for name, content in entries.items():
            it.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def _named(value: object) -> str:
    """A case's name without its content: an archive carries the second it was made in."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize(
    ("name", "content", "label"),
    [
        ("order.pdf", b"%PDF-1.7\n1 0 obj", "PDF"),
        ("photo.JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 30, "JPG"),
        ("photo.png", PNG, "PNG"),
        ("photo.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 30, "WEBP"),
        ("forecast.csv", "Café;12,50\n".encode(), "CSV"),
        ("umlaut.txt", "Grüße".encode("cp1252"), "TXT"),
        ("letter.txt", b"BM is how a letter may begin, like a picture", "TXT"),
        ("letter.docx", document(), "DOCX"),
        ("no ending", b"%PDF-1.4", "PDF"),
        ("sheet.ods", archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "ODS"),
    ],
    ids=_named,
)
def test_papers_of_a_business_are_taken(name: str, content: bytes, label: str) -> None:
    assert judge(io.BytesIO(content), name).label == label


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.pdf", b"<!doctype html><script>alert(1)</script>", "web page"),
        ("page.txt", b"\xef\xbb\xbf  <html>", "web page"),
        ("notes.txt", b"Dear all, <script>alert(1)</script>", "web page"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "markup"),
        ("drawing.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "markup"),
        ("empty.pdf", b"", "is empty"),
        ("bomb.png", archive(a=b"0" * 10_000_000), "archive"),
        ("photo.pdf", PNG, "is PNG"),
        ("order.exe", b"%PDF-1.7", "is PDF"),
        ("setup.pdf", b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        ("macros.docx", document(word__vbaProject_dot_bin=b"x"), "macros"),
        ("noise.txt", bytes(range(256)), "not known"),
        ("cut.docx", document()[:60], "archive"),
    ],
    ids=_named,
)
def test_anything_else_is_refused_with_its_reason(name: str, content: bytes, says: str) -> None:
    with pytest.raises(InvalidError, match=says) as raised:
        judge(io.BytesIO(content), name)
    assert raised.value.field == "file"
    assert name in raised.value.message


def test_an_office_document_that_unpacks_to_a_disk_full_is_refused_without_unpacking_it() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as it:
        it.writestr("[Content_Types].xml", "<Types/>")
        with it.open("word/document.xml", "w") as entry:
            for _part in range(LARGEST_UNPACKED // 10_000_000 + 1):
                entry.write(b"\x00" * 10_000_000)
    with pytest.raises(InvalidError, match="archive"):
        judge(made, "letter.docx")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\maya\\order.pdf", "order.pdf"),
        ("order\r\nSet-Cookie: a=b.pdf", "orderSet-Cookie a=b.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("  .htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("価格表 2027.pdf", "価格表 2027.pdf"),
    ],
)
def test_a_name_is_made_safe(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_name_of_300_letters_is_cut_and_keeps_its_ending() -> None:
    cut = safe_name("n" * 300 + ".pdf")
    assert len(cut) == LONGEST_NAME
    assert cut.endswith("n.pdf")
