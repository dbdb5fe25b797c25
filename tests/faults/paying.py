"""Maya pays over HTTP, as her browser would, and what is then true at the bank and in the books."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from uuid import UUID

import httpx
from django.conf import settings
from django.db import connection

from portico.access.scope import scope
from portico.invoices.models import Invoice
from portico.kit.ids import new_id
from portico.ledger.selfcheck import selfcheck
from portico.payments.actions.reconcile import reconcile
from portico.payments.jobs import ask_gateway
from portico.payments.models import PENDING, GatewayAccount, Payment, PaymentAttempt
from portico.sandbox_bank.running import RunningBank, running_bank
from portico.testing.bank import SUCCEEDS, BankAccount, connect, open_account
from portico.testing.books import Books
from portico.testing.clients import signed_in
from portico.testing.people import World, make_world
from portico.testing.site import Site, running_site

CRASH_FOLDER = Path(__file__).parent / "crash"


@dataclass
class Shop:
    """A site with a bank, and an organisation whose invoice of $100.00 Maya may pay."""

    site: Site
    running: RunningBank
    order: Path
    world: World
    bank: BankAccount
    account: GatewayAccount
    invoice: Invoice
    cookies: dict[str, str]

    def crash_at(self, step: str) -> None:
        """Kill the process that comes to this step next."""
        self.order.write_text(step)

    @property
    def has_crashed(self) -> bool:
        """Whether the step was come to."""
        return not self.order.exists()

    def pay(
        self, key: UUID, *, amount: str = "60.00", card: str = SUCCEEDS, token: str = "", timeout: float = 60
    ) -> httpx.Response:
        """Send the form of the page of paying; raises httpx.TransportError when nobody answers any more."""
        with self.browser(timeout) as browser:
            return browser.post(
                "/pay/",
                data={
                    "csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME],
                    "submission_key": str(key),
                    "way": f"{self.account.pk}:card",
                    "invoice": str(self.invoice.pk),
                    f"amount-{self.invoice.pk}": amount,
                    "token": token or self.bank.card(card),
                },
            )

    def asked_at(self, answer: httpx.Response) -> str:
        """The bank's page to which the answer to the form leads on, by way of the attempt's page."""
        assert answer.headers["Location"].endswith("?onwards"), answer.headers
        with self.browser() as browser:
            page = browser.get(answer.headers["Location"]).text
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
        assert found, page
        return unescape(found[1])

    @contextmanager
    def browser(self, timeout: float = 60) -> Iterator[httpx.Client]:
        """Maya's browser, signed in, with the cookie that forms need."""
        with httpx.Client(
            base_url=self.site.url, cookies=self.cookies, timeout=timeout, headers={"Referer": self.site.url}
        ) as client:
            yield client

    def leave_unknown(self) -> None:
        """Call off the job that asks about an unknown outcome five seconds later: on a slow machine it is asked too soon."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'"
                " AND task_name = %s AND args ->> 'organisation_id' = %s",
                [ask_gateway.name, str(self.world.organisation.pk)],
            )

    def settle_all(self) -> None:
        """What the system does by itself within minutes: reconcile, with nothing left alone."""
        reconcile(organisation_id=self.world.organisation.pk, grace=timedelta(0), patience=timedelta(0))

    def attempts(self) -> list[PaymentAttempt]:
        """Every attempt of the organisation."""
        with scope(self.world.job):
            return list(PaymentAttempt.objects.visible_to(self.world.job).order_by("created_at"))

    def payments(self) -> list[Payment]:
        """Every payment in the books."""
        with scope(self.world.job):
            return list(Payment.objects.visible_to(self.world.job))

    def assert_one_or_none(self) -> int:
        """Exactly as many charges at the bank as payments in the books, none or one; nothing pending; all adds up."""
        count, charged = self.bank.charges().get("USD", (0, 0))
        payments = self.payments()
        assert count == len(payments) <= 1
        assert charged == sum(payment.amount.to_minor() for payment in payments)
        assert not [attempt for attempt in self.attempts() if attempt.state in PENDING]
        assert not selfcheck(self.world.organisation.pk)
        with scope(self.world.job):
            self.invoice.refresh_from_db()
        assert self.invoice.paid.to_minor() == charged
        return count


@contextmanager
def running_shop_site(folder: Path) -> Iterator[tuple[Site, RunningBank, Path]]:
    """A bank and a site whose processes can be killed at named steps."""
    order = folder / "crash"
    with (
        running_bank(folder / "bank.sqlite3") as bank,
        running_site(
            bank_url=bank.url,
            mailbox=False,
            environment={
                "PYTHONPATH": os.pathsep.join([str(CRASH_FOLDER), *sys.path]),
                "PORTICO_TEST_CRASH": str(order),
                "PORTICO_GATEWAY_TIMEOUT": "20",
            },
        ) as site,
    ):
        yield site, bank, order


def open_shop(site: Site, running: RunningBank, order: Path) -> Shop:
    """A fresh organisation on the site, with its own account at the bank, and one invoice."""
    order.unlink(missing_ok=True)
    world = make_world()
    bank = open_account(running.url, f"Northwind {world.tag} {new_id()}")
    account = connect(world.olive, bank)
    bank.webhook_to(f"{site.url}/webhooks/{account.pk}/")
    invoice = Books(world.olive, world.greenleaf).invoice("100.00")
    signed: SimpleCookie = signed_in(world.maya).cookies
    cookies = {name: morsel.value for name, morsel in signed.items()} | {settings.CSRF_COOKIE_NAME: "c" * 32}
    return Shop(site, running, order, world, bank, account, invoice, cookies)
