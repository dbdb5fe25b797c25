"""Olive's logo stands on Northwind's papers, or she is told why it cannot."""

from __future__ import annotations

import dataclasses
import io
import struct
import zlib

import pikepdf
import pytest

from portico.kit.errors import InvalidError
from portico.printing.compile import BrokenLogoError, check_logo, render_pdf
from portico.printing.logos import LARGEST_LOGO, Logo
from portico.printing.papers import DocumentPaper
from portico.printing.tests.making import NORTHWIND, invoice


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def _png(width: int, height: int) -> bytes:
    pixels = b"".join(b"\0" + b"\x90\x20\x50" * width for _ in range(height))
    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(pixels))
        + _chunk(b"IEND", b"")
    )


PNG = _png(60, 20)
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300ffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080008"
    "000801011100ffc40014000100000000000000000000000000000000ffc4001410010000000000000000000000000000"
    "0000ffda0008010100003f003fffd9"
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def _with_logo(data: bytes) -> DocumentPaper:
    return invoice(
        letterhead=dataclasses.replace(NORTHWIND, logo=Logo(data, "Northwind: three lines of wind"))
    )


@pytest.mark.parametrize("data", [PNG, _png(20, 90), JPEG, SVG], ids=["wide png", "tall png", "jpeg", "svg"])
def test_a_logo_is_printed_with_its_words(data: bytes) -> None:
    check_logo(Logo(data, "Northwind"))
    printed = render_pdf(_with_logo(data))
    assert printed == render_pdf(_with_logo(data))
    pdf = pikepdf.open(io.BytesIO(printed))
    words = [
        str(item["/Alt"]) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
    ]
    assert words == ["Northwind: three lines of wind"]


def test_a_raster_logo_is_in_the_file_as_a_picture() -> None:
    pdf = pikepdf.open(io.BytesIO(render_pdf(_with_logo(PNG))))
    pictures = [
        item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
    ]
    assert [(int(picture.Width), int(picture.Height)) for picture in pictures] == [(60, 20)]


@pytest.mark.parametrize(
    "data",
    [
        PNG[:60],
        b"\x89PNG\r\n\x1a\n" + b"junk" * 9,
        JPEG[:40],
        b"<svg><unclosed>",
        SVG.replace(b"viewBox", b'width="0" viewBox'),
        SVG.replace(b"</svg>", b'<image href="/etc/passwd" width="9" height="9"/></svg>'),
        b'<!DOCTYPE svg [<!ENTITY a "x"><!ENTITY b "&a;&b;">]>'
        + SVG[21:].replace(b"</svg>", b"<text>&b;</text></svg>"),
    ],
    ids=["cut png", "junk png", "cut jpeg", "open svg", "empty svg", "svg reads a file", "svg entities"],
)
def test_a_broken_logo_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(BrokenLogoError, match="The logo cannot be read") as caught:
        render_pdf(_with_logo(data))
    assert caught.value.field == "logo"
    with pytest.raises(BrokenLogoError):
        check_logo(Logo(data, "Northwind"))


@pytest.mark.parametrize(
    ("data", "alt", "words"),
    [
        (b"GIF89a", "Northwind", "not a PNG, JPEG or SVG"),
        (b"", "Northwind", "not a PNG, JPEG or SVG"),
        (b"<html></html>", "Northwind", "not a PNG, JPEG or SVG"),
        (PNG + bytes(LARGEST_LOGO), "Northwind", "at most 512 KB"),
        (PNG, " ", "in words"),
    ],
)
def test_what_is_no_logo_is_refused_at_once(data: bytes, alt: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        Logo(data, alt)
