"""The weight of a first visit: every file a browser fetches for a page, compressed as it asks, fonts aside."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from typing import Final

from bench import books
from bench.figures import Figure
from bench.pages import LIST
from bench.people import cookie_of, documents
from bench.place import Place
from bench.web import Web
from bench.wire import Wire

_KILOBYTES: Final = 60.0
_REQUESTS: Final = 4
_FETCHED: Final = {"stylesheet", "icon", "manifest", "preload", "modulepreload"}


class _Named(HTMLParser):
    """The files that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and _FETCHED & set((given.get("rel") or "").split()):
            self.files.append(given["href"] or "")
        elif tag in {"script", "img", "iframe", "source"} and given.get("src"):
            self.files.append(given["src"] or "")
        elif tag == "use" and (given.get("href") or "#")[0] != "#":
            self.files.append((given["href"] or "").partition("#")[0])


def first_visit(place: Place, web: Web) -> list[Figure]:
    """Bytes over the wire, heads included, and requests."""
    cookie = cookie_of(books.SMALL)
    paths = {"Home": "/", "list": LIST, "document page": f"/invoices/{documents(books.SMALL, 1)[0]}/"}
    figures = []
    with Wire(web.port, cookie) as wire:
        for name, path in paths.items():
            page = wire.get(path)
            named = _Named()
            named.feed(_plain(page.body, page.header("content-encoding")).decode())
            files = dict.fromkeys(each for each in named.files if not each.startswith("data:"))
            sizes = {path: page.wire}
            for file in files:
                answer = wire.get(file)
                sizes[file] = answer.wire
                if answer.header("content-type").startswith("text/css"):
                    _refuse_imports(answer.body, answer.header("content-encoding"))
            parts = ", ".join(
                f"{file.rsplit('/', 1)[-1] or 'page'} {size / 1024:.1f}" for file, size in sizes.items()
            )
            weight = sum(sizes.values()) / 1024
            figures.append(Figure("weight", f"{name}: first visit", weight, "KB", _KILOBYTES, note=parts))
            figures.append(Figure("weight", f"{name}: requests", len(sizes), "", _REQUESTS))
    return figures


def _plain(body: bytes, encoding: str) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


def _refuse_imports(body: bytes, encoding: str) -> None:
    """A sheet that fetched more than fonts would make the sum wrong."""
    if encoding not in {"gzip", ""}:
        return
    plain = _plain(body, encoding)
    others = [each for each in re.findall(rb"url\(\s*[\"']?([^)\"']+)", plain) if b"data:" not in each]
    if b"@import" in plain or any(b".woff2" not in each for each in others):
        raise RuntimeError(f"the stylesheet fetches more: {others}")
