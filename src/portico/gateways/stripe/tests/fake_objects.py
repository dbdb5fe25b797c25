"""What Stripe keeps, and how it changes: a stand-in's memory of one account, by the rules of Stripe's public API."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any, Final

Object = dict[str, Any]

DECLINES: Final = "4000000000000002"
ASKS: Final = "4000000000003220"
INSUFFICIENT: Final = "000222222227"
BY_DEPOSITS: Final = "000000000009"
"""A bank account that Stripe cannot verify at once, and so asks for two small deposits."""


class Refusal(Exception):  # noqa: N818 (what Stripe answers)
    """An error as Stripe answers it."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def invalid(message: str, *, status: int = 400, **more: Any) -> Refusal:
    """Stripe's usual refusal."""
    return Refusal(status, "invalid_request_error", message, **more)


@dataclass
class Keep:
    """The objects of one account at Stripe."""

    site: str
    tag: str
    objects: dict[str, Object] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    _count: Any = field(default_factory=lambda: itertools.count(1))

    def make(self, kind: str, prefix: str, **content: Any) -> Object:
        """A new object."""
        made: Object = {
            "id": f"{prefix}_{self.tag}{next(self._count):06d}",
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
            "metadata": {},
            **content,
        }
        self.objects[made["id"]] = made
        return made

    def get(self, reference: str, kind: str) -> Object:
        """One of them."""
        found = self.objects.get(reference)
        if found is None or found["object"] != kind:
            raise invalid(f"No such {kind}: '{reference}'", status=404, code="resource_missing")
        return found

    def all(self, kind: str) -> list[Object]:
        """All of a kind, newest first."""
        return [each for each in reversed(self.objects.values()) if each["object"] == kind]

    def method(self, kind: str, number: str) -> Object:
        """A PaymentMethod of what was typed."""
        last4 = number[-4:]
        known: dict[str, Object] = {
            "card": {"brand": "visa", "last4": last4, "exp_month": 12, "exp_year": 2034},
            "us_bank_account": {
                "bank_name": "STRIPE TEST BANK",
                "last4": last4,
                "routing_number": "110000000",
            },
            "sepa_debit": {"country": "DE", "bank_code": "37040044", "last4": last4},
        }
        made = self.make("payment_method", "pm", type=kind, customer=None, **{kind: known[kind]})
        self.numbers[made["id"]] = number
        return made

    def token(self, number: str) -> Object:
        """A card's token, as the card Element makes it."""
        method = self.method("card", number)
        made = self.make("token", "tok", type="card", card=method["card"], used=False)
        made["_method"] = method["id"]
        return made

    def confirmation_token(self, number: str, kind: str = "card") -> Object:
        """A confirmation token, as the Payment Element makes it."""
        method = self.method(kind, number)
        preview = {"type": kind, kind: method[kind]}
        made = self.make("confirmation_token", "ctoken", payment_method_preview=preview, payment_intent=None)
        made |= {"use_stripe_sdk": True, "_method": method["id"]}
        return made

    def method_of(self, params: Object, intent: Object) -> Object:
        """The method a request to confirm names; a token is good for one intent."""
        if reference := params.get("payment_method"):
            method = self.get(reference, "payment_method")
            if method["customer"] is None or method["customer"] != intent["customer"]:
                raise invalid(
                    "The provided PaymentMethod may not be used again, or belongs to another customer."
                )
        elif reference := params.get("confirmation_token"):
            token = self.get(reference, "confirmation_token")
            if token["payment_intent"] not in (None, intent["id"]):
                raise invalid("This ConfirmationToken was used already.")
            self._alike(token, intent, params)
            token["payment_intent"] = intent["id"]
            method = self.get(token["_method"], "payment_method")
        elif named := (params.get("payment_method_data") or {}).get("card", {}).get("token"):
            token = self.get(named, "token")
            if token["used"]:
                raise invalid("You cannot use a Stripe token more than once.", code="token_already_used")
            token["used"] = True
            method = self.get(token["_method"], "payment_method")
        else:
            raise invalid("You cannot confirm without a payment method.")
        if method["type"] not in intent["payment_method_types"]:
            raise invalid(f"A {method['type']} is not among payment_method_types.")
        return method

    def _alike(self, token: Object, intent: Object, params: Object) -> None:
        """What the Payment Element was made for is what is confirmed, where the token comes from one."""
        if "_asked" not in token:
            return
        asked, setup = token["_asked"], intent["object"] == "setup_intent"
        kept = "off_session" if setup else params.get("setup_future_usage")
        pairs = {
            "mode": (asked["mode"], "setup" if setup else "payment"),
            "currency": (asked["currency"], intent.get("currency", asked["currency"])),
            "setup_future_usage": (token["setup_future_usage"], kept),
        }
        for name, (made_for, confirmed) in pairs.items():
            if made_for != confirmed:
                words = f"The provided {name} ({confirmed}) does not match the expected {name} ({made_for})."
                raise invalid(f"{words} Use the same parameters as the Stripe Elements.", param=name)

    def attach(self, method: Object, customer: str | None) -> None:
        """Keep a method for a customer."""
        if customer is None:
            raise invalid("A method can only be kept for a customer.")
        method["customer"] = customer

    # -- PaymentIntents -------------------------------------------------------------------------------------------

    def confirm(self, intent: Object, params: Object) -> None:
        """Charge, or ask for what must come first."""
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise invalid(
                f"This PaymentIntent is {intent['status']}.",
                code="payment_intent_unexpected_state",
                payment_intent=intent,
            )
        method = self.method_of(params, intent)
        if not params.get("off_session") and not params.get("return_url"):
            raise invalid("A return_url is needed.", param="return_url")
        number, debit = self.numbers[method["id"]], method["type"] != "card"
        if debit and method["customer"] is None and "mandate_data" not in params:
            raise invalid("A debit needs a mandate.", param="mandate_data")
        intent |= {"payment_method": method["id"], "last_payment_error": None}
        if params.get("setup_future_usage"):
            intent["setup_future_usage"] = params["setup_future_usage"]
        if number == DECLINES:
            raise self.decline(intent, "card_declined", "Your card was declined.", "generic_decline")
        if number == ASKS and method["customer"] is None:
            if params.get("off_session"):
                raise self.decline(intent, "authentication_required", "This payment needs authentication.")
            self._ask(intent, params)
        elif number == BY_DEPOSITS and method["customer"] is None:
            self.ask_for_deposits(intent)
        else:
            self.charge(intent)

    def ask_for_deposits(self, intent: Object) -> Object:
        """The bank account cannot be verified at once: the customer tells two small deposits, days later."""
        url = f"{self.site}/hooks/deposits/{intent['id']}"
        deposits = {"hosted_verification_url": url, "microdeposit_type": "amounts"}
        action = {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}
        intent |= {"status": "requires_action", "next_action": action}
        return intent

    def _ask(self, intent: Object, params: Object) -> None:
        """3-D Secure: by redirect, or by Stripe's script where that was wished for or not declined."""
        wants = params.get("use_stripe_sdk", "true" if "confirmation_token" in params else "false")
        intent["status"] = "requires_action"
        if wants == "true":
            intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
            return
        to = {"url": f"{self.site}/hooks/3ds/{intent['id']}", "return_url": params["return_url"]}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": to}

    def charge(self, intent: Object) -> None:
        """Cards at once; a debit is on its way for days."""
        method = self.objects[intent["payment_method"]]
        debit = method["type"] != "card"
        charge = self.make(
            "charge",
            "ch",
            amount=intent["amount"],
            amount_captured=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            captured=True,
            disputed=False,
            status="pending" if debit else "succeeded",
            payment_intent=intent["id"],
            failure_code=None,
            failure_message=None,
            payment_method_details={"type": method["type"], method["type"]: method[method["type"]]},
        )
        charge["metadata"] = dict(intent["metadata"])
        intent |= {"latest_charge": charge["id"], "next_action": None, "status": "processing"}
        if intent["setup_future_usage"]:
            self.attach(method, intent["customer"])
        if not debit:
            self.arrive(intent)

    def arrive(self, intent: Object) -> None:
        """The money is there."""
        charge = self.objects[intent["latest_charge"]]
        charge["status"] = "succeeded"
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        fee = round(intent["amount"] * 0.029) + 30
        self._balance(charge, "charge", intent["amount"], fee)

    def decline(self, intent: Object, code: str, message: str, decline_code: str = "") -> Refusal:
        """The error that is answered, and kept with the intent."""
        error = {"type": "card_error", "code": code, "message": message}
        if decline_code:
            error["decline_code"] = decline_code
        intent |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "next_action": None,
            "last_payment_error": error,
        }
        more = {key: each for key, each in error.items() if key not in ("type", "message")}
        return Refusal(402, "card_error", message, payment_intent=intent, **more)

    def cancel(self, intent: Object) -> None:
        """Nothing can be charged by it any more."""
        if intent["status"] in ("succeeded", "processing", "canceled"):
            raise invalid(
                f"You cannot cancel a PaymentIntent that is {intent['status']}.",
                code="payment_intent_unexpected_state",
                payment_intent=intent,
            )
        intent |= {"status": "canceled", "next_action": None}

    # -- what happens later ---------------------------------------------------------------------------------------

    def refund(self, intent: Object, amount: int, metadata: Object) -> Object:
        """Pay back part of a charge."""
        if intent["status"] != "succeeded":
            raise invalid("This PaymentIntent does not have a successful charge to refund.")
        charge = self.objects[intent["latest_charge"]]
        left = charge["amount"] - charge["amount_refunded"]
        if amount > left or amount <= 0:
            raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
        charge["amount_refunded"] += amount
        made = self.make(
            "refund",
            "re",
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            status="succeeded",
        )
        made["metadata"] = metadata
        self._balance(made, "refund", -amount, 0)
        return made

    def fail_refund(self, refund: Object) -> None:
        """The customer's bank sends a refund back."""
        refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        self.objects[refund["charge"]]["amount_refunded"] -= refund["amount"]

    def dispute(self, intent: Object, status: str, reason: str) -> Object:
        """The customer's bank takes the money back, for now or for good."""
        charge = self.objects[intent["latest_charge"]]
        charge["disputed"] = True
        made = self.make(
            "dispute",
            "dp",
            amount=charge["amount"],
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            status=status,
            reason=reason,
            evidence_details={"due_by": int(time.time()) + 7 * 86400},
            balance_transactions=[],
        )
        if status != "prevented" and not status.startswith("warning"):
            self.withdraw(made)
        return made

    def withdraw(self, dispute: Object) -> Object:
        """Take what is disputed off the balance."""
        out = self._balance(dispute, "adjustment", -dispute["amount"], 1500)
        out["reporting_category"] = "dispute"
        dispute["balance_transactions"].append(dict(out))
        return dispute

    def win(self, dispute: Object) -> Object:
        """The bank decides for the merchant, and gives the money back without the fee."""
        dispute["status"] = "won"
        back = self._balance(dispute, "adjustment", dispute["amount"], 0)
        back["reporting_category"] = "dispute_reversal"
        dispute["balance_transactions"].append(dict(back))
        return dispute

    def fail_debit(self, intent: Object, code: str, message: str) -> None:
        """A debit that never arrives."""
        self.objects[intent["latest_charge"]] |= {"status": "failed", "failure_code": code}
        self.decline(intent, code, message)

    def pay_out(self) -> Object:
        """An automatic payout of everything that is not paid out."""
        parts = [each for each in self.all("balance_transaction") if each["payout"] is None]
        made = self.make(
            "payout",
            "po",
            amount=sum(each["net"] for each in parts),
            currency=parts[0]["currency"],
            arrival_date=int(time.time()),
            automatic=True,
            status="paid",
        )
        for each in parts:
            each["payout"] = made["id"]
        own = self._balance(made, "payout", -made["amount"], 0)
        own["payout"] = made["id"]
        return made

    def _balance(self, source: Object, kind: str, amount: int, fee: int) -> Object:
        return self.make(
            "balance_transaction",
            "txn",
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=source["currency"],
            type=kind,
            reporting_category=kind,
            description=None,
            source=source["id"],
            payout=None,
        )
