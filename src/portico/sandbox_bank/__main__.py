"""Run the bank: ``python -m portico.sandbox_bank --port 8001 --store var/bank.sqlite3``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

from portico.sandbox_bank.app import Application
from portico.sandbox_bank.bank import Bank, Settlement
from portico.sandbox_bank.sender import Sender
from portico.sandbox_bank.store import Store

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LAST_ANSWERS_SECONDS: Final = 3.0
IDLE_SECONDS: Final = 60

log = logging.getLogger(__name__)


class Handler(WSGIRequestHandler):
    """Writes errors to the log and says nothing of the rest; lets go of connections that send nothing."""

    timeout = IDLE_SECONDS

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Keep errors, drop the line per request."""
        if type == "error":
            log.error(message, *args)

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Hang up; without this the connection would stay open for another request."""
        self.close_connection = True


class Counted:
    """Counts requests under way, so that a clean stop can let them be answered."""

    def __init__(self, application: Application) -> None:
        """Passes every request on to ``application``."""
        self._application = application
        self._under_way = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        with self._changed:
            self._under_way += 1
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._done()
            raise
        return ClosingIterator(answer, self._done)

    def _done(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Return when nothing is under way, or when ``seconds`` are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, timeout=seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portico.sandbox_bank", description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--store", type=Path, default=Path("var/bank.sqlite3"), help="the SQLite file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--origin", help="where browsers find the bank, if not at the host and port")
    parser.add_argument(
        "--settlement-ms", type=int, default=4000, help="after which bank debits settle in new accounts"
    )
    return parser.parse_args()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    store = Store(arguments.store)
    # The port may be the system's choice, and the bank must know its origin: so first the socket, then the bank.
    server = make_server(arguments.host, arguments.port, _not_yet, threaded=True, request_handler=Handler)
    host = "127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host  # noqa: S104 (compared, not bound)
    origin = arguments.origin or f"http://{host}:{server.port}"
    bank = Bank(store, origin.rstrip("/"), arguments.settlement_ms)
    counted = Counted(Application(bank))
    server.app = counted
    sender, settlement = Sender(store), Settlement(bank)
    signal.signal(signal.SIGTERM, _stop)
    sender.start()
    settlement.start()
    with suppress(KeyboardInterrupt):
        sys.stdout.write(f"Sandbox bank listening at {bank.origin}\n")
        sys.stdout.flush()
        server.serve_forever()
    # Asked a second time, it stops the hard way: the store can take it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    counted.wait(LAST_ANSWERS_SECONDS)
    settlement.stop()
    sender.stop()
    store.close()


def _not_yet(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [("Content-Length", "0")])
    return []


if __name__ == "__main__":
    main()
