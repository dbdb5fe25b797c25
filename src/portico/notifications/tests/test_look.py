"""The one look of e-mails: text that reads by itself, HTML with headings, tables and buttons that can be read."""

from __future__ import annotations

import pytest

from portico.notifications.look import Dress, as_html, as_text, blocks, readable, table
from portico.organisations.models import Organisation

ROWS = [
    ["Invoice", "Due on", "Amount due"],
    ["INV-1", "15.06.2026", "1.250,50\N{NO-BREAK SPACE}$"],
    ["Total", "", "€ 9"],
]


def _dress(**more: object) -> Dress:
    organisation = Organisation(name="Northwind", street="1200 Harbor Avenue SW", city="Seattle", **more)
    return Dress(organisation, "Hello", "en", stop="https://x.example/mail/stop/t/")


def test_a_table_is_columns_in_the_text_and_a_table_in_the_html() -> None:
    text = table(ROWS)
    assert len({len(line) for line in text.splitlines()}) == 1
    assert text.splitlines()[2].endswith("€ 9")
    (block,) = blocks(text)
    assert block.rows == tuple(tuple(row) for row in ROWS)
    html = as_html(_dress(), f"Dear Maya,\n\n{text}")
    assert html.count("<tr>") >= 3
    assert ">INV-1</td>" in html
    assert 'scope="col"' in html


def test_what_people_write_with_many_spaces_is_no_table() -> None:
    (block,) = blocks("one   two\nthree   four")
    assert block.rows == ()
    assert block.lines == ("one   two", "three   four")


def test_the_heading_is_not_said_twice_and_the_preheader_says_what_comes() -> None:
    html = as_html(_dress(), "Hello\n\nThe first words.\n\nPay now: https://pay.example/")
    assert html.count(">Hello<") == 2  # the title and the heading
    assert 'mso-hide:all">The first words.</div>' in html


def test_the_footer_names_the_sender_and_the_way_out() -> None:
    text = as_text(_dress(), "Words.")
    assert text.endswith("No more e-mails of this kind: https://x.example/mail/stop/t/\n")
    assert "-- \nNorthwind\n1200 Harbor Avenue SW\nSeattle\n" in text
    assert "1200 Harbor Avenue SW, Seattle" in as_html(_dress(), "Words.")


@pytest.mark.parametrize("accent", ["#ffff00", "#ffffff", "#7fd4ff", "#005a6b", "#000000"])
def test_white_letters_can_be_read_on_every_accent(accent: str) -> None:
    parts = [int(readable(accent)[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    assert 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) >= 4.5
    assert readable("#005a6b") == "#005a6b"


def test_a_logo_goes_along_where_mail_readers_can_show_it() -> None:
    png = _dress(logo=b"\x89PNG", logo_type="image/png")
    assert 'src="cid:' in as_html(png, "Words.")
    assert "cid:" not in as_html(_dress(logo=b"<svg/>", logo_type="image/svg+xml"), "Words.")
    assert "cid:" not in as_html(_dress(logo=b"x" * 200_000, logo_type="image/png"), "Words.")
