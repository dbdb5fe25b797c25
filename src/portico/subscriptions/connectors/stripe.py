"""Stripe Billing: https://docs.stripe.com/api/subscriptions/list and /api/invoices/list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from portico.kit.money import Money, minor_digits
from portico.subscriptions.connectors.protocol import Api, Setting, read_all
from portico.subscriptions.feed import Billed, Details, Page
from portico.subscriptions.models import Status, Subscription

VERSION: Final = "2025-03-31.basil"
"""Since then the current period stands on the items; before, on the subscription. Both are read."""
PER_PAGE: Final = 50
_NOT_IN_HUNDREDTHS: Final = {"isk": 2, "ugx": 2}
"""Zero-decimal currencies that Stripe still writes with two (docs.stripe.com/currencies, special cases)."""
_STATUS: Final = {
    "trialing": Status.TRIAL,
    "active": Status.ACTIVE,
    "past_due": Status.PAST_DUE,
    "unpaid": Status.PAST_DUE,
    "incomplete": Status.PAST_DUE,
    "paused": Status.PAUSED,
    "canceled": Status.CANCELLED,
    "incomplete_expired": Status.EXPIRED,
}


class StripeBilling:
    """Reads with a restricted key that may read subscriptions, customers, products and invoices."""

    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "secret_key", "Restricted key", secret=True, help="It begins with rk_ and needs only to read."
        ),
        Setting("url", "Address of the API", default="https://api.stripe.com"),
    )

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._api = Api(settings["url"], r"api\.stripe\.com")
        self._headers = {"Authorization": f"Bearer {settings['secret_key']}", "Stripe-Version": VERSION}

    def check(self) -> None:
        """Ask for one subscription."""
        self._api.get("/v1/subscriptions", {"limit": 1, "status": "all"}, self._headers)

    def read_page(self, cursor: str) -> Page:
        """Fifty subscriptions after the one the cursor names."""
        asked: dict[str, Any] = {
            "limit": PER_PAGE,
            "status": "all",
            "expand[]": ["data.customer", "data.items.data.price.product", "data.default_payment_method"],
        }
        if cursor:
            asked["starting_after"] = cursor
        said = self._api.get("/v1/subscriptions", asked, self._headers)
        rows = said["data"]
        following = str(rows[-1]["id"]) if rows and said.get("has_more") else ""
        return read_all(rows, self._subscription, following)

    def _subscription(self, row: Mapping[str, Any]) -> tuple[Billed, Details]:
        items = row["items"]["data"]
        first, price = items[0], items[0]["price"]
        currency = str(row["currency"]).upper()
        prices = [(_amount(each["price"], currency), Decimal(each.get("quantity") or 1)) for each in items]
        total = sum((Decimal(one.amount) * quantity for one, quantity in prices), Decimal(0))
        start, end = _period(row, first)
        status = _status(row)
        details = Details(
            external_id=str(row["id"]),
            plan=" + ".join(_name(each["price"]) for each in items),
            plan_code=str(price["id"]),
            description=str(row.get("description") or ""),
            status=status,
            price=prices[0][0],
            amount=Money.rounded(total, currency),
            quantity=prices[0][1],
            every=int(price["recurring"]["interval_count"]),
            unit=Subscription.Unit(price["recurring"]["interval"]),
            started_on=_day(row.get("start_date")),
            period_start=start,
            period_end=end,
            next_billing_on=end if status in {Status.ACTIVE, Status.TRIAL, Status.PAST_DUE} else None,
            ended_on=_day(row.get("ended_at") or row.get("cancel_at")),
            billing_details=_paid_with(row),
            invoices=self._invoices(str(row["id"])),
        )
        return _billed(row["customer"]), details

    def _invoices(self, subscription: str) -> tuple[str, ...]:
        said = self._api.get("/v1/invoices", {"subscription": subscription, "limit": 100}, self._headers)
        return tuple(str(each["number"]) for each in said["data"] if each.get("number"))


def _status(row: Mapping[str, Any]) -> Status:
    status = _STATUS[row["status"]]
    if status in {Status.ACTIVE, Status.TRIAL} and (row.get("cancel_at_period_end") or row.get("cancel_at")):
        return Status.ENDING
    paused = status == Status.ACTIVE and row.get("pause_collection")
    return Status.PAUSED if paused else status


def _amount(price: Mapping[str, Any], currency: str) -> Money:
    """The price of one; of a tiered price there is none, and it counts as nothing."""
    text = price.get("unit_amount_decimal") or price.get("unit_amount") or 0
    digits = _NOT_IN_HUNDREDTHS.get(currency.lower(), minor_digits(currency))
    return Money.rounded(Decimal(str(text)).scaleb(-digits), currency)


def _name(price: Mapping[str, Any]) -> str:
    product = price.get("product")
    named = product.get("name") if isinstance(product, Mapping) else ""
    return str(price.get("nickname") or named or price["id"])


def _period(row: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[date | None, date | None]:
    start = _day(item.get("current_period_start") or row.get("current_period_start"))
    return start, _day(item.get("current_period_end") or row.get("current_period_end"))


def _billed(customer: Any) -> Billed:
    if isinstance(customer, str):
        return Billed(customer, "", "")
    return Billed(str(customer["id"]), str(customer.get("name") or ""), str(customer.get("email") or ""))


def _paid_with(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    method = row.get("default_payment_method")
    if row.get("collection_method") == "send_invoice":
        return (("Billed by", f"Invoice, due in {row.get('days_until_due') or 0} days"),)
    if not isinstance(method, Mapping):
        return ()
    kind = str(method.get("type") or "")
    known = method.get(kind) or {}
    last = known.get("last4")
    brand = str(known.get("brand") or known.get("bank_name") or kind.replace("_", " ")).capitalize()
    return (("Paid with", f"{brand} ending {last}" if last else brand),)


def _day(seconds: Any) -> date | None:
    """Stripe's periods begin and end at moments in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC).date() if seconds else None
