"""Errors as the API answers them: problem details by RFC 9457."""

from __future__ import annotations

import json
from http import HTTPStatus

from werkzeug import Response


class Problem(Exception):  # noqa: N818 (the RFC's word for it)
    """A refusal with a status, a stable code and a sentence for whoever reads it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        param: str | None = None,
        errors: dict[str, str] | None = None,
    ) -> None:
        """``param`` names the wrong input; ``errors`` gives a sentence for each wrong field of a form."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.param = param
        self.errors = errors

    def response(self) -> Response:
        """The refusal as ``application/problem+json``."""
        body: dict[str, object] = {
            "type": f"urn:sandbox-bank:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.param is not None:
            body["param"] = self.param
        if self.errors is not None:
            body["errors"] = self.errors
        return Response(json.dumps(body), status=self.status, content_type="application/problem+json")


def missing(noun: str) -> Problem:
    """There is none, or it is another account's: the answer is the same."""
    return Problem(404, "not_found", f"There is no such {noun}.")
