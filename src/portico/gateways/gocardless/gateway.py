"""GoCardless as a Gateway: a mandate agreed to on its own pages, then a debit; or an instant bank payment.

A new payment begins with a billing request, which asks for a mandate and charges nobody; its id is the reference.
Once the customer has agreed it is READY, and `confirm` debits the mandate with an idempotency key made of the intent.
A payment of a saved mandate has a reference made of mandate and intent. Both are found again by what we write into
the payment's metadata. To call a payment off for good, its idempotency key is used up by a payment that is cancelled
at once, so that a late `confirm` finds that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Final

from portico.gateways.gocardless import payouts as paid_out
from portico.gateways.gocardless.api import NOT_FOUND, Api, RefusedBecauseError, Row, known
from portico.gateways.gocardless.events import read_events
from portico.gateways.gocardless.reading import (
    AMOUNT,
    CALLED_OFF,
    INTENT,
    REFERENCE,
    REFUND_KEY,
    SAVING,
    Made,
    asked_amount,
    is_dead,
    observed,
    refund_seen,
    saved_seen,
    uuid_of,
)
from portico.gateways.gocardless.schemes import INSTANT, SCHEMES, mandate_request, scheme_of
from portico.kit import clock
from portico.kit.money import Money
from portico.payments.gateway import (
    CURRENCIES,
    Account,
    Capabilities,
    Event,
    GatewayRefusedError,
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

_FAR: Final = timedelta(days=300)
_DEAD_MANDATE: Final = (
    "mandate_inactive",
    "This bank account cannot be debited any more. Please use another.",
)


_MODES: Final = (("live", "Live"), ("sandbox", "Sandbox, for trying it out"))


class GoCardlessGateway:
    """Bank debits in US dollars (ACH), euros (SEPA) and pounds (Bacs)."""

    key: ClassVar[str] = "gocardless"
    name: ClassVar[str] = "GoCardless"
    capabilities: ClassVar[Capabilities] = Capabilities(
        bank_debit=True,
        saved_methods=True,
        partial_refund=True,
        payouts=True,
        bank_currencies=frozenset(SCHEMES),
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("mode", "Mode", secret=False, default="live", choices=_MODES),
        Setting(
            "instant",
            "Instant bank payments in euros and pounds",
            secret=False,
            default="no",
            help="GoCardless has to offer them to your account.",
            choices=(("no", "No"), ("yes", "Yes")),
        ),
        Setting(
            "currency",
            "Currency of bank accounts that are saved without paying",
            secret=False,
            default="USD",
            choices=(("USD", "US dollars (ACH)"), ("EUR", "Euros (SEPA)"), ("GBP", "Pounds (Bacs)")),
        ),
        Setting("access_token", "Access token", help="With read and write access."),
        Setting(
            "webhook_secret", "Webhook endpoint secret", help="Events from GoCardless are signed with it."
        ),
        CURRENCIES,
    )

    def check(self, account: Account) -> str:
        """Ask for the business's own details: it needs the access token."""
        if account.public.get("currency", "USD") not in SCHEMES:
            raise GatewayRefusedError("The currency is USD, EUR or GBP.", field="currency")
        if account.public.get("instant", "no") not in ("yes", "no"):
            raise GatewayRefusedError("Instant bank payments are “yes” or “no”.", field="instant")
        found = Api(account).creditors()
        return str(found[0].get("name") or "GoCardless") if found else "GoCardless"

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What the gateway takes, in the currencies that the owner has listed."""
        return account_kinds(self.capabilities, account, currency)

    def fields(self, account: Account, wish: Wish) -> None:
        """The bank account is given on GoCardless's own pages."""

    def start(self, account: Account, intent: Intent) -> Started:
        """Make a billing request, or a reference where a saved mandate is debited; neither charges."""
        scheme_of(intent.amount.currency)
        if intent.method:
            return Started(str(Made(intent.method.reference, intent.id, intent.amount)))
        amount = intent.amount
        body: Row = {"metadata": {INTENT: str(intent.id), AMOUNT: f"{amount.to_minor()} {amount.currency}"}}
        if self._is_instant(account, intent):
            body["payment_request"] = {
                "amount": str(amount.to_minor()),
                "currency": amount.currency,
                "description": intent.description,
                "metadata": {INTENT: str(intent.id)},
            }
        else:
            body["mandate_request"] = mandate_request(amount.currency)
        return Started(self._begin(Api(account), body, intent.owner, str(intent.id)))

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Send the customer to GoCardless, or debit the mandate that they have agreed to."""
        api = Api(account)
        if made := Made.read(reference):
            return self._debit(api, made.mandate, intent, reference)
        request = api.billing_request(reference)
        seen = self._of_request(api, request)
        if seen.state in (Seen.CREATED, Seen.NEEDS_ACTION):
            url = self._flow(api, reference, intent.return_url, intent.owner)
            return replace(seen, state=Seen.NEEDS_ACTION, action_url=url)
        if seen.state is Seen.READY:
            return self._debit(api, _mandate_of(request), intent, reference)
        return seen

    def fetch(self, account: Account, reference: str) -> Observed:
        """Read the payment by our reference, or by what an event names: GoCardless's payment or refund."""
        api = Api(account)
        if made := Made.read(reference):
            return self._of_mandate(api, made.mandate, reference, made)
        if reference.startswith("RF"):
            reference = str(api.refund(reference)["links"]["payment"])
        if reference.startswith("PM"):
            return self._of_payment(api, known(api.payment, reference))
        return self._of_request(api, known(api.billing_request, reference))

    def cancel(self, account: Account, reference: str) -> Observed:
        """Cancel what has not gone to the banks, and make sure that a late `confirm` debits nothing."""
        api = Api(account)
        seen = self.fetch(account, reference)
        made = Made.read(reference)
        if seen.state in (Seen.CREATED, Seen.NEEDS_ACTION) and made is None:
            with suppress(RefusedBecauseError):  # the customer has agreed this moment
                api.cancel_billing_request(reference)
            seen = self.fetch(account, reference)
        if seen.state in (Seen.CREATED, Seen.READY, Seen.PROCESSING):
            mandate = made.mandate if made else _mandate_of(api.billing_request(reference))
            payment = self._find(api, mandate, seen) or (
                self._use_up(api, mandate, seen) if seen.state is not Seen.PROCESSING else None
            )
            if payment is None:
                return seen
            with suppress(RefusedBecauseError):  # it has gone to the banks, and is told as it stands
                api.cancel_payment(payment["id"])
            seen = self.fetch(account, reference)
        return seen

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Pay back part or all, telling GoCardless what all refunds together come to."""
        api = Api(account)
        payment = self._payment(api, reference)
        total = amount.to_minor()
        for each in api.refunds(payment["id"]):
            if (each.get("metadata") or {}).get(REFUND_KEY) == key:
                return refund_seen(each)
            if refund_seen(each).state is not Seen.FAILED:
                total += int(each["amount"])
        body = {
            "amount": amount.to_minor(),
            "total_amount_confirmation": total,
            "metadata": {REFUND_KEY: key},
            "links": {"payment": payment["id"]},
        }
        return refund_seen(api.create_refund(body, key))

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Send the customer to GoCardless to agree to a mandate."""
        api = Api(account)
        request = mandate_request(account.public.get("currency", "USD"))
        body = {"metadata": {SAVING: str(saving.id)}, "mandate_request": request}
        reference = self._begin(api, body, saving.owner, str(saving.id))
        seen = self.fetch_saving(account, saving, reference)
        if seen.state is not Seen.NEEDS_ACTION:
            return seen
        return replace(seen, action_url=self._flow(api, reference, saving.return_url, saving.owner))

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Read the billing request, and its mandate where the customer has agreed."""
        api = Api(account)
        request = known(api.billing_request, reference)
        if (request.get("metadata") or {}).get(SAVING) != str(saving.id):
            raise GatewayRefusedError("This is somebody else's billing request.")
        if request["status"] == "cancelled":
            return SavingSeen(reference, Seen.FAILED, failure_message="This was called off.")
        if not (mandate_id := _mandate_of(request)):
            return SavingSeen(reference, Seen.NEEDS_ACTION)
        mandate = api.mandate(mandate_id)
        if is_dead(mandate):
            return SavingSeen(reference, Seen.FAILED, failure_message=_DEAD_MANDATE[1])
        return SavingSeen(reference, Seen.SUCCEEDED, saved_seen(api, mandate))

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Cancel the mandate; one that has ended is fine."""
        try:
            Api(account).cancel_mandate(method.reference)
        except RefusedBecauseError as error:
            if error.answered != NOT_FOUND and not is_dead(Api(account).mandate(method.reference)):
                raise

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """GoCardless's list of payments made in that time, newest first, without those that came to nothing."""
        api = Api(account)
        asked = {"created_at[gte]": _time(since), "created_at[lt]": _time(until)}
        for row in api.payments(**asked):
            seen = observed(api, row, brief=True)
            if seen.state in (Seen.PROCESSING, Seen.SUCCEEDED, Seen.RETURNED):
                yield seen

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """GoCardless's payouts with their items."""
        return paid_out.payouts(Api(account), since)

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify a delivery and read its events."""
        return read_events(account.secrets["webhook_secret"], body, headers)

    def _is_instant(self, account: Account, intent: Intent) -> bool:
        wanted = account.public.get("instant") == "yes" and not intent.save
        return wanted and intent.amount.currency in INSTANT

    def _begin(self, api: Api, body: Row, owner: Owner | None, key: str) -> str:
        if owner and owner.reference:
            body = {**body, "links": {"customer": owner.reference}}
        return str(api.create_billing_request(body, key)["id"])

    def _flow(self, api: Api, reference: str, return_url: str, owner: Owner | None) -> str:
        body: Row = {
            "redirect_uri": return_url,
            "exit_uri": return_url,
            "links": {"billing_request": reference},
        }
        if owner and not owner.reference:
            given, _space, family = owner.name.partition(" ")
            known = {"given_name": given, "family_name": family, "email": owner.email}
            body["prefilled_customer"] = {name: value for name, value in known.items() if value}
        return str(api.create_flow(body)["authorisation_url"])

    def _debit(self, api: Api, mandate: str, intent: Intent, reference: str) -> Observed:
        """Make the payment, once for an intent whatever is repeated."""
        amount = intent.amount
        body = {
            "amount": amount.to_minor(),
            "currency": amount.currency,
            "description": intent.description[:255],
            "metadata": {INTENT: str(intent.id), REFERENCE: reference},
            "links": {"mandate": mandate},
        }
        try:
            payment = api.create_payment(body, _payment_key(intent.id))
        except RefusedBecauseError:
            seen = self._of_mandate(api, mandate, reference, Made(mandate, intent.id, amount))
            if seen.state is Seen.CREATED:
                raise
            return seen
        return observed(api, payment, saved=saved_seen(api, api.mandate(mandate)))

    def _of_request(self, api: Api, request: Row) -> Observed:
        """How a payment stands that began with a billing request."""
        reference, amount = str(request["id"]), asked_amount(request)
        intent_id = uuid_of((request.get("metadata") or {}).get(INTENT))
        seen = Observed(reference, intent_id, Seen.CREATED, amount, mode=MethodKind.BANK)
        links = request.get("links") or {}
        if payment_id := links.get("payment_request_payment"):
            return self._instant(api, api.payment(str(payment_id)), seen)
        if mandate := _mandate_of(request):
            if intent_id is None:
                return replace(seen, state=Seen.CANCELLED)  # it saved a mandate, and pays nothing
            return self._of_mandate(
                api, mandate, reference, Made(mandate, intent_id, amount), untouched=Seen.READY
            )
        return replace(seen, state=self._before_agreeing(api, request))

    def _before_agreeing(self, api: Api, request: Row) -> Seen:
        if request["status"] == "cancelled":
            return Seen.CANCELLED
        if request["status"] in ("ready_to_fulfil", "fulfilling", "fulfilled"):
            return Seen.PROCESSING  # GoCardless makes the mandate or the payment this moment
        begun = any(api.events(billing_request=str(request["id"]), action="flow_created"))
        return Seen.NEEDS_ACTION if begun else Seen.CREATED

    def _instant(self, api: Api, payment: Row, seen: Observed) -> Observed:
        """A payment that GoCardless made itself: it is given our reference, by which its events are understood."""
        if seen.intent_id and not (payment.get("metadata") or {}).get(REFERENCE):
            api.name_payment(payment["id"], {INTENT: str(seen.intent_id), REFERENCE: seen.reference})
        return replace(observed(api, payment, reference=seen.reference), intent_id=seen.intent_id)

    def _of_mandate(
        self, api: Api, mandate_id: str, reference: str, made: Made, untouched: Seen = Seen.CREATED
    ) -> Observed:
        seen = Observed(reference, made.intent_id, untouched, made.amount, mode=MethodKind.BANK)
        mandate = known(api.mandate, mandate_id)
        if payment := self._find(api, mandate_id, seen):
            return observed(api, payment, saved=saved_seen(api, mandate))
        if is_dead(mandate):
            code, words = _DEAD_MANDATE
            return replace(seen, state=Seen.FAILED, failure_code=code, failure_message=words)
        return seen

    def _of_payment(self, api: Api, payment: Row) -> Observed:
        mandate = (payment.get("links") or {}).get("mandate")
        saved = saved_seen(api, api.mandate(str(mandate))) if mandate else None
        return observed(api, payment, saved=saved)

    def _find(self, api: Api, mandate: str, seen: Observed) -> Row | None:
        """The payment of an intent among a mandate's."""
        wanted = str(seen.intent_id)
        rows = api.payments(mandate=mandate)
        return next((each for each in rows if (each.get("metadata") or {}).get(INTENT) == wanted), None)

    def _payment(self, api: Api, reference: str) -> Row:
        """GoCardless's payment behind our reference.

        Raises:
            GatewayRefusedError: there is none.
        """
        found: Row | None = None
        if made := Made.read(reference):
            seen = Observed(reference, made.intent_id, Seen.CREATED, made.amount)
            found = self._find(api, made.mandate, seen)
        elif reference.startswith("PM"):
            found = api.payment(reference)
        else:
            request = api.billing_request(reference)
            links = request.get("links") or {}
            if payment_id := links.get("payment_request_payment"):
                found = api.payment(str(payment_id))
            elif mandate := _mandate_of(request):
                found = self._find(api, mandate, self._of_request(api, request))
        if found is None:
            raise GatewayRefusedError("GoCardless has no payment to pay back.")
        return found

    def _use_up(self, api: Api, mandate: str, seen: Observed) -> Row | None:
        """Use up the intent's idempotency key by a payment far ahead, which is cancelled next; None: nothing can be
        debited from the mandate anyway.
        """
        if not mandate or seen.intent_id is None:
            return None
        body = {
            "amount": seen.amount.to_minor(),
            "currency": seen.amount.currency,
            "charge_date": (clock.now() + _FAR).date().isoformat(),
            "description": "Called off",
            "metadata": {INTENT: str(seen.intent_id), REFERENCE: seen.reference, CALLED_OFF: "yes"},
            "links": {"mandate": mandate},
        }
        return api.create_payment(body, _payment_key(seen.intent_id))


def _mandate_of(request: Row) -> str:
    return str((request.get("links") or {}).get("mandate_request_mandate") or "")


def _payment_key(intent_id: object) -> str:
    return f"{intent_id}-payment"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
