"""The stand-in's calls: which parameters Stripe's API takes, and what each request does to what is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from portico.gateways.stripe.tests.fake_objects import (
    ASKS,
    BY_DEPOSITS,
    DECLINES,
    Keep,
    Object,
    Refusal,
    invalid,
)

KNOWN: Final[dict[str, str]] = {
    "POST payment_intents": "allowed_payment_method_types amount currency customer description metadata",
    "POST payment_intents confirm": "confirmation_token mandate_data off_session payment_method"
    " payment_method_data return_url setup_future_usage use_stripe_sdk",
    "POST payment_intents cancel": "",
    "POST setup_intents": "allowed_payment_method_types confirm confirmation_token customer mandate_data metadata payment_method_data"
    " return_url usage use_stripe_sdk",
    "POST customers": "email metadata name",
    "POST refunds": "amount metadata payment_intent",
    "POST payment_methods detach": "",
    "POST tokens": "card payment_user_agent",
    "POST confirmation_tokens": "client_context payment_method_data setup_future_usage",
}
"""What may be sent; Stripe refuses what it does not know."""
_KINDS: Final = {
    "payment_intents": "payment_intent",
    "setup_intents": "setup_intent",
    "customers": "customer",
    "refunds": "refund",
    "payment_methods": "payment_method",
    "confirmation_tokens": "confirmation_token",
    "disputes": "dispute",
    "charges": "charge",
    "payouts": "payout",
    "balance_transactions": "balance_transaction",
}
_THREE: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})


def approve(keep: Keep, intent: Object, *, agreed: bool = True) -> None:
    """The customer agrees to what the bank asks, or tells the deposits, or does not."""
    if intent["object"] == "setup_intent":
        intent |= {"status": "succeeded" if agreed else "requires_payment_method", "next_action": None}
        if agreed:
            keep.attach(keep.objects[intent["payment_method"]], intent["customer"])
        else:
            intent["last_setup_error"] = {
                "code": "setup_intent_authentication_failure",
                "message": "Not you.",
            }
    elif agreed:
        keep.charge(intent)
    else:
        keep.decline(intent, "payment_intent_authentication_failure", "The authentication failed.")


def act(keep: Keep, method: str, path: str, params: Object) -> Object:
    """What one request to the API does."""
    noun, *rest = path.removeprefix("/v1/").split("/")
    reference, verb = (*rest, "", "")[:2]
    expand = params.pop("expand", {})
    if method == "POST":
        known = KNOWN.get(" ".join(each for each in (method, noun, verb) if each))
        if known is None:
            raise invalid(f"Unrecognized request URL ({method}: {path})", status=404)
        if unknown := params.keys() - set(known.split()):
            raise invalid(f"Received unknown parameter: {unknown.pop()}", code="parameter_unknown")
        made = _POSTS[f"{noun} {verb}".strip()](keep, reference, params)
        return _expanded(keep, made, expand)
    if noun == "account":
        return {"id": "acct_1", "object": "account", "settings": {"dashboard": {"display_name": "Northwind"}}}
    if noun not in _KINDS:
        raise invalid(f"Unrecognized request URL ({method}: {path})", status=404)
    if reference:
        return _expanded(keep, keep.get(reference, _KINDS[noun]), expand)
    return _page(keep, [each for each in keep.all(_KINDS[noun]) if _fits(each, params)], params, expand)


def _make_payment(keep: Keep, _reference: str, params: Object) -> Object:
    amount, currency = int(params["amount"]), params["currency"]
    if currency in _THREE and amount % 10:
        raise invalid("The last digit of the amount must be 0.", param="amount")
    return keep.make(
        "payment_intent",
        "pi",
        amount=amount,
        amount_received=0,
        currency=currency,
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=params.get("metadata", {}),
        payment_method_types=list(params["allowed_payment_method_types"].values()),
        status="requires_payment_method",
        payment_method=None,
        latest_charge=None,
        last_payment_error=None,
        next_action=None,
        setup_future_usage=None,
    )


def _confirm(keep: Keep, reference: str, params: Object) -> Object:
    intent = keep.get(reference, "payment_intent")
    keep.confirm(intent, params)
    return intent


def _cancel(keep: Keep, reference: str, params: Object) -> Object:
    intent = keep.get(reference, "payment_intent")
    keep.cancel(intent)
    return intent


def _make_setup(keep: Keep, _reference: str, params: Object) -> Object:
    setup = keep.make(
        "setup_intent",
        "seti",
        customer=params["customer"],
        payment_method_types=list(params["allowed_payment_method_types"].values()),
        status="requires_payment_method",
        last_setup_error=None,
        next_action=None,
    )
    method = keep.method_of(params, setup)
    if method["type"] != "card" and "mandate_data" not in params:
        raise invalid("A debit needs a mandate.", param="mandate_data")
    setup["payment_method"] = method["id"]
    number = keep.numbers[method["id"]]
    if number == BY_DEPOSITS:
        return keep.ask_for_deposits(setup)
    if number == DECLINES:
        words = "Your card was declined."
        raise Refusal(402, "card_error", words, code="card_declined", setup_intent=setup)
    if number == ASKS:
        to = {"url": f"{keep.site}/hooks/3ds/{setup['id']}", "return_url": params["return_url"]}
        setup |= {
            "status": "requires_action",
            "next_action": {"type": "redirect_to_url", "redirect_to_url": to},
        }
    else:
        keep.attach(method, setup["customer"])
        setup["status"] = "succeeded"
    return setup


def _make_refund(keep: Keep, _reference: str, params: Object) -> Object:
    intent = keep.get(params["payment_intent"], "payment_intent")
    return keep.refund(intent, int(params["amount"]), params.get("metadata", {}))


def _detach(keep: Keep, reference: str, params: Object) -> Object:
    method = keep.get(reference, "payment_method")
    if method["customer"] is None:
        raise invalid("The payment method is not attached to a customer, so it cannot be detached.")
    method["customer"] = None
    return method


def _make_confirmation_token(keep: Keep, _reference: str, params: Object) -> Object:
    """As Stripe's script asks for one, of what was typed into the Payment Element."""
    given = params["payment_method_data"]
    kind = given["type"]
    if kind != "card":
        told = given.get("billing_details", {})
        if missing := [each for each in ("name", "email") if not told.get(each)]:
            raise invalid(f"A {kind} needs billing_details[{missing[0]}].", code="parameter_missing")
    number = {"card": "number", "us_bank_account": "account_number", "sepa_debit": "iban"}[kind]
    made = keep.confirmation_token(given[kind][number], kind)
    return made | {"_asked": params["client_context"], "setup_future_usage": params.get("setup_future_usage")}


