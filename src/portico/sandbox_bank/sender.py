"""Delivering events: signed by Standard Webhooks, tried again with growing pauses, taken up again after a restart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from typing import Final

import httpx

from portico.sandbox_bank import events, faults, ids
from portico.sandbox_bank.accounts import Account, account_by_id
from portico.sandbox_bank.events import Dispatch
from portico.sandbox_bank.faults import Faults
from portico.sandbox_bank.store import Store

TIMEOUT_SECONDS: Final = 10.0
OWING_WAIT_SECONDS: Final = 0.25
IDLE_WAIT_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


def sign(secret: str, *, event_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header; ``secret`` is ``whsec_`` and base64, ``timestamp`` in seconds."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


class Sender(threading.Thread):
    """Looks for events that are owed; each account is served by one thread at a time, none waits for another."""

    def __init__(self, store: Store) -> None:
        """Delivers from ``store`` once started."""
        super().__init__(name="sender", daemon=True)
        self._store = store
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Thread] = {}
        self._again: set[str] = set()
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False)

    def run(self) -> None:
        """Until stopped: serve the accounts that events are owed to."""
        seen = 0
        while not self._stopping.is_set():
            with self._store.read() as db:
                owing = events.accounts_owing(db)
                due = events.next_due(db, ids.now())
            for account_id in owing:
                self._serve_soon(account_id)
            seconds = OWING_WAIT_SECONDS if owing else IDLE_WAIT_SECONDS
            if due is not None:
                seconds = min(seconds, max(due - ids.now(), 1) / 1000)
            seen = self._store.wait(seen, seconds=seconds)

    def stop(self) -> None:
        """Begin nothing more and give deliveries under way a moment; what is cut off is sent again at the next start."""
        self._stopping.set()
        self._store.touch()
        with self._lock:
            under_way = list(self._busy.values())
        deadline = time.monotonic() + 2
        for thread in [self, *under_way]:
            thread.join(max(deadline - time.monotonic(), 0))

    def _serve_soon(self, account_id: str) -> None:
        with self._lock:
            if account_id in self._busy:
                self._again.add(account_id)
                return
            thread = threading.Thread(target=self._serve, args=(account_id,), daemon=True)
            self._busy[account_id] = thread
        thread.start()

    def _serve(self, account_id: str) -> None:
        while True:
            while not self._stopping.is_set() and self._deliver_next(account_id):
                pass
            with self._lock:
                if account_id not in self._again or self._stopping.is_set():
                    del self._busy[account_id]
                    return
                self._again.discard(account_id)

    def _deliver_next(self, account_id: str) -> bool:
        with self._store.read() as db:
            account = account_by_id(db, account_id)
            dispatch = events.next_dispatch(db, account, ids.now())
            switches = faults.read(db, account)
        if dispatch is None:
            return False
        started = ids.now()
        status, error = self._post(account, dispatch, switches)
        took = ids.now() - started
        with self._store.write() as db:
            events.note_delivery(db, dispatch, started=started, status=status, error=error, took_ms=took)
        return True

    def _post(self, account: Account, dispatch: Dispatch, switches: Faults) -> tuple[int | None, str]:
        body = _body(dispatch.body, switches)
        timestamp = ids.now() // 1000
        signature = sign(account.webhook_secret, event_id=dispatch.event, timestamp=timestamp, body=body)
        if switches.wrong_signature_events:
            signature = sign("whsec_AAAA", event_id=dispatch.event, timestamp=timestamp, body=body)
        headers = {
            "content-type": "application/json",
            "webhook-id": dispatch.event,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
        try:
            answer = self._client.post(account.webhook_url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.info("event %s not delivered: %s", dispatch.event, error)
            return None, type(error).__name__
        return answer.status_code, ""


def _body(text: str, switches: Faults) -> bytes:
    if not (switches.wrong_amount_events or switches.wrong_currency_events):
        return text.encode()
    event = json.loads(text)
    payment = event["data"]["payment"]
    if switches.wrong_amount_events:
        payment["amount"] += 1
    if switches.wrong_currency_events:
        payment["currency"] = "XTS"
    return json.dumps(event).encode()
