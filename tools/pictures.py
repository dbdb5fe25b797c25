"""Takes the guides' pictures of our own pages from a running demo: `python tools/pictures.py http://127.0.0.1:8000`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

from portico.testing.browsing import running_browser

MAYA, INES, OWNER = "maya@greenleaf.example", "ines@harbourview.example", "owner@northwind.example"
PASSWORD: Final = "portico-demo"  # noqa: S105 (the demo prints it)
FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "guides" / "pictures"
COLOURS: Final = 64
KEYS: Final = {
    "stripe": {"publishable_key": "pk_test_…", "secret_key": "sk_test_…"},
    "paypal": {"client_id": "your client id", "client_secret": "your secret"},
    "authorize_net": {"login_id": "your API login id", "transaction_key": "your key"},
    "gocardless": {"access_token": "your access token"},
}


def signed_in(browser: Browser, at: str, email: str, width: int = 1180, height: int = 800) -> Page:
    """A page of somebody's who has signed in."""
    page = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
    ).new_page()
    page.goto(f"{at}/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state("networkidle")
    return page


def take(page: Page, name: str, *, whole_page: bool = False) -> None:
    """Keep what the window shows, or all of the page, as a small picture."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)  # fonts and frames
    whole = Image.open(BytesIO(page.screenshot(full_page=whole_page))).convert("RGB")
    FOLDER.mkdir(exist_ok=True)
    small = whole.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)
    sys.stdout.write(f"{name}: {(FOLDER / f'{name}.png').stat().st_size // 1000} kB\n")


def office(browser: Browser, at: str) -> None:
    """What the owner sees."""
    page = signed_in(browser, at, OWNER, width=1360, height=940)
    for gateway, keys in KEYS.items():
        page.goto(f"{at}/office/do/connect-{gateway}/")
        for field, value in {"name": "Card" if gateway != "gocardless" else "Bank account", **keys}.items():
            page.locator(f"[name={field}]").fill(value)
        take(page, f"connect-{gateway.replace('_', '-')}")
    page.goto(f"{at}/office/payouts/payout/")
    page.locator("tbody th a").first.click()
    take(page, "payout")
    page.goto(f"{at}/office/disputes/dispute/")
    page.locator("tbody th a").first.click()
    take(page, "dispute")
    page.goto(f"{at}/office/transfers/transfernotice/")
    take(page, "transfers")
    page.goto(f"{at}/office/payments/payment/")
    take(page, "payments")


def portal(browser: Browser, at: str) -> None:
    """What customers see."""
    maya = signed_in(browser, at, MAYA, height=900)
    maya.goto(f"{at}/payment-methods/")
    take(maya, "payment-methods")
    maya.goto(f"{at}/")
    maya.get_by_role("link", name="Pay now").first.click()
    take(maya, "pay", whole_page=True)
    ines = signed_in(browser, at, INES)
    ines.goto(f"{at}/payments/")
    take(ines, "customers-payments")


if __name__ == "__main__":
    with running_browser() as chromium:
        office(chromium, sys.argv[1])
        portal(chromium, sys.argv[1])
