"""`portico demo`: everything on one machine, with something to see."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from portico.config import embedded
from portico.config.demo import build
from portico.config.demo.at_the_bank import Visit
from portico.config.demo.bank import open_account
from portico.config.demo.cast import INES, LEO, MAYA, OWNER, PASSWORD
from portico.config.demo.processes import EndedError, Process, is_free, stop_all
from portico.config.stopping import unwind_on_sigterm

READY: Final = """
Portico is ready: {url}

  {maya:<26} a contact person with every permission, at two customers
  {leo:<26} at the same customer, does not see billing
  {ines:<26} a contact person of another customer
  {owner:<26} staff: {url}office/

  Password for all: {password}
  Cards that work: 4242 4242 4242 4242; 4000 0000 0000 3220 asks for 3-D Secure; 4000 0000 0000 0002 declines.
  The sandbox bank: {bank}
  E-mails are written to {mail}, what the programs say to {log}.

Ctrl-C stops everything. Run it again to go on where you left.
"""


class Command(BaseCommand):
    """Database, data, sandbox bank, web server and worker; on Ctrl-C or SIGTERM all of it stops."""

    help = "Run the portal with a sandbox bank and demo data on 127.0.0.1 (PORTICO_PORT, 8000)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORTICO_PORT", "8000")))

    def handle(self, *_: Any, port: int, **__: Any) -> None:
        unwind_on_sigterm()
        processes: list[Process] = []
        try:
            self._run(port, processes)
        except KeyboardInterrupt:
            pass
        except EndedError as error:
            raise CommandError(str(error)) from error
        finally:
            # Whoever presses Ctrl-C twice still gets a database that is shut down.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if processes:
                self._say("Stopping…")
            stop_all(processes)
            connections.close_all()
            embedded.stop_what_was_started()

    def _run(self, port: int, processes: list[Process]) -> None:
        for each in (port, port + 1):
            if not is_free(each):
                raise CommandError(
                    f"Port {each} is in use. Choose another: PORTICO_PORT={port + 10} make demo"
                )
        url, bank_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
        bank = self._process("bank", port + 1)
        processes.append(bank)
        bank.start()
        self._migrate()
        bank.wait_for(f"{bank_url}/healthz")
        self._build(url, bank_url)
        connections.close_all()
        for name in ("web", "worker"):
            process = self._process(name, port)
            processes.append(process)
            process.start()
        processes[1].wait_for(f"{url}/healthz")
        self._say(
            READY.format(
                url=f"{url}/", bank=bank_url, maya=MAYA, leo=LEO, ines=INES, owner=OWNER, password=PASSWORD,
                mail=_short(_mail_folder()), log=_short(settings.DATA / "log"),
            )
        )  # fmt: skip
        while True:
            for process in processes:
                process.check()
            time.sleep(0.5)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database…")
            call_command("migrate", database="owner", verbosity=0, skip_checks=True)

    def _build(self, url: str, bank_url: str) -> None:
        gateway = open_account(bank_url)
        organisation_id = build.existing()
        if organisation_id is None:
            self._say("Writing two years of business…")
            organisation_id = build.build(gateway)
        account_id = build.connect(organisation_id, gateway)
        Visit(organisation_id, account_id, gateway).pay()
        port = url.rsplit(":", 1)[1]
        parents = (url, f"http://localhost:{port}")
        open_account(bank_url, webhook_url=f"{url}/webhooks/{account_id}/", parents=parents)

    def _process(self, name: str, port: int) -> Process:
        data = settings.DATA
        portico = [sys.executable, "-m", "portico.config.command"]
        store = str(data / "bank.sqlite3")
        command = {
            "bank": [sys.executable, "-m", "portico.sandbox_bank", "--port", str(port), "--store", store],
            "web": [*portico, "serve", "--port", str(port)],
            "worker": [*portico, "worker"],
        }[name]
        environment = {
            "PORTICO_URL": f"http://127.0.0.1:{port}",
            "PORTICO_SANDBOX_BANK_URL": f"http://127.0.0.1:{port + 1}",
            "PORTICO_MAIL_URL": os.environ.get("PORTICO_MAIL_URL", f"file:///{_mail_folder()}"),
            "PYTHONUNBUFFERED": "1",
        }
        return Process(name, command, environment, data / "log" / f"{name}.log")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _mail_folder() -> Path:
    return Path(settings.DATA) / "mail"


def _short(path: Path) -> Path:
    """The path as it is read from where the demo was started."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
