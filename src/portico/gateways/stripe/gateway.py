"""Stripe as a Gateway: a PaymentIntent charges nobody until it is confirmed with what the customer typed at Stripe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from math import ceil
from typing import Any, ClassVar, Final

from django.conf import settings as django_settings

from portico.gateways.stripe.addresses import locale_of, sources
from portico.gateways.stripe.amounts import digits, to_units
from portico.gateways.stripe.calls import RefusedByStripeError, call, client, listed
from portico.gateways.stripe.events import read_event
from portico.gateways.stripe.payouts import payouts_since
from portico.gateways.stripe.reading import (
    DEBITS,
    DEPOSITS_TAKE,
    INTENT,
    REFUND,
    action_url,
    charged,
    failure,
    observed,
    refund_seen,
    saved_seen,
    waits_for_deposits,
)
from portico.kit.money import Money
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    Agreed,
    Capabilities,
    Event,
    FieldsPage,
    GatewayRefusedError,
    GatewayUnreachableError,
    Intent,
    MethodKind,
    Observed,
    Owner,
    PayoutSeen,
    RefundSeen,
    Saving,
    SavingSeen,
    Seen,
    Setting,
    Started,
    StoredMethod,
    Wish,
    account_kinds,
)

LEAST_SECRET: Final = 16
"""Characters of a webhook's secret; a guessable one is a slip."""
_EXPANDED: Final = ["latest_charge", "payment_method"]
_BANKS: Final = {"USD": "us_bank_account", "EUR": "sepa_debit"}
_SETUP: Final = {
    "requires_action": Seen.NEEDS_ACTION,
    "processing": Seen.PROCESSING,
    "succeeded": Seen.SUCCEEDED,
}


