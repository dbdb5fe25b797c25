"""Zoho Billing: https://www.zoho.com/billing/api/v1/subscription/ and /oauth/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from portico.kit.money import Money
from portico.subscriptions.connectors.protocol import (
    Api,
    CredentialsRefusedError,
    Setting,
    read_all,
)
from portico.subscriptions.feed import Billed, Details, Page
from portico.subscriptions.models import Status, Subscription

_ENDINGS: Final = r"(?:com|eu|in|com\.au|jp|ca|sa|uk|com\.cn)"
"""Of the addresses of Zoho's data centres."""
PER_PAGE: Final = 20
"""Each subscription costs two requests more, and Zoho counts them by the minute."""
_STATUS: Final = {
    "future": Status.FUTURE,
    "trial": Status.TRIAL,
    "live": Status.ACTIVE,
    "dunning": Status.PAST_DUE,
    "unpaid": Status.PAST_DUE,
    "paused": Status.PAUSED,
    "non_renewing": Status.ENDING,
    "cancelled": Status.CANCELLED,
    "cancelled_from_dunning": Status.CANCELLED,
    "creation_failed": Status.CANCELLED,
    "expired": Status.EXPIRED,
    "trial_expired": Status.EXPIRED,
}
_UNITS: Final = {
    "days": Subscription.Unit.DAY,
    "weeks": Subscription.Unit.WEEK,
    "months": Subscription.Unit.MONTH,
    "years": Subscription.Unit.YEAR,
}


class ZohoBilling:
    """Reads with a refresh token of the scopes ZohoSubscriptions.subscriptions.READ and .invoices.READ."""

    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("organization_id", "Organisation ID"),
        Setting("client_id", "Client ID"),
        Setting("client_secret", "Client secret", secret=True),
        Setting("refresh_token", "Refresh token", secret=True),
        Setting(
            "accounts_url",
            "Address of Zoho Accounts",
            default="https://accounts.zoho.com",
            help="Yours may end with .eu, .in, .com.au or .jp.",
        ),
        Setting("url", "Address of the API", default="https://www.zohoapis.com"),
    )

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._given = settings
        self._api = Api(settings["url"], rf"www\.zohoapis\.{_ENDINGS}")
        self._accounts = Api(settings["accounts_url"], rf"accounts\.(?:zoho\.{_ENDINGS}|zohocloud\.ca)")
        self._token = ""

    def check(self) -> None:
        """Ask for one subscription."""
        self._get("/subscriptions", {"page": 1, "per_page": 1})

    def read_page(self, cursor: str) -> Page:
        """Twenty subscriptions; the cursor is the page's number."""
        number = int(cursor or 1)
        said = self._get("/subscriptions", {"page": number, "per_page": PER_PAGE})
        following = str(number + 1) if said.get("page_context", {}).get("has_more_page") else ""
        return read_all(said.get("subscriptions", []), self._subscription, following)

    def _get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """GET with an access token, which lasts an hour; one that has run out is renewed once."""
        fresh = not self._token
        try:
            return self._api.get(f"/billing/v1{path}", params, self._headers())
        except CredentialsRefusedError:
            if fresh:
                raise
            self._token = ""
            return self._api.get(f"/billing/v1{path}", params, self._headers())

    def _headers(self) -> dict[str, str]:
        if not self._token:
            said = self._accounts.post(
                f"{self._accounts.base}/oauth/v2/token",
                {
                    "grant_type": "refresh_token",
                    "client_id": self._given["client_id"],
                    "client_secret": self._given["client_secret"],
                    "refresh_token": self._given["refresh_token"],
                },
            )
            if "access_token" not in said:  # Zoho says so with 200 and {"error": "invalid_code"}
                raise CredentialsRefusedError("Zoho does not accept the refresh token.")
            self._token = str(said["access_token"])
        return {
            "Authorization": f"Zoho-oauthtoken {self._token}",
            "X-com-zoho-subscriptions-organizationid": self._given["organization_id"],
        }

    def _subscription(self, listed: Mapping[str, Any]) -> tuple[Billed, Details]:
        row = self._get(f"/subscriptions/{listed['subscription_id']}", {})["subscription"]
        plan, customer = row["plan"], row["customer"]
        currency = str(row["currency_code"])
        details = Details(
            external_id=str(row["subscription_id"]),
            plan=str(plan.get("name") or row["name"]),
            plan_code=str(plan.get("plan_code") or ""),
            description=str(plan.get("description") or ""),
            status=_STATUS[row["status"]],
            price=Money.rounded(_number(plan["price"]), currency),
            amount=Money.rounded(_number(row["amount"]), currency),
            quantity=_number(plan.get("quantity") or 1),
            every=int(row["interval"]),
            unit=_UNITS[row["interval_unit"]],
            started_on=_day(row.get("activated_at") or row.get("created_at")),
            period_start=_day(row.get("current_term_starts_at")),
            period_end=_day(row.get("current_term_ends_at")),
            next_billing_on=_day(row.get("next_billing_at")),
            ended_on=_day(row.get("cancelled_at") or row.get("expires_at")),
            billing_details=_paid_with(row),
            invoices=self._invoices(str(row["subscription_id"])),
        )
        name = str(customer.get("display_name") or "")
        return Billed(str(customer["customer_id"]), name, str(customer.get("email") or "")), details

    def _invoices(self, subscription: str) -> tuple[str, ...]:
        said = self._get("/invoices", {"subscription_id": subscription, "per_page": 200})
        numbers = (each.get("invoice_number") or each.get("number") for each in said.get("invoices", []))
        return tuple(str(number) for number in numbers if number)


def _number(value: Any) -> Decimal:
    """JSON's number as it is written: 49.9 is 49.9, whatever a float makes of it."""
    return Decimal(str(value))


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None


def _paid_with(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    card = row.get("card") or {}
    if card.get("last_four_digits"):
        return (("Paid with", f"Card ending {card['last_four_digits']}"),)
    return () if row.get("auto_collect") else (("Billed by", "Invoice"),)
