"""What the documents say of the code is so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_path_in_the_map_exists() -> None:
    named = re.findall(r"`((?:src|tests|docs|bench)/[^`]*)`", (ROOT / "docs/map.md").read_text())
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")]
    lost = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text())
        if not target.startswith(("http", "mailto:")) and not (document.parent / target).exists()
    ]
    assert lost == []


def test_every_door_is_a_listed_one() -> None:
    doors = set(re.findall(r"FUNCTION (door_\w+)", (ROOT / "src/portico/access/sql/doors.sql").read_text()))
    walls = (ROOT / "src/portico/access/walls.py").read_text()
    assert {door for door in doors if door not in walls} == set()
