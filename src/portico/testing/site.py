"""The whole site as processes of its own against the test database: web server, worker, bank, mail."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings
from django.db import connection

from portico.testing.forkserver import Forked, fork_server
from portico.testing.jobs import drop_jobs_of_others, drop_jobs_of_the_dead
from portico.testing.mail import Mailbox, running_mailbox
from portico.testing.ports import free_port

STARTS_WITHIN: Final = 60.0
"""Seconds; two cores, shared with other work, start slowly."""
STOPS_WITHIN: Final = 15.0


@dataclass
class Process:
    """A process of the site, with its children: started, killed, stopped, started again."""

    arguments: list[str]
    environment: Mapping[str, str]
    log: Path
    _running: Forked | None = None

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self._running is not None and self._running.is_running()

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        """Start it; nothing when it runs."""
        if self.is_running:
            return
        self._running = fork_server().start(self.arguments, self.environment, self.log)

    def kill(self) -> None:
        """End it at once, as a crash or a power cut does; its children too."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as a service manager does; kill it when it does not."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, how)
        running.wait(STOPS_WITHIN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # itself when it did not end, and children it left behind
        running.wait(STOPS_WITHIN)


@dataclass
class Site:
    """A running site; `url` stays the same over restarts."""

    url: str
    web: Process
    worker: Process
    log: Path
    mailbox: Mailbox | None = None

    def start_web(self) -> None:
        """Start the web server, and wait until it answers."""
        self.web.start()
        self._wait(self._web_answers)

    def kill_web(self) -> None:
        """End the web server at once, in the middle of whatever it does."""
        self.web.kill()

    def restart_web(self) -> None:
        """Kill the web server and start it again."""
        self.kill_web()
        self.start_web()

    def start_worker(self) -> None:
        """Start the worker, and wait until it takes jobs; nothing when it runs."""
        if self.worker.is_running:
            return
        before = _newest_worker()
        self.worker.start()
        self._wait(lambda: self.worker.is_running and _newest_worker() > before)

    def kill_worker(self) -> None:
        """End the worker at once, in the middle of whatever job it does."""
        self.worker.kill()

    def restart_worker(self) -> None:
        """Kill the worker and start it again."""
        self.kill_worker()
        self.start_worker()

    def said(self) -> str:
        """What the processes have written so far."""
        return self.log.read_text(errors="replace")

    def wait_for_jobs(self, seconds: float = 60) -> None:
        """Wait until the worker has nothing left that is due."""
        self._wait(lambda: not _due_jobs(), seconds)

    def _web_answers(self) -> bool:
        if not self.web.is_running:
            raise AssertionError(f"the web server ended:\n{self.said()[-4000:]}")
        try:
            return httpx.get(f"{self.url}/healthz", timeout=60).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _wait(self, until: Callable[[], bool], seconds: float = STARTS_WITHIN) -> None:
        last = time.monotonic() + seconds
        while not until():
            if time.monotonic() > last:
                raise AssertionError(f"waited {seconds} s in vain:\n{self.said()[-4000:]}")
            time.sleep(0.05)


@contextmanager
def running_site(
    *,
    workers: int = 1,
    worker: bool = True,
    mailbox: bool = True,
    bank_url: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """Run `portico serve` and `portico worker` against this test process's database, on 127.0.0.1.

    Args:
        workers: processes of the web server.
        worker: whether to start the worker too; else `start_worker()` does.
        mailbox: whether e-mails are taken in by a real SMTP server, `site.mailbox`.
        bank_url: where the sandbox bank listens (portico.sandbox_bank.running.running_bank).
        environment: more settings.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portico-site-")))
        log = folder / "site.log"
        log.touch()
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        box = stack.enter_context(running_mailbox()) if mailbox else None
        ours = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portico.config.settings",
            "PORTICO_SECRET_KEY": settings.SECRET_KEY,
            "PORTICO_URL": url,
            "PORTICO_MAIL_URL": box.url if box else "dummy:",
            "PORTICO_SANDBOX_BANK_URL": bank_url,
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        serve = ["serve", "--port", str(port), "--workers", str(workers)]
        site = Site(
            url,
            Process(serve, ours, log),
            Process(["worker", "--concurrency", "2"], ours, log),
            log,
            box,
        )
        stack.callback(site.web.stop)
        stack.callback(site.worker.stop)
        site.start_web()
        drop_jobs_of_others()
        drop_jobs_of_the_dead()
        if worker:
            site.start_worker()
        yield site


def _newest_worker() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
        return int(cursor.fetchone()[0])


def _due_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
            " OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())"
        )
        return int(cursor.fetchone()[0])
