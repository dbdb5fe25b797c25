"""The bank as a WSGI application: which address does what, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from portico.sandbox_bank import api, board, control, pages, reading
from portico.sandbox_bank.bank import Bank
from portico.sandbox_bank.problems import Problem

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def _rule(method: str, path: str, endpoint: str) -> Rule:
    return Rule(path, endpoint=endpoint, methods=[method])


ROUTES: Final = (
    _rule("GET", "/healthz", "healthz"),
    _rule("GET", "/static/<name>", "static"),
    _rule("POST", "/v1/payments", "payments.create"),
    _rule("GET", "/v1/payments", "payments.list"),
    _rule("GET", "/v1/payments/<target>", "payments.get"),
    _rule("POST", "/v1/payments/<target>/confirm", "payments.confirm"),
    _rule("POST", "/v1/payments/<target>/cancel", "payments.cancel"),
    _rule("POST", "/v1/refunds", "refunds.create"),
    _rule("GET", "/v1/refunds", "refunds.list"),
    _rule("GET", "/v1/refunds/<target>", "refunds.get"),
    _rule("GET", "/v1/disputes", "disputes.list"),
    _rule("GET", "/v1/payouts", "payouts.list"),
    _rule("POST", "/v1/methods", "methods.create"),
    _rule("GET", "/v1/methods", "methods.list"),
    _rule("GET", "/v1/methods/<target>", "methods.get"),
    _rule("DELETE", "/v1/methods/<target>", "methods.delete"),
    _rule("GET", "/fields/<publishable_key>", "fields"),
    _rule("POST", "/fields/<publishable_key>/tokens", "tokens"),
    _rule("GET", "/3ds/<challenge>", "challenge"),
    _rule("POST", "/3ds/<challenge>", "answer_challenge"),
    _rule("GET", "/", "board.index"),
    _rule("POST", "/board/<account>/switches", "board.switches"),
    _rule("POST", "/board/<account>/settle", "board.settle"),
    _rule("POST", "/board/<account>/return", "board.return"),
    _rule("POST", "/board/<account>/resend", "board.resend"),
    _rule("POST", "/control/accounts", "control.open_account"),
    _rule("GET", "/control/accounts", "control.accounts"),
    _rule("GET", "/control/accounts/<account>/faults", "control.faults"),
    _rule("PUT", "/control/accounts/<account>/faults", "control.set_faults"),
    _rule("POST", "/control/accounts/<account>/faults", "control.set_faults"),
    _rule("DELETE", "/control/accounts/<account>/faults", "control.clear_faults"),
    _rule("POST", "/control/accounts/<account>/settle", "control.settle"),
    _rule("POST", "/control/accounts/<account>/return", "control.return"),
    _rule("POST", "/control/accounts/<account>/dispute", "control.dispute"),
    _rule("POST", "/control/accounts/<account>/decide", "control.decide"),
    _rule("POST", "/control/accounts/<account>/payout", "control.payout"),
    _rule("GET", "/control/accounts/<account>/summary", "control.summary"),
    _rule("GET", "/control/accounts/<account>/events", "control.events"),
    _rule("POST", "/control/accounts/<account>/events/<event>/resend", "control.resend"),
    _rule("GET", "/control/events", "control.events"),
    _rule("POST", "/control/events/<event>/resend", "control.resend"),
)
PAYER: Final[dict[str, Callable[..., Response]]] = {
    "fields": pages.fields,
    "tokens": pages.issue_token,
    "challenge": pages.challenge,
    "answer_challenge": pages.answer_challenge,
}
OPERATOR: Final = {**control.ENDPOINTS, **board.ENDPOINTS}


class Application:
    """Answers requests for one bank."""

    def __init__(self, bank: Bank) -> None:
        """Serves ``bank``."""
        self._bank = bank
        self._routes = Map(ROUTES, strict_slashes=False, merge_slashes=False)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; every refusal is a problem, unexpected errors go to the server's log."""
        request = Request(environ)
        request.max_content_length = reading.LARGEST_BODY
        try:
            response = self._answer(request)
        except Problem as problem:
            response = problem.response()
        except HTTPException as error:
            response = _problem_of(error)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Not "no-referrer": under that a form of ours would be sent with the origin "null".
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        endpoint, values = self._routes.bind_to_environ(request.environ).match()
        if endpoint == "healthz":
            return Response(json.dumps({"status": "ok"}), content_type="application/json")
        if endpoint == "static":
            return pages.static(values["name"])
        if endpoint in PAYER:
            return PAYER[endpoint](self._bank, request, **values)
        if endpoint in OPERATOR:
            _operators_only(request)
            return OPERATOR[endpoint](self._bank, request, **values)
        return api.answer_call(self._bank, request, endpoint, _target(values))


def _target(values: Mapping[str, object]) -> str:
    return str(values.get("target", ""))


def _operators_only(request: Request) -> None:
    """The switchboard has no password, so it is for this machine, and not for what its browser is tricked into."""
    host = urlsplit(f"//{request.host}").hostname or ""
    here = request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    if not here or not (host == "localhost" or _is_loopback(host)):
        raise Problem(403, "loopback_only", "The switchboard answers on the machine it runs on only.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        raise Problem(403, "foreign_origin", "The switchboard takes no requests from other sites.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _problem_of(error: HTTPException) -> Response:
    status = error.code or 500
    response = Problem(
        status, error.name.lower().replace(" ", "_"), error.description or error.name
    ).response()
    for name, value in error.get_headers():
        if name in {"Allow", "Location"}:
            response.headers[name] = value
    return response
