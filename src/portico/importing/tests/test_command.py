"""`portico import` at the prompt: what it says, and where the rejects go."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portico.importing.tests.reading import LINES, MAPPING, numbers, read_csv, write_csv
from portico.testing.people import World, make_world

BAD = ["1009", "A1", "Lantern", "one", "2010-01-05", "2", "17850"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works in a folder of its own, where the mapping lies."""
    monkeypatch.chdir(tmp_path)
    Path("m.toml").write_text(MAPPING)


def portico_import(world: World, file: str, *more: str) -> str:
    """What the command prints."""
    out = StringIO()
    organisation = world.organisation.portal_name
    call_command("import", file, *more, mapping=Path("m.toml"), organisation=organisation, stdout=out)
    return out.getvalue()


def test_it_reports_what_it_did_and_leaves_no_empty_file_of_rejects(world: World) -> None:
    write_csv(Path("sales.csv"))
    assert portico_import(world, "sales.csv").splitlines() == [
        "sales.csv → Northwind Traders: 4 lines read",
        "  invoices: 2 new (£59.44), 0 unchanged",
        "  credit notes: 1 new (£5.10), 0 unchanged",
        "  customers: 2 new, 0 known already",
        "  items: 2 new, 0 known already",
        "  rejected: 0 documents, 0 lines",
    ]
    assert sorted(each.name for each in Path().iterdir()) == ["m.toml", "sales.csv"]


def test_rejects_are_listed_and_put_beside_without_covering_an_earlier_file(world: World) -> None:
    write_csv(Path("sales.csv"), [*LINES, BAD])
    Path("sales.rejects.csv").write_text("being mended")
    said = portico_import(world, "sales.csv")
    assert "    line 6, Quantity: “one” is not a number such as 1234.50" in said.splitlines()
    assert said.endswith("are in sales.rejects-2.csv: mend and import that file.\n")
    assert Path("sales.rejects.csv").read_text() == "being mended"
    assert read_csv(Path("sales.rejects-2.csv"))[1][:7] == BAD


def test_a_dry_run_writes_neither_documents_nor_files(world: World) -> None:
    write_csv(Path("sales.csv"), [*LINES, BAD])
    said = portico_import(world, "sales.csv", "--dry-run")
    assert "  invoices: 2 would be new (£59.44), 0 unchanged" in said.splitlines()
    assert "    line 6, Quantity: “one” is not a number such as 1234.50" in said.splitlines()
    assert numbers(world) == set()
    assert sorted(each.name for each in Path().iterdir()) == ["m.toml", "sales.csv"]
    portico_import(world, "sales.csv", "--dry-run", "--rejects=r.csv")
    assert read_csv(Path("r.csv"))[1][:7] == BAD


def test_many_rejects_are_cut_short_on_the_screen_and_not_in_the_file(world: World) -> None:
    write_csv(Path("sales.csv"), [[str(count), *BAD[1:]] for count in range(2_000)])
    said = portico_import(world, "sales.csv", "--rejects=r.csv")
    assert "    … and 1,900 more, in r.csv" in said.splitlines()
    assert len(read_csv(Path("r.csv"))) == 2_001


def test_without_a_terminal_progress_is_told_in_plain_lines(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(Path("sales.csv"), [[str(count), *LINES[2][1:]] for count in range(1_200)])
    portico_import(world, "sales.csv")
    assert capsys.readouterr().err.splitlines() == [
        "500 of 1,200 lines",
        "1,000 of 1,200 lines",
        "1,200 of 1,200 lines",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"file": "absent.csv"}, "absent.csv cannot be read: No such file or directory."),
        (
            {"mapping": Path("absent.toml")},
            "The mapping absent.toml cannot be read: No such file or directory.",
        ),
        ({"organisation": "Nobody & Sons"}, "There is no organisation “Nobody & Sons”. There are: "),
        (
            {"organisation": "northwind traders"},
            "Several organisations are called “northwind traders”; give the",
        ),
        ({"organisation": ""}, "Say which organisation: "),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(world: World, change: dict[str, object], told: str) -> None:
    make_world()  # another one called Northwind Traders
    write_csv(Path("sales.csv"))
    wanted: dict[str, object] = {
        "file": "sales.csv",
        "mapping": Path("m.toml"),
        "organisation": world.organisation.portal_name,
    }
    wanted |= change
    file = wanted.pop("file")
    with pytest.raises(CommandError) as caught:
        call_command("import", file, **wanted)
    assert str(caught.value).startswith(told)
    assert numbers(world) == set()
