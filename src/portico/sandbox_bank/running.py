"""Running the bank as a process of its own, for tests of whatever talks to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

CALL_SECONDS: Final = 30.0
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
ADDRESS: Final = {
    "name": "Maya Lindqvist",
    "address": "12 Orchard Lane",
    "city": "Portland",
    "postal_code": "97201",
    "country": "US",
}


@dataclass(frozen=True)
class BankAccount:
    """An account at the bank, as the control API tells of it."""

    id: str
    publishable_key: str
    secret_key: str
    webhook_secret: str


class RunningBank:
    """A bank process on one store and one port, which may be killed and started again."""

    def __init__(self, store: Path, port: int | None) -> None:
        """Names what to run; ``port`` None takes a free one at the first start and keeps it."""
        self.store = store
        self._port = port or 0
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        # One client for all calls: making one reads every certificate of the system.
        self.http = httpx.Client(timeout=CALL_SECONDS, trust_env=False)

    @property
    def pid(self) -> int:
        """The process, which must be running."""
        return self._running().pid

    def start(self) -> None:
        """Start the process and wait until it answers; nothing happens when it runs.

        Raises:
            RuntimeError: it ended or did not answer within a minute; the message has the end of its log.
        """
        if self.process is not None and self.process.poll() is None:
            return
        self._close()
        command = [sys.executable, "-m", "portico.sandbox_bank"]
        command += ["--port", str(self._port), "--store", str(self.store)]
        self.store.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own module, by our own interpreter)
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        line = self.process.stdout.readline() if self.process.stdout else ""
        self.url = line.strip().rpartition(" ")[2]
        if not self.url.startswith("http"):
            self.process.wait(STOP_SECONDS)
            self._close()
            raise RuntimeError(
                f"The sandbox bank did not start: {self.log.read_text(encoding='utf-8')[-2000:]}"
            )
        self._port = int(self.url.rpartition(":")[2])
        self._wait_until_healthy()

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the process in good order; nothing happens when it has ended."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Start it again on the same store and port, ending it first if it runs."""
        self.stop()
        self.start()

    def open_account(self, name: str, **given: Any) -> BankAccount:
        """Make or change an account; ``given`` are webhook_url, parent_origins, settlement_ms."""
        body = self.control("POST", "/accounts", name=name, **given)
        return BankAccount(body["id"], body["publishable_key"], body["secret_key"], body["webhook_secret"])

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Call the control API under ``/control``; an answer that is no success raises httpx.HTTPStatusError."""
        json = body if method in {"POST", "PUT"} else None
        answer = self.http.request(method, f"{self.url}/control{path}", json=json)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    def card_token(self, account: BankAccount, number: str = "4242424242424242") -> str:
        """A token for a test card, as the hosted fields get it."""
        return self._token(account, kind="card", number=number, expiry="12 / 39", cvc="123", **ADDRESS)

    def bank_token(self, account: BankAccount, number: str = "000123456789") -> str:
        """A token for a test bank account, as the hosted fields get it."""
        routing, holder = "110000000", "Greenleaf Gardens"
        kind, account_type = "bank_account", "checking"
        return self._token(
            account, kind=kind, routing=routing, account=number, holder=holder, account_type=account_type
        )

    def _token(self, bank_account: BankAccount, **typed: str) -> str:
        url = f"{self.url}/fields/{bank_account.publishable_key}/tokens"
        answer = self.http.post(url, json=typed)
        answer.raise_for_status()
        return str(answer.json()["token"])

    @property
    def log(self) -> Path:
        """What the process writes to its standard error, over all its starts."""
        return self.store.with_suffix(".log")

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None:
            raise RuntimeError("The sandbox bank is not running.")
        return self.process

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.http.get(f"{self.url}/healthz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError("The sandbox bank does not answer.")

    def _end(self, by: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(by)
        try:
            self.process.wait(STOP_SECONDS)
        finally:
            self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None


@contextmanager
def running_bank(store: Path, port: int | None = None) -> Iterator[RunningBank]:
    """A bank that runs on ``store`` for as long as the block does."""
    bank = RunningBank(store, port)
    bank.start()
    try:
        yield bank
    finally:
        bank.stop()
        bank.http.close()
