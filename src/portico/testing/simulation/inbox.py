"""Where the sandbox bank itself delivers its events to: an address for each account, taken in as the portal does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import structlog
from django.db import connections

from portico.kit.errors import PorticoError
from portico.payments.actions.events import apply_received, receive_event
from portico.payments.gateway import GatewayUnreachableError, SignatureError
from portico.testing.simulation.stage import Stage

log = structlog.get_logger(__name__)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        account = UUID(self.path.rpartition("/")[2])
        try:
            rows = receive_event(account_id=account, body=body, headers=dict(self.headers.items()))
        except SignatureError:
            return self._answer(400)
        except PorticoError:
            return self._answer(404)
        self._answer(200)
        for row in rows:  # as the worker does, a moment later
            try:
                apply_received(organisation_id=row.organisation_id, event_row_id=row.pk)
            except GatewayUnreachableError:
                log.warning("event_left", row=str(row.pk))
        return None

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


class _Server(HTTPServer):
    """One request after the other, on one connection to the database."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """What goes wrong with one delivery is the bank's to repeat; `reconcile` does not need it."""
        log.exception("delivery_failed")  # noqa: LOG004 (called from an except clause)


@contextmanager
def open_inbox(stage: Stage) -> Iterator[None]:
    """Have the bank send the events of those lanes that are told, for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)

    def serve() -> None:
        try:
            server.serve_forever(poll_interval=0.05)
        finally:
            connections.close_all()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    for lane in stage.lanes:
        if lane.is_told:
            lane.bank.webhook_to(f"{url}/{lane.account.pk}")
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
