"""The list of shared documents can do what every list can: views, columns, files, and many at once (S4)."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID, uuid4

from django.core.files.storage import default_storage

from portico.access.scope import scope
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.testing.clients import signed_in
from portico.testing.people import World


def _shared(
    world: World, name: str, words: bytes = b"Good morning", *, needs_billing: bool = False
) -> SharedFile:
    return share_file(
        actor=world.olive,
        customer_id=world.greenleaf.pk,
        name=name,
        content=io.BytesIO(words),
        needs_billing=needs_billing,
    )


def _zip(world: World, who: str, *ids: UUID) -> tuple[int, bytes]:
    answer = signed_in(getattr(world, who)).get("/documents/zip", {"pick": [str(each) for each in ids]})
    return answer.status_code, b"".join(answer) if answer.streaming else b""


def test_ticked_files_come_in_one_zip_and_count_as_opened(world: World) -> None:
    first, same, other = (
        _shared(world, "prices.txt"),
        _shared(world, "prices.txt", b"New"),
        _shared(world, "a.txt"),
    )
    status, content = _zip(world, "maya", first.pk, same.pk)
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["prices (2).txt", "prices.txt"]
        assert {archive.read(name) for name in archive.namelist()} == {b"Good morning", b"New"}
    with scope(world.olive):
        opened = SharedFile.objects.visible_to(world.olive).exclude(opened_at=None)
        assert {each.pk for each in opened} == {first.pk, same.pk}
    assert other.name == "a.txt"


def test_a_zip_holds_nothing_that_its_reader_may_not_see(world: World) -> None:
    prices, owed = _shared(world, "prices.txt"), _shared(world, "owed.txt", needs_billing=True)
    assert _zip(world, "leo", prices.pk)[0] == 200
    assert _zip(world, "leo", prices.pk, owed.pk)[0] == 404, "only for those who see billing"
    assert _zip(world, "ines", prices.pk)[0] == 404
    assert _zip(world, "maya", prices.pk, uuid4())[0] == 404
    assert _zip(world, "maya")[0] == 422, "nothing is ticked"
    default_storage.delete(owed.storage_key)
    assert _zip(world, "maya", prices.pk, owed.pk)[0] == 404, "said before anything is sent"


def test_what_is_listed_goes_into_a_file(world: World) -> None:
    _shared(world, "prices.txt")
    _shared(world, "owed.txt", needs_billing=True)
    maya, leo = signed_in(world.maya), signed_in(world.leo)
    whole = b"".join(maya.get("/lists/file/export.csv?sort=name&all=1")).decode("utf-8-sig").splitlines()
    assert whole[0] == "Document,What it is,Type,From,Shared,Size"
    assert [line.split(",")[0] for line in whole[1:]] == ["owed.txt", "prices.txt"]
    assert "owed.txt" not in b"".join(leo.get("/lists/file/export.csv")).decode()
    assert b"".join(maya.get("/lists/file/export.xlsx")).startswith(b"PK")
    assert maya.get("/lists/file/pdfs").status_code == 404, "files are no papers"


def test_a_view_of_documents_opens_by_itself_and_keeps_its_columns(world: World) -> None:
    _shared(world, "prices.txt")
    maya = signed_in(world.maya)
    kept = {"name": "From us", "query": "tab=sent&columns=name,size", "is_default": "on"}
    assert maya.post("/lists/file/views/new", kept).status_code == 302
    opened = maya.get("/documents/", follow=True)
    page = opened.content.decode()
    assert "tab=sent" in opened.redirect_chain[0][0]
    assert "From us" in page
    assert "From us" in maya.get("/lists/file/views/").content.decode()
    shown = maya.get("/documents/?columns=name,size").content.decode()
    head = shown.partition("<thead")[2].partition("</thead>")[0]
    assert "Size" in head
    assert "From" not in head
