"""The site as its own processes: it answers, sends mail, and comes back after a crash."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page

from portico.customers.actions import add_contact, invite_contact
from portico.testing.mail import links_in
from portico.testing.people import World
from portico.testing.site import Site, running_site


def test_it_answers_and_its_worker_sends_the_mail(site: Site, world: World) -> None:
    assert httpx.get(f"{site.url}/healthz", timeout=60).json() == {"status": "ok"}
    assert httpx.get(f"{site.url}/readyz", timeout=60).status_code == 200
    finn = add_contact(
        actor=world.olive, customer=world.greenleaf, first_name="Finn", email=world.email("finn")
    )
    link = invite_contact(actor=world.olive, person=finn)
    assert site.mailbox is not None
    assert links_in(site.mailbox.wait_for(world.email("finn"))) == [link]


def test_killed_it_is_gone_and_started_again_it_is_back_at_the_same_address() -> None:
    with running_site() as site:
        first = site.worker.pid
        site.kill_web()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{site.url}/healthz", timeout=60)
        site.start_web()
        assert httpx.get(f"{site.url}/healthz", timeout=60).status_code == 200
        site.restart_worker()
        assert site.worker.pid != first


@pytest.mark.browser
def test_a_browser_sees_the_sign_in_page(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/")
    assert page.url.startswith(f"{site.url}/account/login/")
