"""PDFs and pictures are shown in a frame that can run nothing; what cannot be drawn says so."""

from __future__ import annotations

import io

import pikepdf
import pytest

from portico.kit.errors import NotFoundError
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.sharing.files.previews import PAGES, page_count, page_picture
from portico.testing.clients import signed_in
from portico.testing.people import World


def pdf(pages: int, password: str = "") -> bytes:
    """A PDF of so many empty pages."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        for _page in range(pages):
            document.add_blank_page(page_size=(200, 300))
        document.save(made, encryption=pikepdf.Encryption(user=password, owner="o") if password else False)
    return made.getvalue()


def shared(world: World, name: str, content: bytes) -> SharedFile:
    """A file that Olive shares with Greenleaf."""
    return share_file(
        actor=world.olive, customer_id=world.greenleaf.pk, name=name, content=io.BytesIO(content)
    )


def test_maya_sees_the_pages_of_a_pdf(world: World) -> None:
    file = shared(world, "prices.pdf", pdf(3))
    client = signed_in(world.maya)
    page = client.get(f"/documents/{file.pk}/")
    assert f'src="/documents/{file.pk}/preview" sandbox="allow-same-origin"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    frame = client.get(f"/documents/{file.pk}/preview")
    assert frame.content.decode().count("<img") == 3
    assert "sandbox allow-same-origin" in frame["Content-Security-Policy"]
    assert "script-src 'none'" in frame["Content-Security-Policy"]
    assert "allow-scripts" not in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    picture = client.get(f"/documents/{file.pk}/page", {"number": "2"})
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(f"/documents/{file.pk}/page", {"number": "3"}).status_code == 404
    assert client.get(f"/documents/{file.pk}/page", {"number": "-1"}).status_code == 404


def test_a_long_pdf_is_previewed_in_part(world: World) -> None:
    file = shared(world, "long.pdf", pdf(PAGES + 5))
    assert page_count(file) == PAGES
    with pytest.raises(NotFoundError):
        page_picture(file, PAGES)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4 and then nothing", pdf(1, password="secret")], ids=["broken", "locked"]
)
def test_what_cannot_be_drawn_says_so_and_can_still_be_downloaded(world: World, content: bytes) -> None:
    file = shared(world, "odd.pdf", content)
    client = signed_in(world.maya)
    assert "cannot be shown here" in client.get(f"/documents/{file.pk}/preview").content.decode()
    assert client.get(f"/documents/{file.pk}/download").status_code == 200


def test_a_picture_is_shown_as_what_it_is(world: World) -> None:
    file = shared(world, "photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    answer = signed_in(world.maya).get(f"/documents/{file.pk}/picture")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'inline; filename="photo.png"'
    assert "sandbox" in answer["Content-Security-Policy"]
