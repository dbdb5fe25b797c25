"""The stylesheet with an organisation's accent in it, so that a branded page needs no request more."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers

DEFAULT_ACCENT: Final = "#005a6b"
"""What portico.css is drawn with; an organisation with this accent is served the plain file."""

_ACCENT: Final = re.compile(r"#[0-9a-f]{6}")
_SHEET: Final = Path(__file__).parent / "static" / "portico" / "portico.css"
_FONTS: Final = re.compile(r'url\("(fonts/[a-z0-9.-]+)"\)')


def stylesheet_href(accent: str) -> str | None:
    """Where the stylesheet with this accent is served; None for the default accent, which needs none.

    Takes a colour written “#rrggbb”.

    Raises:
        ValueError: any other notation.
    """
    colour = accent.lower()
    if not _ACCENT.fullmatch(colour):
        raise ValueError(f"{accent!r} is not a colour written #rrggbb.")
    if colour == DEFAULT_ACCENT:
        return None
    return reverse("branded-stylesheet", kwargs={"accent": colour[1:], "version": _version()})


def branded_stylesheet(request: HttpRequest, accent: str, version: str) -> HttpResponse:
    """The kit's stylesheet with one accent. Public and the same for all, so it may be kept for ever.

    The version only makes the address change with the file; an old address gets the sheet of today, not kept.
    """
    if not _ACCENT.fullmatch(f"#{accent}"):
        raise Http404
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    plain, packed = _branded(accent)
    response = HttpResponse(packed if zipped else plain, content_type="text/css; charset=utf-8")
    if zipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    kept = version == _version()
    response["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
    return response


@lru_cache(maxsize=1)
def _version() -> str:
    return hashlib.sha256(_SHEET.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _branded(accent: str) -> tuple[bytes, bytes]:
    # Addresses inside are relative to the plain file; here they must say where it is.
    sheet = _FONTS.sub(
        lambda match: f'url("{static(f"portico/{match.group(1)}")}")', _SHEET.read_text(encoding="utf-8")
    )
    # Outside every layer, so it wins over the token's default.
    plain = f"{sheet}\n:root {{\n  --accent: #{accent};\n}}\n".encode()
    return plain, gzip.compress(plain, mtime=0)
