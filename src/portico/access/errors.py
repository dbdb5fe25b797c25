"""The one place that shows errors: as a page, as a fragment for htmx, or as problem+json."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from portico.kit.errors import ForbiddenError, NotFoundError, PorticoError

log = structlog.get_logger(__name__)


class ErrorMiddleware:
    """Turns what was raised into an answer a person or a program understands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            isinstance(response, HttpResponseNotAllowed)
            and request.method == "GET"
            and not wants_json(request)
        ):
            return _nothing_to_read(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a named error; let the unnamed go on to Django's handler, which logs them."""
        return show_named(request, error)


class SignInError(PorticoError):
    """Nobody is signed in, and who asks cannot be sent to a page for it."""

    code = "sign_in"
    status = 401


def show_named(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Render a named error, or Django's own for “not found” and “not allowed”; None for any other."""
    if isinstance(error, PorticoError):
        return show(request, error)
    if isinstance(error, Http404):
        return show(request, NotFoundError())
    if isinstance(error, PermissionDenied):
        return show(request, ForbiddenError(_("You may not do this.")))
    return None


def show(request: HttpRequest, error: PorticoError) -> HttpResponse:
    """Render one named error for this request."""
    if wants_json(request):
        return problem(error)
    context = {
        "code": error.status,
        "title": _TITLES.get(error.status, HTTPStatus(error.status).phrase),
        "message": error.message,
    }
    template = "ui/error_fragment.html" if request.headers.get("HX-Request") else "ui/error.html"
    return render(request, template, context, status=error.status)


def _nothing_to_read(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """A page for who reads an address that only takes forms, as after a reload: Django's own answer is blank.

    Written into that answer, which has the policies of every page already.
    """
    shown = show(request, NotFoundError())
    refused.content = shown.content
    refused["Content-Type"] = shown["Content-Type"]
    refused["Content-Length"] = str(len(shown.content))
    return refused


def problem(error: PorticoError) -> JsonResponse:
    """The error as application/problem+json (RFC 9457)."""
    body = {
        "type": f"urn:portico:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
    }
    if error.field:
        body["field"] = error.field
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: a gateway's event, the API, or an Accept header that says so."""
    return request.path.startswith(("/webhooks/", "/api/")) or "json" in request.headers.get("Accept", "")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    error = PorticoError(_("The request could not be read."))
    if isinstance(exception, SuspiciousOperation):
        log.warning("suspicious_request", reason=str(exception))
    return show(request, error)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Django's handler403, and the answer to a failed CSRF check."""
    message = (
        _("This form was open too long. Go back, reload the page and try again.")
        if reason
        else _("You may not do this.")
    )
    return show(request, ForbiddenError(message))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return show(request, NotFoundError())


class ServerError(PorticoError):
    """Something we did not foresee; the log has it."""

    code = "server_error"
    status = 500


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return show(
        request, ServerError(_("Something went wrong on our side. Nothing was charged by this page."))
    )


_TITLES = {
    400: "That could not be read",
    403: "Not for you",
    404: "Nothing here",
    409: "It has changed meanwhile",
    422: "That cannot be accepted",
    500: "Something went wrong",
}