class StripeGateway:
    """Cards everywhere, ACH debits in US dollars and SEPA debits in euros."""

    key: ClassVar[str] = "stripe"
    name: ClassVar[str] = "Stripe"
    capabilities: ClassVar[Capabilities] = Capabilities(
        card=True,
        bank_debit=True,
        saved_methods=True,
        partial_refund=True,
        payouts=True,
        bank_currencies=frozenset(_BANKS),
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("publishable_key", "Publishable key", secret=False, help="It begins with pk_."),
        Setting(
            "secret_key", "Secret key", help="It begins with sk_ (or rk_, with the rights the guide names)."
        ),
        Setting(
            "webhook_secret",
            "Signing secret of the webhook",
            help="It begins with whsec_. Stripe shows it once the webhook is made; until then no event is believed.",
            required=False,
        ),
        CURRENCIES,
    )

    def check(self, account: Account) -> str:
        """Ask for the newest payment, and for the account's name where the key may know it."""
        public, secret = account.public["publishable_key"], account.secrets["secret_key"]
        if not public.startswith(("pk_test_", "pk_live_")):
            raise GatewayRefusedError(
                "The publishable key begins with pk_test_ or pk_live_.", field="publishable_key"
            )
        if not secret.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
            raise GatewayRefusedError(
                "The secret key begins with sk_ or rk_, then test_ or live_.", field="secret_key"
            )
        if public.split("_")[1] != secret.split("_")[1]:
            raise GatewayRefusedError("One key is for test mode and the other is not.")
        signing = account.secrets["webhook_secret"]
        if signing and not (signing.startswith("whsec_") and len(signing) > LEAST_SECRET):
            raise GatewayRefusedError(
                "The webhook's signing secret begins with whsec_.", field="webhook_secret"
            )
        api = client(account)
        call(api.payment_intents.list, limit=1)
        mode = " (test mode)" if "_test_" in secret else ""
        try:
            found = call(api.accounts.retrieve_current)
        except GatewayRefusedError:  # a restricted key need not know whose it is
            return f"Stripe{mode}"
        shown = ((found.get("settings") or {}).get("dashboard") or {}).get("display_name")
        return f"{shown or found['id']}{mode}"

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What the gateway takes, in the currencies that the owner has listed."""
        return account_kinds(self.capabilities, account, currency)

    def fields(self, account: Account, wish: Wish) -> FieldsPage:
        """A page with Stripe's Payment Element."""
        script = django_settings.STRIPE_SCRIPT
        context = {
            "script": script,
            "key": account.public["publishable_key"],
            "digits": digits(wish.currency),
            "method": _type(wish.kind, wish.currency),
            "locale": locale_of(wish.language),
        }
        return FieldsPage("stripe/fields.html", context, sources(script))

    def start(self, account: Account, intent: Intent) -> Started:
        """Make the PaymentIntent, for Stripe's customer where a method is saved or was; the id is the key."""
        params: dict[str, Any] = {
            "amount": to_units(intent.amount),
            "currency": intent.amount.currency.lower(),
            "allowed_payment_method_types": [_type(intent.kind, intent.amount.currency)],
            "description": intent.description,
            "metadata": {INTENT: str(intent.id)},
        }
        if intent.method:
            params["customer"] = intent.method.owner_reference
        elif intent.save and intent.owner:
            params["customer"] = self._customer(account, intent.owner)
        made = call(client(account).payment_intents.create, key=str(intent.id), **params)
        return Started(str(made["id"]))

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Charge what was typed, or the saved method; Stripe confirms a PaymentIntent once."""
        if not token and not intent.method:
            return self.fetch(account, reference)
        params = _means(token) if token else {}
        if intent.method:
            params = {"payment_method": intent.method.reference}
        elif intent.save and intent.owner:
            params["setup_future_usage"] = "off_session"
        if intent.off_session:
            params["off_session"] = True
        else:
            # False, whatever the token says: the bank's page is one to be sent to, not a window of Stripe's script.
            params |= {"return_url": intent.return_url, "use_stripe_sdk": False}
        if not intent.method:
            params |= _mandate(intent.agreed)
        key = f"{intent.id}-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        try:
            call(client(account).payment_intents.confirm, reference, key=key, **params)
        except RefusedByStripeError as refused:
            # Declined, or confirmed or cancelled before: how it stands is asked for. Else it did nothing.
            if "payment_intent" not in refused.about:
                raise
            seen = self.fetch(account, reference)
            if seen.state is Seen.CREATED:
                raise
            return seen
        return self.fetch(account, reference)

    def fetch(self, account: Account, reference: str) -> Observed:
        """Read the PaymentIntent; once it has succeeded its refunds, and its disputes where it has any."""
        api = client(account)
        payment = call(api.payment_intents.retrieve, reference, expand=_EXPANDED)
        if payment["status"] != "succeeded":
            return observed(payment)
        refunds = list(listed(api.refunds.list, payment_intent=reference))
        disputed = (payment.get("latest_charge") or {}).get("disputed")
        disputes = list(listed(api.disputes.list, payment_intent=reference)) if disputed else []
        return observed(payment, refunds, disputes)

    def cancel(self, account: Account, reference: str) -> Observed:
        """Call the PaymentIntent off, or learn that it is too late."""
        try:
            call(client(account).payment_intents.cancel, reference)
        except RefusedByStripeError as refused:
            if "payment_intent" not in refused.about:
                raise
        return self.fetch(account, reference)

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Pay back part or all. Stripe forgets keys after a day, so the refunds there are looked through first."""
        api = client(account)
        for each in listed(api.refunds.list, payment_intent=reference):
            if (each.get("metadata") or {}).get(REFUND) == key:
                return refund_seen(each)
        params = {"payment_intent": reference, "amount": to_units(amount), "metadata": {REFUND: key}}
        return refund_seen(call(api.refunds.create, key=key, **params))

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Make a SetupIntent for Stripe's customer and confirm it at once."""
        kind = next(iter(_means(token).values()))
        types = ["card"] if saving.kind is MethodKind.CARD else self._debits(account, kind)
        params: dict[str, Any] = {
            "customer": self._customer(account, saving.owner),
            "allowed_payment_method_types": types,
            "usage": "off_session",
            "confirm": True,
            "return_url": saving.return_url,
            "use_stripe_sdk": False,
            "metadata": {"portico_saving": str(saving.id)},
            **_means(token),
            **_mandate(saving.agreed),
        }
        key = f"{saving.id}-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        try:
            made = call(client(account).setup_intents.create, key=key, expand=["payment_method"], **params)
        except RefusedByStripeError as refused:
            if "setup_intent" not in refused.about:
                raise
            reference = str(refused.about["setup_intent"]["id"])
            return SavingSeen(reference, Seen.FAILED, failure_message=failure(refused.about)[1])
        return _saving(made)

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Read the SetupIntent."""
        return _saving(call(client(account).setup_intents.retrieve, reference, expand=["payment_method"]))

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Detach the method from Stripe's customer: it can never be charged again."""
        api = client(account)
        try:
            call(api.payment_methods.detach, method.reference)
        except RefusedByStripeError as refused:
            if refused.why == "resource_missing" or not self._is_attached(account, method):
                return
            raise

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """Stripe's list of charges, newest first, without those that failed or were only authorised."""
        created = {"gte": int(since.timestamp()), "lt": ceil(until.timestamp())}  # in whole seconds
        found = listed(client(account).charges.list, created=created, expand=["data.payment_intent"])
        for charge in found:
            if charge["status"] == "failed" or not (charge["captured"] or charge["status"] == "pending"):
                continue
            seen = charged(charge)
            altered = charge["amount_refunded"] or charge["disputed"]
            yield self.fetch(account, seen.reference) if altered and charge["payment_intent"] else seen

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """Stripe's automatic payouts with their balance transactions."""
        return payouts_since(account, since)

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify the Stripe-Signature and read."""
        return read_event(account.secrets["webhook_secret"], body, headers)

    def _customer(self, account: Account, owner: Owner) -> str:
        """Stripe's customer of a person: the one we know, or a new one, made once."""
        if owner.reference:
            return owner.reference
        named = hashlib.sha256(f"{owner.name}\n{owner.email}".encode()).hexdigest()[:16]
        made = call(
            client(account).customers.create,
            key=f"{owner.id}-{named}",
            name=owner.name,
            email=owner.email,
            metadata={"portico_person": str(owner.id)},
        )
        return str(made["id"])

    def _debits(self, account: Account, token: str) -> list[str]:
        """What kind of bank account a confirmation token is for; saving one has no currency that would tell."""
        found = call(client(account).confirmation_tokens.retrieve, token)
        kind = str(found["payment_method_preview"]["type"])
        if kind not in DEBITS:
            raise GatewayRefusedError("What was typed is no bank account.")
        return [kind]

    def _is_attached(self, account: Account, method: StoredMethod) -> bool:
        return bool(call(client(account).payment_methods.retrieve, method.reference).get("customer"))


