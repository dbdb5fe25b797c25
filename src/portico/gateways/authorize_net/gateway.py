"""Authorize.Net as a Gateway; what protects from charging twice is written in the package's first lines."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from portico.gateways.authorize_net import charging, lists, methods, notes
from portico.gateways.authorize_net.api import AnswerError, Api, addresses, host_of
from portico.gateways.authorize_net.batches import payout
from portico.gateways.authorize_net.notes import Word
from portico.gateways.authorize_net.numbers import id_of, read_reference, reference_of
from portico.gateways.authorize_net.reading import (
    AUTHORISED,
    REFUND,
    elsewhere,
    listed,
    look,
    reference_in,
)
from portico.kit import clock
from portico.kit.money import Money
from portico.payments.gateway import (
    Account,
    Capabilities,
    Event,
    FieldsPage,
    GatewayRefusedError,
    Intent,
    MethodKind,
    Observed,
    PayoutSeen,
    RefundSeen,
    Saving,
    SavingSeen,
    Seen,
    Setting,
    SignatureError,
    Started,
    StoredMethod,
    Wish,
)

_PAYMENT_EVENTS: Final = "net.authorize.payment."
_SETTLES_WITHIN: Final = timedelta(days=8)
"""How long after it was sent a charge is in a batch; eChecks take up to seven days."""
_UTC: Final = ZoneInfo("UTC")


class AuthorizeNetGateway:
    """Cards and eChecks through Authorize.Net."""

    key: ClassVar[str] = "authorize_net"
    name: ClassVar[str] = "Authorize.Net"
    capabilities: ClassVar[Capabilities] = Capabilities(
        card=True,
        bank_debit=True,
        saved_methods=True,
        partial_refund=True,
        payouts=True,
        currencies=frozenset({"USD", "CAD"}),
        bank_currencies=frozenset({"USD"}),
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "login_id", "API Login ID", secret=False, help="Account › Settings › API Credentials & Keys."
        ),
        Setting(
            "client_key",
            "Public Client Key",
            secret=False,
            help="Account › Settings › Manage Public Client Key.",
        ),
        Setting(
            "mode",
            "Mode",
            secret=False,
            default="live",
            choices=(("live", "Live"), ("test", "Test, for a sandbox account")),
        ),
        Setting(
            "currency",
            "Currency of the account",
            secret=False,
            default="USD",
            choices=(("USD", "US dollars (USD)"), ("CAD", "Canadian dollars (CAD)")),
        ),
        Setting("transaction_key", "Transaction Key"),
        Setting("webhook_secret", "Signature Key", help="Events from Authorize.Net are signed with it."),
    )

    def check(self, account: Account) -> str:
        """Ask for the merchant's details, and whether the transactions may be listed."""
        api = Api(account)
        found = api.ask("getMerchantDetails")
        currencies = found.get("currencies") or [api.currency]
        if not self.capabilities.takes(api.currency) or api.currency not in currencies:
            raise GatewayRefusedError(f"This account does not take {api.currency}.", field="currency")
        if found.get("publicClientKey") not in (None, "", account.public.get("client_key")):
            raise GatewayRefusedError("The Public Client Key is not this account's.", field="client_key")
        try:
            api.ask("getUnsettledTransactionList", paging={"limit": "1", "offset": "1"})
        except AnswerError as error:
            raise GatewayRefusedError(
                "Switch on the Transaction Details API: Account › Settings › Security Settings. "
                f"Authorize.Net says: {error}",
                field="account",
            ) from None
        return f"{found.get('merchantName', '')} ({host_of(account)})".strip()

    def kinds(self, account: Account, currency: str) -> tuple[MethodKind, ...]:
        """What is taken in the account's one currency."""
        return self.capabilities.kinds(currency) if currency == _currency_of(account) else ()

    def fields(self, account: Account, wish: Wish) -> FieldsPage:
        """A page of ours whose script opens Authorize.Net's hosted form in a frame of theirs."""
        script = addresses(account)[1]
        return FieldsPage(
            "authorize_net/fields.html",
            {
                "script": f"{script}/v3/AcceptUI.js",
                "login_id": account.public.get("login_id", ""),
                "client_key": account.public.get("client_key", ""),
                "options": json.dumps(
                    {
                        "showCreditCard": wish.kind is MethodKind.CARD,
                        "showBankAccount": wish.kind is MethodKind.BANK,
                    }
                ),
            },
            {
                "script-src": (script,),
                "frame-src": (script,),
                # AcceptUI places its frame by a style element that it makes itself.
                "style-src": ("'unsafe-inline'",),
            },
        )

    def start(self, account: Account, intent: Intent) -> Started:
        """Nobody is called: the reference is made of the intent."""
        if intent.amount.currency != _currency_of(account):
            raise GatewayRefusedError(
                f"This account at Authorize.Net does not take {intent.amount.currency}."
            )
        if intent.kind is MethodKind.WALLET:
            raise GatewayRefusedError("Authorize.Net takes cards and bank accounts here.")
        return Started(str(reference_of(intent)))

    def confirm(self, account: Account, intent: Intent, reference: str, token: str) -> Observed:
        """Authorise a card, then capture it; debit a bank account at once."""
        named = reference_of(intent)
        if str(named) != reference:
            raise GatewayRefusedError("This reference is another payment's.")
        api = Api(account)
        sight = look(api, named)
        if sight.observed.state is Seen.READY:
            return charging.capture(api, named, sight)
        if sight.observed.state is not Seen.CREATED:
            return sight.observed
        return charging.send(api, intent, named, token)

    def fetch(self, account: Account, reference: str) -> Observed:
        """Look the payment up by its number, or by the id of one of its transactions, as an event names it."""
        api = Api(account)
        if not reference.isdigit():
            return look(api, read_reference(reference)).observed
        details = lists.details(api, reference)
        charge = details
        if details.get("transactionType") == REFUND and details.get("refTransId"):
            charge = lists.details(api, str(details["refTransId"]))
        named = reference_in(charge, api.currency)
        if named is None:
            return elsewhere(charge, api.currency)
        return look(api, named, str(charge["transId"])).observed

    def cancel(self, account: Account, reference: str) -> Observed:
        """Call the payment off by a note at Authorize.Net, and void what is only authorised."""
        api, named = Api(account), read_reference(reference)
        sight = look(api, named)
        if sight.observed.state not in (Seen.CREATED, Seen.READY):
            return sight.observed
        notes.decide(api, named.number, Word.CANCELLED)
        sight = look(api, named, sight.trans_id)
        if sight.status == AUTHORISED:
            for each in (sight.charge, *sight.others):
                if each and each["transactionStatus"] == AUTHORISED:
                    charging.void(api, str(each["transId"]))
            sight = look(api, named, sight.trans_id)
        return sight.observed

    def refund(self, account: Account, reference: str, amount: Money, key: str) -> RefundSeen:
        """Void all of it before settlement, refund part or all afterwards."""
        return charging.pay_back(Api(account), read_reference(reference), amount, key)

    def save_method(self, account: Account, saving: Saving, token: str) -> SavingSeen:
        """Keep what is behind the nonce; a card's bank is asked first. The same card again is the same method."""
        api = Api(account)
        try:
            customer, method, _ = methods.keep(
                api, saving.owner, token, ask_bank=saving.kind is MethodKind.CARD
            )
        except AnswerError as error:
            if error.number not in _NO_GOOD:
                raise
            return SavingSeen("", Seen.FAILED, failure_message=error.message)
        return self.fetch_saving(account, saving, f"{customer}/{method}")

    def fetch_saving(self, account: Account, saving: Saving, reference: str) -> SavingSeen:
        """Read the payment profile."""
        customer, _, method = reference.partition("/")
        found = methods.saved(Api(account), customer, method) if customer and method else None
        if found is None:
            return SavingSeen(reference, Seen.FAILED, failure_message="Authorize.Net has not kept it.")
        return SavingSeen(reference, Seen.SUCCEEDED, found)

    def forget(self, account: Account, method: StoredMethod) -> None:
        """Delete the payment profile."""
        methods.remove(Api(account), method.owner_reference, method.reference)

    def charges(self, account: Account, since: datetime, until: datetime) -> Iterator[Observed]:
        """What is not settled, then the batches in which a charge of that time can be."""
        api = Api(account)
        seen: set[str] = set()
        rows = list(lists.unsettled(api, since))
        for batch in lists.batches(api, since, min(until + _SETTLES_WITHIN, clock.now())):
            rows += lists.in_batch(api, str(batch["batchId"]))
        for row in rows:
            found = listed(row, api.currency)
            if found is None or found.reference in seen or not since <= lists.submitted(row) < until:
                continue
            seen.add(found.reference)  # a chargeback is a row of its own, with the same number
            yield found

    def payouts(self, account: Account, since: date) -> Iterator[PayoutSeen]:
        """Settled batches: what each adds to the merchant's bank account. Fees are not told."""
        api = Api(account)
        for batch in lists.batches(api, datetime.combine(since, time(), _UTC), clock.now()):
            yield payout(api, batch)

    def parse_event(self, account: Account, body: bytes, headers: Mapping[str, str]) -> tuple[Event, ...]:
        """Verify X-ANET-Signature (HMAC-SHA-512 of the raw body) and read; the reference is the transaction's id."""
        given = {name.lower(): value for name, value in headers.items()}
        _verify(account.secrets["webhook_secret"], body, given.get("x-anet-signature", ""))
        try:
            content = json.loads(body)
            kind, payload = str(content["eventType"]), content["payload"]
            if not kind.startswith(_PAYMENT_EVENTS) or payload.get("entityName") != "transaction":
                return ()
            event = Event(
                id=str(content["notificationId"]),
                kind=kind,
                reference=_digits(payload["id"]),
                intent_id=id_of(str(payload.get("invoiceNumber") or "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SignatureError("The event cannot be read.") from None
        return (event,)


_NO_GOOD: Final = frozenset({"E00027", "E00114", "E00117", "E00121"})
"""Declined; the nonce is used, or too old."""


def _currency_of(account: Account) -> str:
    return str(account.public.get("currency") or "USD")


def _digits(value: Any) -> str:
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise ValueError
    return text


def _verify(secret: str, body: bytes, header: str) -> None:
    """The key is shown as 128 hexadecimal digits; some accounts sign with these as text, some with the bytes."""
    algorithm, _, given = header.partition("=")
    if algorithm.lower() != "sha512" or not re.fullmatch(r"[0-9A-Fa-f]{128}", given):
        raise SignatureError("The event is not signed.")
    keys = [secret.encode()]
    if re.fullmatch(r"([0-9A-Fa-f]{2})+", secret):
        keys.append(bytes.fromhex(secret))
    offered = given.upper().encode()
    made = [hmac.new(key, body, hashlib.sha512).hexdigest().upper().encode() for key in keys]
    if not any([hmac.compare_digest(each, offered) for each in made]):  # noqa: C419 (all are compared)
        raise SignatureError("The event's signature is wrong.")
