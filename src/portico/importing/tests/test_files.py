"""Files that are not what they say: refused with a clear message, before anything is written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import xlsxwriter

from portico.importing.errors import MappingError, SourceError
from portico.importing.tests.reading import HEADER, LINES, MAPPING, mapping_from, numbers, run, write_csv
from portico.importing.tests.test_import import write_workbook
from portico.testing.people import World

CSV = ("Invoice,Item,Text,Quantity,Date,Price,Customer\n" + ",".join(LINES[0]) + "\n").encode()
ZIP = b"PK\x03\x04 something else"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("s.csv", b"%PDF-1.7\n", "s.csv is a PDF, not a CSV or XLSX file."),
        ("s.csv", b"\x89PNG\r\n", "s.csv is a picture, not a CSV or XLSX file."),
        ("s.csv", b"<!DOCTYPE html>", "s.csv is a web page, not a CSV or XLSX file."),
        ("s.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "s.xlsx is an old Excel (XLS) or Word file, not a CSV or XLSX file."),
        ("s.xlsx", CSV, "s.xlsx is not an XLSX workbook, though its name says so."),
        ("s.xlsx", ZIP, "s.xlsx cannot be read as an XLSX workbook"),
        ("s.csv", ZIP, "s.csv is a ZIP archive or a workbook, not CSV. If it is a workbook, name it .xlsx."),
        ("s.csv", b"", "s.csv is empty."),
        ("s.csv", b"\n\n", "s.csv is empty."),
        ("s.csv.gz", gzip.compress(CSV * 50, mtime=0)[:-30], "s.csv.gz is a damaged gzip file"),
        ("s.csv.gz", b"\x1f\x8bnot gzip at all", "s.csv.gz is a damaged gzip file."),
        ("s.csv.gz", gzip.compress(b"%PDF-1.7", mtime=0), "s.csv.gz is a PDF, not a CSV or XLSX file."),
        ("s.csv", CSV + "1002,A1,Krüge,1,2010-01-05,1,1\n".encode("cp1252"),
         "s.csv is not utf-8 text: after line 0 there is the byte 0xfc."),
        ("s.csv", CSV + b"1002,A1,a\x00b,1,2010-01-05,1,1\n", "s.csv, line 3 holds a NUL character"),
        ("s.csv", CSV + b'1002,A1,"never closed,1,2010-01-05,1,1\n', "s.csv, line 3: this is not CSV"),
        ("s.csv", CSV.replace(b"Text", b"Item"), "s.csv has two columns called “Item”."),
    ],
)  # fmt: skip
def test_the_message_says_what_the_file_is(
    world: World, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        run(world, file)
    assert caught.value.message.startswith(told)
    assert numbers(world) == set()


def test_a_file_that_is_not_there_and_a_folder(world: World, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        run(world, tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="is a folder"):
        run(world, tmp_path, mapping=mapping_from(tmp_path))


def test_a_missing_column_is_named_with_the_key_and_the_columns_there_are(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(CSV.replace(b"Price", b"Amount"))
    with pytest.raises(MappingError) as caught:
        run(world, file)
    assert caught.value.message == (
        "line.rate names the column “Price”, which the file does not have."
        " It has: Invoice, Item, Text, Quantity, Date, Amount, Customer."
    )


def test_another_encoding_is_read_where_the_mapping_names_it(world: World, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(CSV.decode().replace("Lantern", "Krüge").encode("cp1252"))
    report = run(world, file, mapping=mapping_from(tmp_path, more='file.encoding = "cp1252"\n'))
    assert report.invoices.new == 1


def test_a_byte_order_mark_is_no_part_of_the_first_column(world: World, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(b"\xef\xbb\xbf" + CSV)
    assert run(world, file).invoices.new == 1


def test_a_sheet_that_is_not_there_is_named(world: World, tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "s.xlsx")
    with pytest.raises(SourceError, match="no sheet called “Orders”; it has: Sales"):
        run(world, file, mapping=mapping_from(tmp_path, more='file.sheet = "Orders"\n'))


def test_lines_of_a_sheet_are_counted_as_the_spreadsheet_shows_them(world: World, tmp_path: Path) -> None:
    file = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for index, row in ((2, HEADER), (3, LINES[0]), (5, [*LINES[2][:3], "?", *LINES[2][4:]])):
            sheet.write_row(index, 1, row)
    report = run(world, file)
    assert (report.invoices.new, [problem.line for problem in report.problems]) == (1, [6])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('number = "{Invoice}"', ""), "document.number is missing."),
        (("group_by", "groupby"), "document.group_by is missing."),
        (("[line]", '[line]\nquantty = "{Quantity}"'), "line.quantty: there is no such key. Did you mean “quantity”?"),
        (('"{Date}"', "5"), "document.date must be a text or a list of texts."),
        (('"{Date}"', '"{Date"'), "document.date: in “{Date” a brace is not closed or names no column"),
        (('"{Date}"', '"{}"'), "document.date: in “{}” a brace is not closed or names no column"),
        (('"credit_note"', '"receipt"'), "rule[1].then.kind must be one of credit_note, invoice, not “receipt”."),
        (("starts_with", "begins_with"), "rule[1].when needs exactly one of"),
        (("[line]", "[line]\nmake_items = 1"), "line.make_items must be true or false."),
        (("[document]", '[document]\nzero_total = "ignore"'), "document.zero_total must be one of"),
        (("[document]", '[file]\nencoding = "latin-99"\n[document]'), "file.encoding: “latin-99” is not an encoding."),
        (("[document]", '[file]\ntime_zone = "Mars"\n[document]'), "file.time_zone: “Mars” is not a time zone."),
        (("[document]", '[file]\ndate_formats = ["%d/%m"]\n[document]'), "file.date_formats: “%d/%m” does not give"),
        (("[document]", '[file]\ndelimiter = "tab"\n[document]'), "file.delimiter must be one character."),
        (("[document]", '[countries]\nEngland = "England"\n[document]'), "countries.England must be a country code"),
        (("[document]", '[payment_terms]\nname = "N"\ndays = -1\n[document]'), "payment_terms.days must be a whole"),
        (("[document]", "[document"), "The mapping"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_followed_is_refused_with_its_key(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    with pytest.raises(MappingError) as caught:
        mapping_from(tmp_path, MAPPING.replace(*change, 1))
    assert caught.value.message.startswith(told)


def test_terms_of_the_same_name_with_other_days_are_not_mixed_up(world: World, tmp_path: Path) -> None:
    terms = '[payment_terms]\nname = "Net 30"\ndays = 14\n'
    with pytest.raises(MappingError, match="has terms called “Net 30” already, with 30 days"):
        run(world, write_csv(tmp_path / "s.csv"), mapping=mapping_from(tmp_path, more=terms))