def _type(kind: MethodKind, currency: str) -> str:
    if kind is MethodKind.CARD:
        return "card"
    if kind is MethodKind.BANK and currency in _BANKS:
        return _BANKS[currency]
    raise GatewayRefusedError(f"Stripe takes no such payment in {currency} here.")


def _means(token: str) -> dict[str, Any]:
    """What the page of fields gave: a confirmation token, or a card's token where the script makes only those."""
    if token.startswith("tok_"):
        return {"payment_method_data": {"type": "card", "card": {"token": token}}}
    return {"confirmation_token": token}


def _mandate(agreed: Agreed | None) -> dict[str, Any]:
    if agreed is None:
        return {}
    online = {"ip_address": agreed.ip, "user_agent": agreed.user_agent}
    accepted = {"type": "online", "accepted_at": int(agreed.at.timestamp()), "online": online}
    return {"mandate_data": {"customer_acceptance": accepted}}


def _saving(setup: Mapping[str, Any]) -> SavingSeen:
    reference, method = str(setup["id"]), setup.get("payment_method")
    state = _SETUP.get(setup["status"], Seen.FAILED)
    if state is Seen.SUCCEEDED:
        if not method:
            raise GatewayUnreachableError("Stripe's answer cannot be read.")
        return SavingSeen(reference, state, saved_seen(method, str(setup["customer"])))
    _code, words = failure(setup.get("last_setup_error"))
    granted = DEPOSITS_TAKE if waits_for_deposits(setup) else None
    return SavingSeen(reference, state, action_url=action_url(setup), failure_message=words, patience=granted)
