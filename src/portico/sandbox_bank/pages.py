"""The pages that the payer sees: the hosted fields in their frame, and the 3-D Secure step."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug import Request, Response
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect

from portico.sandbox_bank import methods, payments, reading
from portico.sandbox_bank.accounts import account_by_id, account_by_publishable
from portico.sandbox_bank.bank import Bank
from portico.sandbox_bank.problems import Problem
from portico.sandbox_bank.texts import TEXTS, language_of
from portico.sandbox_bank.typed_in import NO_POSTAL_CODES, read_instrument

FOLDER: Final = Path(__file__).parent
STATIC_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
}
NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Two-letter codes in CLDR that are regions or stand-ins."""

templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def money(amount: int, currency: str) -> str:
    """Minor units as people read them, such as $1,050.00."""
    digits = get_currency_precision(currency)
    return format_currency(Decimal(amount).scaleb(-digits), currency, locale="en_US")


templates.globals["money"] = money


def page(
    name: str, *, frame_ancestors: str = "'none'", form_action: str = "; form-action 'self'", **values: object
) -> Response:
    """A page of ours, with a policy that lets it load from the bank only."""
    response = Response(
        templates.get_template(name).render(**values), content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self';"
        f" img-src 'self'; base-uri 'none'{form_action}; frame-ancestors {frame_ancestors}"
    )
    return response


def static(name: str) -> Response:
    """A stylesheet, script or font."""
    path = FOLDER / "static" / name
    kind = STATIC_TYPES.get(path.suffix)
    # The names are a short list, so no path from outside ever reaches the file system.
    if kind is None or name not in {each.name for each in (FOLDER / "static").iterdir()}:
        raise NotFound
    response = Response(path.read_bytes(), content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def fields(bank: Bank, request: Request, *, publishable_key: str) -> Response:
    """The fields for a card or bank account, for a frame on one of the account's pages.

    Raises:
        Problem: 404 for an unknown key, 403 for a page that is not the account's, 422 for an unknown kind.
    """
    with bank.store.read() as db:
        account = account_by_publishable(db, publishable_key)
    parent = reading.origin(request.args.get("parent", ""), "parent")
    if parent not in account.parent_origins:
        raise Problem(403, "parent_not_allowed", f"{parent} is not a page of this account.", param="parent")
    kind = request.args.get("kind", "card")
    if kind not in {"card", "bank", "bank_account"}:
        raise Problem(422, "parameter_invalid", "kind must be card or bank.", param="kind")
    theme = request.args.get("theme", "")
    language = language_of(request.args.get("lang", "en"))
    return page(
        "fields.html",
        frame_ancestors=" ".join(account.parent_origins),
        kind="card" if kind == "card" else "bank_account",
        parent=parent,
        theme=theme if theme in {"light", "dark"} else "",
        language=language,
        texts=TEXTS[language],
        texts_json=json.dumps(TEXTS[language], ensure_ascii=False),
        countries=_countries(language),
        no_postal_codes=" ".join(sorted(NO_POSTAL_CODES)),
        tokens_url=f"/fields/{account.publishable_key}/tokens",
    )


def issue_token(bank: Bank, request: Request, *, publishable_key: str) -> Response:
    """A token for what was typed in; its number is read, judged and forgotten here."""
    body = reading.body_of(request)
    with bank.store.read() as db:
        account = account_by_publishable(db, publishable_key)
    language = language_of(reading.optional_text(body, "lang"))
    instrument = read_instrument(body, language=language)
    with bank.work(account) as work:
        token = methods.issue_token(work, instrument)
    answer = {
        "token": token,
        "summary": {"brand": instrument.brand or instrument.bank_name, "last4": instrument.last4},
    }
    return Response(json.dumps(answer), status=201, content_type="application/json")


def challenge(bank: Bank, request: Request, *, challenge: str) -> Response:
    """The card issuer's page: approve or decline."""
    with bank.store.read() as db:
        payment = payments.find_challenged(db, challenge)
        account = account_by_id(db, payment.account)
    # No form-action: Chromium holds every redirect after the form to it, and the way back leaves our origin.
    return page(
        "challenge.html",
        form_action="",
        payment=payment,
        account=account,
        waiting=payment.status == "requires_action",
        back=_way_back(payment),
    )


def answer_challenge(bank: Bank, request: Request, *, challenge: str) -> Response:
    """Take the card holder's decision and send the browser back to the merchant."""
    answer = request.form.get("answer")
    if answer not in {"approve", "decline"}:
        raise Problem(422, "parameter_invalid", "answer must be approve or decline.", param="answer")
    with bank.store.read() as db:
        found = payments.find_challenged(db, challenge)
        account = account_by_id(db, found.account)
    with bank.work(account) as work:
        payment = payments.authenticate(work, found.id, approved=answer == "approve")
    return redirect(_way_back(payment), 303)


def _way_back(payment: payments.Payment) -> str:
    parts = urlsplit(payment.return_url)
    query = "&".join(filter(None, [parts.query, urlencode({"payment": payment.id})]))
    return urlunsplit(parts._replace(query=query))


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale(language).territories
    known = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES  # noqa: PLR2004 (ISO 3166-1 alpha-2)
    ]
    return tuple(sorted(known, key=lambda each: each[1]))
