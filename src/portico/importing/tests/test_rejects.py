"""Rows that cannot be taken: named with line and column, kept together, mended and imported again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from portico.importing.errors import SourceError
from portico.importing.tests.reading import (
    HEADER,
    LINES,
    MAPPING,
    mapping_from,
    numbers,
    read_csv,
    run,
    totals_by_customer,
    write_csv,
)
from portico.testing.people import World

GOOD = LINES[0]
BELOW_ZERO = "The total would be below zero. So this is not {}, or a sign is wrong."


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("Quantity", "many", "line 2, Quantity: “many” is not a number such as 1234.50"),
        ("Quantity", "", "line 2, Quantity: is empty; a number is needed"),
        ("Quantity", "1e9", "line 2, Quantity: “1e9” is not a number such as 1234.50"),
        ("Quantity", "1,5", "line 2, Quantity: “1,5” is not a number such as 1234.50"),
        ("Quantity", "0.00001", "line 2, Quantity: “0.00001” is too fine: at most 4 decimals are kept"),
        ("Quantity", "NaN", "line 2, Quantity: “NaN” is not a number such as 1234.50"),
        ("Quantity", "١٢", "line 2, Quantity: “١٢” is not a number such as 1234.50"),
        ("Price", "999999999999999", "line 2, Price: “999999999999999” is too large"),
        ("Price", "0.1234567", "line 2, Price: “0.1234567” is too fine: at most 6 decimals are kept"),
        ("Price", "-1", "line 2, Quantity, Price: " + BELOW_ZERO.format("an invoice")),
        ("Date", "2010-02-30", "line 2, Date: “2010-02-30” is not a date written like 2010-11-29"),
        ("Date", "05/01/2010", "line 2, Date: “05/01/2010” is not a date written like 2010-11-29"),
        ("Date", "0210-01-05", "line 2, Date: “0210-01-05” lies outside the years 1900 to 2199"),
        ("Date", "", "line 2, Date: is empty; a date is needed"),
        ("Invoice", "", "line 2, Invoice: is empty; it says which document this is"),
        ("Invoice", "9" * 41, "line 2, Invoice: has 41 characters; at most 40 are kept"),
        ("Customer", "", "line 2, Customer: is empty; a customer needs a number"),
        ("Customer", "a b", "line 2, Customer: “ca b@retail.example” is not an e-mail address."),
        ("Text", "x" * 201, "line 2, Text, Item: has more than 200 characters"),
        ("Text", "bell\x07", "line 2, Text, Item: has a character that cannot be kept"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_line_and_column(
    world: World, tmp_path: Path, column: str, value: str, told: str
) -> None:
    row = [value if name == column else cell for name, cell in zip(HEADER, GOOD, strict=True)]
    report = run(world, write_csv(tmp_path / "s.csv", [row, LINES[2]]))
    assert told in [str(problem) for problem in report.problems]
    assert report.rejected_lines == 1
    assert numbers(world) == {"1002"}


def test_an_unknown_currency_and_an_unknown_country_are_named(world: World, tmp_path: Path) -> None:
    header = [*HEADER, "Money", "Country"]
    mapping = mapping_from(
        tmp_path,
        MAPPING.replace('"GBP"', '"{Money}"')
        + '[countries]\n"Blighty" = "GB"\n'
        + '[customer.billing_address]\ncountry = "{Country}"\n',
    )
    rows = [[*GOOD, "EUX", "France"], [*LINES[2], "EUR", "Atlantis"]]
    rows.append(["1005", "A1", "x", "1", "2010-01-05", "1", "17850", "eur", "Blighty"])
    report = run(world, write_csv(tmp_path / "s.csv", rows, header), mapping=mapping)
    assert [str(problem) for problem in report.problems] == [
        "line 2, Money: “EUX” is not a currency code such as GBP",
        "line 3, Country: “Atlantis” is not a country we know; give its code in the mapping under [countries]",
    ]
    assert numbers(world) == {"1005"}


def test_yen_have_no_decimals_in_what_is_charged(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace('"GBP"', '"JPY"\nshipping_charge = "{Freight}"')
    rows = [[*GOOD, "10.50"], [*LINES[2], "10"]]
    file = write_csv(tmp_path / "s.csv", rows, [*HEADER, "Freight"])
    report = run(world, file, mapping=mapping_from(tmp_path, text))
    assert [str(each) for each in report.problems] == [
        "line 2, Freight: “10.50” is too fine: at most 0 decimals are kept"
    ]
    assert totals_by_customer(world) == {"13047": Decimal(19)}


def test_a_total_in_the_file_must_be_what_the_lines_come_to(world: World, tmp_path: Path) -> None:
    mapping = mapping_from(tmp_path, MAPPING.replace("[document]", '[document]\ntotal = "{Total}"'))
    rows = [[*GOOD, "30.60"], [*LINES[2], "8.84"], [*LINES[3], "-5.10"]]
    report = run(world, write_csv(tmp_path / "s.csv", rows, [*HEADER, "Total"]), mapping=mapping)
    assert [str(each) for each in report.problems] == [
        "line 3, Total: says 8.84 GBP, but the lines come to 8.85 GBP"
    ]
    assert numbers(world) == {"1001", "C1003"}


def test_rows_of_one_document_must_agree_on_its_customer_and_day(world: World, tmp_path: Path) -> None:
    rows = [
        GOOD,
        [*GOOD[:4], "2010-01-06", *GOOD[5:]],
        LINES[2],
        [*LINES[2][:6], "17850"],
    ]
    report = run(world, write_csv(tmp_path / "s.csv", rows))
    assert [str(each) for each in report.problems] == [
        "line 3, Date: is 2010-01-06 here and 2010-01-05 in line 2 of the same document",
        "line 5, Customer: is “17850” here and “13047” in line 4 of the same document",
    ]


def test_a_credit_note_with_the_wrong_sign_or_over_nothing_is_refused(world: World, tmp_path: Path) -> None:
    rows = [[*LINES[3][:3], "2", *LINES[3][4:]], ["C9", "A1", "x", "-1", "2010-01-05", "0", "17850"]]
    report = run(world, write_csv(tmp_path / "s.csv", rows))
    assert [str(each) for each in report.problems] == [
        "line 2, Quantity, Price: " + BELOW_ZERO.format("a credit note"),
        "line 3, Quantity, Price: the document comes to nothing; a credit note over nothing is not taken",
    ]


def test_lines_below_zero_are_kept_or_refused_as_the_mapping_says(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "s.csv", [GOOD, ["1001", "D", "Discount", "-1", "2010-01-05", "5", "17850"]])
    refusing = mapping_from(tmp_path, MAPPING.replace("[document]", '[document]\nnegative_lines = "reject"'))
    report = run(world, file, mapping=refusing)
    assert [str(each) for each in report.problems] == [
        "line 3, document.negative_lines: the line comes to -5.00 GBP"
    ]
    assert run(world, file).invoices.new == 1
    assert totals_by_customer(world) == {"17850": Decimal("25.60")}


def test_one_number_for_two_documents_is_refused(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace('group_by = ["Invoice"]', 'group_by = ["Invoice", "Customer"]')
    rows = [GOOD, [*GOOD[:6], "13047"]]
    report = run(world, write_csv(tmp_path / "s.csv", rows), mapping=mapping_from(tmp_path, text))
    assert [str(each) for each in report.problems] == [
        "line 3, number 1001: stands already on the document of line 2"
    ]


def test_a_document_with_one_bad_line_is_rejected_whole_and_imported_once_it_is_mended(
    world: World, tmp_path: Path
) -> None:
    bad = [LINES[0], [*LINES[1][:3], "one", *LINES[1][4:]], *LINES[2:]]
    rejects = tmp_path / "rejects.csv"
    report = run(world, write_csv(tmp_path / "sales.csv", bad), rejects=rejects)
    assert (report.rejected_documents, report.rejected_lines) == (1, 2)
    assert numbers(world) == {"1002", "C1003"}
    written = read_csv(rejects)
    reason = "line 3, Quantity: “one” is not a number such as 1234.50"
    assert written == [[*HEADER, "Rejected because"], [*bad[0], ""], [*bad[1], reason]]

    written[2][3] = "1"
    mended = write_csv(tmp_path / "mended.csv", written[1:], written[0])
    again = tmp_path / "rejects-2.csv"
    assert run(world, mended, rejects=again).invoices.new == 1
    assert totals_by_customer(world)["17850"] == Decimal("45.49")
    assert read_csv(again) == [[*HEADER, "Rejected because"]]
    assert run(world, mended).invoices.unchanged == 1


def test_rejects_of_rejects_have_one_column_of_reasons(world: World, tmp_path: Path) -> None:
    header, bad = [*HEADER, "Rejected because"], [*GOOD[:3], "?", *GOOD[4:], "an old reason"]
    rejects = tmp_path / "again.csv"
    run(world, write_csv(tmp_path / "s.csv", [bad], header), rejects=rejects)
    assert read_csv(rejects)[0] == header
    assert read_csv(rejects)[1][-1] == "line 2, Quantity: “?” is not a number such as 1234.50"


def test_a_row_with_too_few_or_too_many_cells_takes_its_document_along(world: World, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    file = write_csv(tmp_path / "s.csv", [GOOD, GOOD[:4], [*LINES[2], "more"]])
    report = run(world, file, rejects=rejects)
    assert [str(each) for each in report.problems] == [
        "line 3, the row: has 4 cells, the header has 7",
        "line 4, the row: has 8 cells, the header has 7",
    ]
    assert report.rejected_lines == 3
    assert read_csv(rejects)[3] == [*LINES[2], "line 4, the row: has 8 cells, the header has 7", "more"]


def test_lines_are_counted_as_the_file_has_them(world: World, tmp_path: Path) -> None:
    rows = [[*GOOD[:2], "two\nlines", *GOOD[3:]], [], [*LINES[2][:3], "?", *LINES[2][4:]]]
    report = run(world, write_csv(tmp_path / "s.csv", rows))
    assert [problem.line for problem in report.problems] == [5]


def test_the_file_itself_is_not_overwritten_by_its_rejects(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "s.csv")
    with pytest.raises(SourceError):
        run(world, file, rejects=tmp_path / "." / "s.csv")
    assert len(read_csv(file)) == 5
