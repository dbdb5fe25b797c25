"""Uploads to the served site: in a real browser with its progress, and as a stream that would fill the disk."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portico.access.scope import scope
from portico.sharing.files.models import SharedFile
from portico.testing.clients import signed_in
from portico.testing.people import World, make_world
from portico.testing.site import Site

pytestmark = pytest.mark.xdist_group("files")
TWO_GIGABYTES = 2_000_000_000
PART = b"0" * 1_000_000


@pytest.fixture
def world() -> World:
    """Somebody who sends files."""
    return make_world()


def _resident(pid: int) -> int:
    """Bytes of memory of a process and its children."""
    pages = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(") ", 1)[1].split()
        except FileNotFoundError:
            continue
        if int(status.parent.name) == pid or int(fields[1]) == pid:
            pages += int(fields[21])
    return pages * 4096


def _cookies(world: World) -> tuple[str, str]:
    client = signed_in(world.maya)
    page = client.get("/documents/")
    token = page.cookies["portico_csrf"].value
    jar = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return jar, token


def _stream(site: Site, head: str) -> tuple[int, bytes]:
    """Send two gigabytes of one file, until the server has enough; returns how much it took, and what it said."""
    address = urlsplit(site.url)
    taken = 0
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(head.encode())
        try:
            while taken < TWO_GIGABYTES:
                connection.sendall(PART)
                taken += len(PART)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            return taken, connection.recv(4096)
        except ConnectionResetError:
            return taken, b""


@pytest.mark.parametrize("length", ["Content-Length: 2000000000", "Transfer-Encoding: chunked"])
def test_a_stream_of_two_gigabytes_is_cut_off_and_fills_nothing(
    site: Site, world: World, length: str
) -> None:
    cookies, token = _cookies(world)
    before = _resident(site.web.pid)
    start = "" if "chunked" not in length else f"{TWO_GIGABYTES:x}\r\n"
    head = (
        f"POST /documents/ HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\n{length}\r\nCookie: {cookies}\r\n"
        f"X-CSRFToken: {token}\r\nReferer: {site.url}/documents/\r\nOrigin: {site.url}\r\n"
        "Content-Type: multipart/form-data; boundary=cut\r\n\r\n"
        f'{start}--cut\r\nContent-Disposition: form-data; name="file"; filename="long.pdf"\r\n\r\n%PDF-1.7\n'
    )
    taken, said = _stream(site, head)
    assert taken < TWO_GIGABYTES / 4, "it was not read to its end"
    assert b" 201 " not in said
    assert b" 302 " not in said
    assert _resident(site.web.pid) - before < 250_000_000
    with scope(world.olive):
        assert not SharedFile.objects.filter(customer=world.greenleaf).exists()
    assert site.web.is_running


@pytest.mark.browser
def test_maya_sends_two_files_and_sees_how_each_goes(
    site: Site, world: World, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "certificate.pdf").write_bytes(b"%PDF-1.4\n%of resale")
    (tmp_path / "page.pdf").write_bytes(b"<!doctype html><script>alert(1)</script>")
    client = signed_in(world.maya)
    session = client.cookies["portico_session"].value
    context.add_cookies([{"name": "portico_session", "value": session, "url": site.url}])
    page.goto(f"{site.url}/documents/")
    page.set_input_files("input[type=file]", [tmp_path / "certificate.pdf", tmp_path / "page.pdf"])
    page.get_by_label("What is it?").fill("Resale certificate")
    page.get_by_role("button", name="Send", exact=True).click()
    progress = page.locator("[data-upload-progress]")
    expect(progress).to_contain_text("Sent")
    expect(progress).to_contain_text("it holds a web page")
    expect(page.get_by_role("row", name="certificate.pdf")).to_be_visible()
    page.get_by_role("link", name="certificate.pdf", exact=True).click()
    expect(page.frame_locator("iframe").get_by_text("cannot be shown here")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove the file").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", name="certificate.pdf")).to_be_visible()


@pytest.mark.browser
def test_maya_looks_through_a_pdf_in_its_frame(
    site: Site, world: World, context: BrowserContext, page: Page
) -> None:
    from portico.sharing.files.tests.test_previews import pdf, shared

    file = shared(world, "prices.pdf", pdf(2))
    session = signed_in(world.maya).cookies["portico_session"].value
    context.add_cookies([{"name": "portico_session", "value": session, "url": site.url}])
    page.goto(f"{site.url}/documents/{file.pk}/")
    first = page.frame_locator("iframe").get_by_alt_text("Page 1")
    expect(first).to_be_visible()
    expect(first).not_to_have_js_property("naturalWidth", 0)
    assert first.evaluate("picture => picture.naturalWidth") > 100
