"""A stand-in for Authorize.Net's JSON API, made from its public description; it keeps what it charged.

It enforces what the provider does: the order of members, one use of a nonce, the duplicate window, what may be
captured, voided and refunded when, unique customer profiles, days between sending and settling, signed events.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fakes.authorize_net_schema import REQUESTS, problem

DESCRIPTOR = "COMMON.ACCEPT.INAPP.PAYMENT"
DECLINED = "4000000000000002"
PAGES = Path(__file__).with_name("accept_ui")
"""AcceptUI's script, and the form that it frames."""
KINDS = {"js": "text/javascript", "html": "text/html", "css": "text/css"}
CHARGED = ("capturedPendingSettlement", "settledSuccessfully")


class RefusedError(Exception):
    """An answer with resultCode Error."""

    def __init__(self, code: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.code, self.text, self.more = code, text, more


@dataclass
class Instrument:
    """A card or bank account; the fake knows its last four characters only."""

    bank: bool = False
    last4: str = "1111"
    outcome: str = "ok"  # ok, declined, held
    brand: str = "Visa"

    @property
    def masked(self) -> dict[str, Any]:
        if self.bank:
            return {"bankAccount": {
                "accountType": "checking", "routingNumber": "XXXX0000", "accountNumber": f"XXXX{self.last4}",
                "nameOnAccount": "Maya Chen", "echeckType": "WEB",
            }}  # fmt: skip
        return {
            "creditCard": {
                "cardNumber": f"XXXX{self.last4}",
                "expirationDate": "XXXX",
                "cardType": self.brand,
            }
        }


@dataclass
class Merchant:
    """One account with everything it has."""

    login: str
    key: str
    client_key: str
    signature_key: str
    reports: bool = True
    nonces: dict[str, Instrument] = field(default_factory=dict)
    transactions: dict[str, dict[str, Any]] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[tuple[datetime, tuple[str, ...], str]] = field(default_factory=list)
    events: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    """Requests whose next answer is lost after they were done."""
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens elsewhere, just before a request is done."""
    hidden: set[str] = field(default_factory=set)
    """Transactions that the lists do not show yet."""
    lagging: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def nonce(self, *, bank: bool = False, last4: str = "1111", outcome: str = "ok") -> str:
        """What Accept.js gives for an instrument."""
        made = secrets.token_hex(20)
        self.nonces[made] = Instrument(bank, last4, outcome)
        return made

    def charged(self) -> int:
        """All that was charged and not voided or returned, in cents."""
        return sum(
            int(Decimal(each["settleAmount"]) * 100)
            for each in self.transactions.values()
            if each["transactionStatus"] in CHARGED and each["transactionType"] != "refundTransaction"
        )

    def by_number(self, number: str) -> list[dict[str, Any]]:
        """The transactions of an invoice number, as the details tell them."""
        return [each for each in self.transactions.values() if each["order"]["invoiceNumber"] == number]

    def settle(self) -> str:
        """Close the day: everything that is captured, paid back, declined or voided goes into a batch."""
        batch_id = str(100 + len(self.batches))
        becomes = {
            "capturedPendingSettlement": "settledSuccessfully",
            "refundPendingSettlement": "refundSettledSuccessfully",
        }
        for each in self.transactions.values():
            status = each["transactionStatus"]
            if "batch" not in each and status in (*becomes, "declined", "voided"):
                each["transactionStatus"] = becomes.get(status, status)
                each["batch"] = {"batchId": batch_id}
        self.batches[batch_id] = {
            "batchId": batch_id,
            "settlementTimeUTC": _now()[:19] + "Z",
            "settlementState": "settledSuccessfully",
        }
        return batch_id

    def send_back(self, trans_id: str, code: str = "R01", text: str = "Insufficient Funds") -> None:
        """A debit that had settled comes back: on the transaction itself, and as one of its own in the next batch."""
        charge = self.transactions[trans_id]
        item = {"id": "9", "dateUTC": _now(), "code": code, "description": text}
        charge.setdefault("returnedItems", []).append(item)
        if code.startswith("R"):
            self._after(charge, "returnedItem")

    def charge_back(self, trans_id: str, *, reversed_: bool = False) -> None:
        """The cardholder's bank takes the charge back, or gives it back."""
        self._after(self.transactions[trans_id], "chargebackReversal" if reversed_ else "chargeback")

    def _after(self, charge: dict[str, Any], status: str) -> None:
        trans_id = self._next_id()
        self.transactions[trans_id] = {
            **{key: value for key, value in charge.items() if key not in ("returnedItems", "batch", "profile")},
            "transId": trans_id, "refTransId": charge["transId"], "submitTimeUTC": _now(),
            "transactionStatus": status,
        }  # fmt: skip
        batch = self.settle()
        self.transactions[trans_id]["batch"] = {"batchId": batch}

    def _next_id(self) -> str:
        return str(60_000_000_001 + len(self.transactions))

    def event(self, kind: str, trans_id: str, **more: Any) -> tuple[bytes, dict[str, str]]:
        """An event as it is sent: raw body and headers."""
        content = {
            "notificationId": str(uuid.uuid4()),
            "eventType": f"net.authorize.{kind}",
            "eventDate": _now(),
            "webhookId": "63d6fea2-aa13-4b1d-a204-f5fbc15942b7",
            "payload": {"responseCode": 1, "entityName": "transaction", "id": trans_id, **more},
        }
        return self.signed(content)

    def signed(self, content: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Any content, signed as events are."""
        body = json.dumps(content).encode()
        digest = hmac.new(self.signature_key.encode(), body, hashlib.sha512).hexdigest().upper()
        return body, {"X-ANET-Signature": f"sha512={digest}"}

    # What is asked for

    def create_transaction(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = asked["transactionRequest"]
        kind = request["transactionType"]
        if kind in ("priorAuthCaptureTransaction", "voidTransaction"):
            return self._move(kind, request)
        if kind == "refundTransaction":
            return self._refund(request)
        instrument, profile = self._instrument(request)
        duplicate = self._duplicate(request, kind, f"{instrument.bank}{instrument.last4}")
        if duplicate:
            return duplicate
        if instrument.bank and kind == "authOnlyTransaction":
            return _error("3", "56", "This merchant does not accept this transaction type for eChecks.")
        status = {
            "ok": "authorizedPendingCapture"
            if kind == "authOnlyTransaction"
            else "capturedPendingSettlement",
            "declined": "declined",
            "held": "FDSAuthorizedPendingReview" if kind == "authOnlyTransaction" else "FDSPendingReview",
        }[instrument.outcome]
        made = self._add(request, kind, status, instrument)
        if profile:
            made["profile"] = profile
        if status == "declined":
            made |= {"responseCode": 2, "responseReasonCode": 2,
                     "responseReasonDescription": "This transaction has been declined."}  # fmt: skip
            return _error("2", "2", "This transaction has been declined.", made["transId"])
        name = "authorization" if kind == "authOnlyTransaction" else "authcapture"
        self.events.append(self.event(f"payment.{name}.created", made["transId"]))
        return _done("4" if instrument.outcome == "held" else "1", made["transId"])

    def _instrument(self, request: dict[str, Any]) -> tuple[Instrument, dict[str, str] | None]:
        if opaque := request.get("payment", {}).get("opaqueData"):
            return self._spend(opaque), None
        named = request["profile"]
        method = named["paymentProfile"]["paymentProfileId"]
        profile = self.profiles.get(named["customerProfileId"])
        if profile is None or method not in profile["methods"]:
            raise RefusedError("E00040", "Customer Profile ID or Customer Payment Profile ID not found.")
        ids = {"customerProfileId": named["customerProfileId"], "customerPaymentProfileId": method}
        return profile["methods"][method], ids

    def _spend(self, opaque: dict[str, Any]) -> Instrument:
        found = self.nonces.pop(opaque["dataValue"], None)
        if found is None or opaque["dataDescriptor"] != DESCRIPTOR:
            raise RefusedError("E00114", "Invalid OTS Token.")
        return found

    def _duplicate(self, request: dict[str, Any], kind: str, what: str) -> dict[str, Any] | None:
        settings = {
            each["settingName"]: each["settingValue"] for each in request["transactionSettings"]["setting"]
        }
        window = timedelta(seconds=int(settings.get("duplicateWindow", 120)))
        number = request.get("order", {}).get("invoiceNumber", "")
        same = (kind, what, str(request["amount"]), number, str(request.get("poNumber", "")))
        now = datetime.now(UTC)
        if any(each == same and at > now - window for at, each, _ in self.sent):
            return _error("3", "11", "A duplicate transaction has been submitted.")
        self.sent.append((now, same, ""))
        return None

    def _add(self, request: dict[str, Any], kind: str, status: str, what: Instrument) -> dict[str, Any]:
        trans_id = self._next_id()
        made = {
            "transId": trans_id, "submitTimeUTC": _now(), "transactionType": kind, "transactionStatus": status,
            "responseCode": 1, "responseReasonCode": 1, "responseReasonDescription": "Approval",
            "order": dict(request["order"]), "authAmount": str(request["amount"]),
            "settleAmount": str(request["amount"]), "payment": what.masked,
        }  # fmt: skip
        if request.get("refTransId"):
            made["refTransId"] = request["refTransId"]
        self.transactions[trans_id], self.instruments[trans_id] = made, what
        if self.lagging:
            self.hidden.add(trans_id)
        return made

    def _move(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        found = self.transactions.get(request["refTransId"])
        if found is None:
            return _error("3", "16", "The transaction cannot be found.")
        status = found["transactionStatus"]
        if kind == "voidTransaction":
            if status == "voided":
                return _done("1", found["transId"])
            if "batch" in found or status not in ("authorizedPendingCapture", "capturedPendingSettlement",
                                                  "refundPendingSettlement"):  # fmt: skip
                return _error("3", "310", "This transaction has already been settled or declined.")
            found["transactionStatus"] = "voided"
            self.events.append(self.event("payment.void.created", found["transId"]))
        elif status == "authorizedPendingCapture":
            if Decimal(request["amount"]) > Decimal(found["authAmount"]):
                return _error("3", "47", "The amount requested for settlement is more than authorised.")
            found |= {"transactionStatus": "capturedPendingSettlement", "settleAmount": request["amount"]}
            self.events.append(self.event("payment.priorAuthCapture.created", found["transId"]))
        elif status not in CHARGED:
            return _error("3", "33", "The transaction cannot be captured.")
        return _done("1", found["transId"])

    def _refund(self, request: dict[str, Any]) -> dict[str, Any]:
        charge = self.transactions.get(request["refTransId"])
        if charge is None or charge["transactionStatus"] != "settledSuccessfully":
            return _error("3", "54", "The referenced transaction does not meet the criteria for a credit.")
        what = self.instruments[charge["transId"]]
        card = request["payment"].get("creditCard", request["payment"].get("bankAccount"))
        if not str(card.get("cardNumber") or card.get("accountNumber")).endswith(what.last4):
            return _error("3", "54", "The referenced transaction does not meet the criteria for a credit.")
        gone = sum(
            Decimal(each["settleAmount"])
            for each in self.transactions.values()
            if each["transactionType"] == "refundTransaction" and each.get("refTransId") == charge["transId"]
            and each["transactionStatus"] != "voided"
        )  # fmt: skip
        if gone + Decimal(request["amount"]) > Decimal(charge["settleAmount"]):
            return _error("3", "55", "The sum of credits would exceed the original debit amount.")
        if duplicate := self._duplicate(request, "refundTransaction", f"{what.bank}{what.last4}"):
            return duplicate
        made = self._add(request, "refundTransaction", "refundPendingSettlement", what)
        self.events.append(self.event("payment.refund.created", made["transId"]))
        return _done("1", made["transId"])

    def create_customer_profile(self, asked: dict[str, Any]) -> dict[str, Any]:
        given = asked["profile"]
        same = tuple(given.get(name, "") for name in ("merchantCustomerId", "description", "email"))
        for profile_id, each in self.profiles.items():
            if each["same"] == same:
                raise RefusedError("E00039", f"A duplicate record with ID {profile_id} already exists.")
        profile_id = str(900_000_001 + len(self.profiles))
        self.profiles[profile_id] = {"same": same, "methods": {}, "addresses": []}
        for address in given.get("shipToList", []):
            self._address(profile_id, address)
        return {"customerProfileId": profile_id}

    def _address(self, profile_id: str, address: dict[str, Any]) -> None:
        known = self.profiles[profile_id]["addresses"]
        if any({**each, "customerAddressId": ""} == {**address, "customerAddressId": ""} for each in known):
            raise RefusedError("E00039", "A duplicate customer shipping address already exists.")
        known.append({**address, "customerAddressId": str(len(known) + 1)})

    def create_customer_shipping_address(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._address(asked["customerProfileId"], asked["address"])
        return {}

    def get_customer_profile(self, asked: dict[str, Any]) -> dict[str, Any]:
        for profile_id, each in self.profiles.items():
            if (
                asked.get("merchantCustomerId") == each["same"][0]
                or asked.get("customerProfileId") == profile_id
            ):
                return {"profile": {"customerProfileId": profile_id, "merchantCustomerId": each["same"][0],
                                    "shipToList": each["addresses"]}}  # fmt: skip
        raise RefusedError("E00040", "The record cannot be found.")

    def create_customer_payment_profile(self, asked: dict[str, Any]) -> dict[str, Any]:
        profile = self.profiles.get(asked["customerProfileId"])
        if profile is None:
            raise RefusedError("E00040", "The record cannot be found.")
        what = self._spend(asked["paymentProfile"]["payment"]["opaqueData"])
        if asked["validationMode"] == "liveMode" and what.outcome == "declined":
            raise RefusedError("E00027", "This transaction has been declined.")
        for method, each in profile["methods"].items():
            if (each.bank, each.last4) == (what.bank, what.last4):
                raise RefusedError("E00039", "A duplicate customer payment profile already exists.",
                              customerPaymentProfileId=method)  # fmt: skip
        method = secrets.token_hex(6).translate(str.maketrans("abcdef", "123456"))
        profile["methods"][method] = what
        return {"customerProfileId": asked["customerProfileId"], "customerPaymentProfileId": method}

    def get_customer_payment_profile(self, asked: dict[str, Any]) -> dict[str, Any]:
        what = self.profiles.get(asked["customerProfileId"], {"methods": {}})["methods"].get(
            asked["customerPaymentProfileId"]
        )
        if what is None:
            raise RefusedError("E00040", "The record cannot be found.")
        payment = what.masked
        if not what.bank:
            payment["creditCard"]["expirationDate"] = "2034-12"
        return {"paymentProfile": {"payment": payment}}

    def delete_customer_payment_profile(self, asked: dict[str, Any]) -> dict[str, Any]:
        methods = self.profiles[asked["customerProfileId"]]["methods"]
        if methods.pop(asked["customerPaymentProfileId"], None) is None:
            raise RefusedError("E00040", "The record cannot be found.")
        return {}

    def get_transaction_details(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["transId"] not in self.transactions:
            raise RefusedError("E00040", "The record cannot be found.")
        return {"transaction": self.transactions[asked["transId"]]}

    def get_unsettled_transaction_list(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not self.reports:
            raise RefusedError(
                "E00011", "Access denied. You do not have permissions to call the Transaction Details API."
            )
        return self._page(asked, [each for each in self.transactions.values() if "batch" not in each])

    def get_transaction_list(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._page(asked, [
            each for each in self.transactions.values() if each.get("batch", {}).get("batchId") == asked["batchId"]
        ])  # fmt: skip

    def get_settled_batch_list(self, asked: dict[str, Any]) -> dict[str, Any]:
        first, last = (datetime.fromisoformat(asked[f"{each}SettlementDate"]) for each in ("first", "last"))
        if last - first > timedelta(days=31):
            raise RefusedError("E00003", "The date range is longer than 31 days.")
        return {"batchList": [
            each for each in self.batches.values()
            if first <= datetime.fromisoformat(each["settlementTimeUTC"]) <= last
        ]}  # fmt: skip

    def get_merchant_details(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "merchantName": "Northwind Traders",
            "currencies": ["USD"],
            "publicClientKey": self.client_key,
        }

    def _page(self, asked: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
        newest = asked.get("sorting", {}).get("orderDescending") == "true"
        rows = sorted(found, key=lambda each: each["submitTimeUTC"], reverse=newest)
        limit, offset = int(asked["paging"]["limit"]), int(asked["paging"]["offset"])
        page = [_summary(each) for each in rows if each["transId"] not in self.hidden]
        return {"transactions": page[limit * (offset - 1) : limit * offset], "totalNumInResultSet": len(page)}


def _summary(each: dict[str, Any]) -> dict[str, Any]:
    payment = each["payment"].get("creditCard") or each["payment"]["bankAccount"]
    return {
        "transId": each["transId"], "submitTimeUTC": each["submitTimeUTC"],
        "transactionStatus": each["transactionStatus"], "invoiceNumber": each["order"]["invoiceNumber"],
        "accountType": payment.get("cardType", "eCheck"),
        "accountNumber": payment.get("cardNumber") or payment["accountNumber"],
        "settleAmount": float(each["settleAmount"]), "hasReturnedItems": bool(each.get("returnedItems")),
    }  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _done(code: str, trans_id: str) -> dict[str, Any]:
    return {"transactionResponse": {"responseCode": code, "transId": trans_id}}


def _error(code: str, number: str, text: str, trans_id: str = "0") -> dict[str, Any]:
    errors = [{"errorCode": number, "errorText": text}]
    said = {"responseCode": code, "transId": trans_id, "errors": errors}
    return {"transactionResponse": said, "failed": True}


class AuthorizeNet:
    """All merchants, behind one address."""

    def __init__(self) -> None:
        self.merchants: dict[str, Merchant] = {}
        self.lock = threading.RLock()
        self.url = ""

    def open_account(self) -> Merchant:
        """A new merchant."""
        made = Merchant(
            login=secrets.token_hex(8),
            key=secrets.token_hex(8),
            client_key=secrets.token_hex(8),
            signature_key=secrets.token_hex(64).upper(),
            lock=self.lock,
        )
        self.merchants[made.login] = made
        return made

    def answer(self, body: bytes) -> dict[str, Any] | None:
        """Do what a request asks; None when its answer is lost."""
        ((name, asked),) = json.loads(body).items()
        keys = asked.pop("merchantAuthentication", {})
        merchant = self.merchants.get(keys.get("name", ""))
        if name == "securePaymentContainerRequest":
            return _nonce(merchant, keys.get("clientKey", ""), asked["data"]["token"])
        if merchant is None or keys.get("transactionKey") != merchant.key:
            return _refusal(
                RefusedError("E00007", "User authentication failed due to invalid authentication values.")
            )
        request = name.removesuffix("Request")
        if wrong := problem(asked, REQUESTS[request], name):
            return _refusal(RefusedError("E00003", wrong))
        if step := merchant.before.pop(request, None):
            step()
        with self.lock:
            merchant.asked.append(request)
            snake = "".join(f"_{each.lower()}" if each.isupper() else each for each in request)
            try:
                content = getattr(merchant, snake)(asked)
            except RefusedError as refused:
                content = _refusal(refused)
            else:
                code = "Error" if content.pop("failed", False) else "Ok"
                content["messages"] = {"resultCode": code, "message": [
                    {"code": "E00027", "text": "The transaction was unsuccessful."} if code == "Error"
                    else {"code": "I00001", "text": "Successful."}
                ]}  # fmt: skip
            if request in merchant.lose:
                merchant.lose.remove(request)
                return None
            return json.loads(json.dumps(content))  # type: ignore[no-any-return]


def _nonce(merchant: Merchant | None, client_key: str, token: dict[str, Any]) -> dict[str, Any]:
    """What the hosted form is given for what was typed, by the key that may do this and nothing else."""
    if merchant is None or client_key != merchant.client_key:
        words = "User authentication failed due to invalid authentication values."
        return _refusal(RefusedError("E_WC_21", words))
    bank = "bankAccount" in token
    number = token["bankAccount"]["accountNumber"] if bank else token["cardNumber"]
    made = merchant.nonce(bank=bank, last4=number[-4:], outcome="declined" if number == DECLINED else "ok")
    ok = {"resultCode": "Ok", "message": [{"code": "I_WC_01", "text": "Successful."}]}
    return {"opaqueData": {"dataDescriptor": DESCRIPTOR, "dataValue": made}, "messages": ok}


def _refusal(refused: RefusedError) -> dict[str, Any]:
    message = [{"code": refused.code, "text": refused.text}]
    return {**refused.more, "messages": {"resultCode": "Error", "message": message}}


@contextmanager
def running_authorize_net() -> Iterator[AuthorizeNet]:
    """Serve it on an ephemeral port, in a thread."""
    fake = AuthorizeNet()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # head and body in one packet

        def do_POST(self) -> None:
            found = fake.answer(self.rfile.read(int(self.headers["Content-Length"])))
            if found is None:
                self.close_connection = True
                return
            self._send(b"\xef\xbb\xbf" + json.dumps(found).encode(), "application/json")

        def do_GET(self) -> None:
            """The script and the form that it frames."""
            name = self.path.partition("#")[0].rpartition("/")[2]
            self._send((PAGES / name).read_bytes(), KINDS[name.rpartition(".")[2]])

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
