"""A paper as the answer to a request for its PDF."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from portico.printing.compile import render_pdf
from portico.printing.papers import Paper


def pdf_response(request: HttpRequest, paper: Paper) -> HttpResponse:
    """The PDF, in the browser or with ?download=1 as a file; 304 where the reader has it already.

    Call it outside a scope: typesetting takes milliseconds in which no transaction need be open. The answer to HEAD
    has the headers of the answer to GET, the length included.
    """
    tag = f'"{paper.fingerprint()}"'
    unchanged = get_conditional_response(request, etag=tag)
    if isinstance(unchanged, HttpResponseNotModified):
        return unchanged
    content = render_pdf(paper)
    response = HttpResponse(content if request.method == "GET" else b"", content_type="application/pdf")
    response["Content-Length"] = str(len(content))
    as_file = request.GET.get("download") == "1"
    response["Content-Disposition"] = content_disposition_header(as_file, file_name(paper)) or "inline"
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def file_name(paper: Paper) -> str:
    """INV-0042.pdf: the number, without what a file system may not like."""
    plain = re.sub(r"[^\w.()+-]+", "-", paper.number or paper.kind).strip("-.")
    return f"{plain or 'document'}.pdf"