_POSTS: Final[dict[str, Callable[[Keep, str, Object], Object]]] = {
    "payment_intents": _make_payment,
    "payment_intents confirm": _confirm,
    "payment_intents cancel": _cancel,
    "setup_intents": _make_setup,
    "customers": lambda keep, _reference, params: keep.make("customer", "cus", **params),
    "refunds": _make_refund,
    "payment_methods detach": _detach,
    "confirmation_tokens": _make_confirmation_token,
    "tokens": lambda keep, _reference, params: keep.token(params["card"]["number"].replace(" ", "")),
}


def _fits(each: Object, params: Object) -> bool:
    """Whether an object is asked for by a list's filters."""
    for name in ("payment_intent", "payout"):
        if name in params and each.get(name) != params[name]:
            return False
    for name in ("created", "arrival_date"):
        asked = params.get(name, {})
        if each.get(name, 0) < int(asked.get("gte", 0)) or each.get(name, 0) >= int(asked.get("lt", 10**12)):
            return False
    return True


def _page(keep: Keep, found: list[Object], params: Object, expand: Object) -> Object:
    if after := params.get("starting_after"):
        found = found[[each["id"] for each in found].index(after) + 1 :]
    limit = min(int(params.get("limit", 10)), 3)  # short pages, so that going on is always tried
    page = {"object": "list", "data": found[:limit], "has_more": len(found) > limit}
    return _expanded(keep, page, expand)


def _expanded(keep: Keep, content: Object, paths: Object) -> Object:
    """A copy with what is asked for in place of its id."""
    copy: Object = json.loads(json.dumps(content))
    for path in paths.values():
        nodes: list[Any] = [copy]
        *way, last = path.split(".")
        for step in way:
            nodes = [each for node in nodes for each in (node[step] if step == "data" else [node[step]])]
        for node in nodes:
            if isinstance(node.get(last), str):
                node[last] = json.loads(json.dumps(keep.objects[node[last]]))
    return copy


def tree(pairs: list[tuple[str, str]]) -> Object:
    """`a[b][0]=c` as Stripe reads it."""
    root: Object = {}
    for name, value in pairs:
        *way, last = re.findall(r"[^\[\]]+", name)
        node = root
        for step in way:
            node = node.setdefault(step, {})
        node[last] = value
    return root
