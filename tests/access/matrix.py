"""The access matrix: every address, and what each of the people is answered there.

A new address needs a line here or in `routes/`, one file for each app, or the test fails. The columns are `cast.PEOPLE`, in this order:
nobody, Nils, Ines, Leo, Pia, Vera, Maya, Rita, Sam, Amy, Olive, Otto, and Rex where it is not plain. What is asked for is Greenleaf's.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import ChainMap
from types import ModuleType
from typing import Any, Final

from django.conf import settings

from tests.access import routes
from tests.access.answers import (
    BILLING,
    EVERY_ROLE,
    GONE,
    KEEPERS,
    MONEY,
    NO_GET,
    NO_PASSWORD,
    NONE,
    OPEN,
    OWNER,
    PAYER_GET,
    SIGNED_IN,
    SIGNED_OUT,
    THEIRS,
    Route,
)

ACCOUNT: Final = (
    Route("GET", "account_login", SIGNED_OUT),
    Route("POST", "account_login", SIGNED_OUT, why="an empty form is shown again"),
    Route("GET", "account_request_login_code", SIGNED_OUT),
    Route("POST", "account_request_login_code", SIGNED_OUT),
    Route(
        "GET",
        "account_confirm_login_code",
        #      nobody nils ines leo pia vera maya rita sam amy olive otto
        "         302  302  302 302 302  302  302  302 302 302   302  302",
        why="no code was asked for",
    ),
    Route("GET", "account_logout", SIGNED_IN),
    Route("GET", "account_inactive", OPEN),
    Route("GET", "account_reauthenticate", NO_PASSWORD),
    Route("POST", "account_reauthenticate", NO_PASSWORD),
    Route("GET", "account_change_password", "302 200 200 200 200 200 200 302 302 302 200 200"),
    Route("POST", "account_change_password", "302 200 200 200 200 200 200 302 302 302 200 200"),
    Route("GET", "account_set_password", "302" + " 302" * 11),
    Route("POST", "account_set_password", "302" + " 302" * 11),
    Route("GET", "account_reset_password", OPEN),
    Route("POST", "account_reset_password", OPEN, why="an empty form is shown again"),
    Route("GET", "account_reset_password_done", OPEN),
    Route("GET", "account_reset_password_from_key_done", OPEN),
    Route("GET", "usersessions_list", SIGNED_IN),
    Route("POST", "usersessions_list", "302" + " 404" * 11, data={"session": "0"}, why="nobody's session"),
    Route("GET", "account_switch", "302" + " 405" * 11),
    #                                nobody nils ines leo pia vera maya rita sam amy olive otto
    Route(
        "POST",
        "account_switch",
        "  302  404  404 302 302  302  302  404 404 404   404  404",
        data={"account": "{customer}"},
    ),
    Route("GET", "account_theme", "302" + " 405" * 11),
    Route("POST", "account_theme", "302" + " 302" * 11, data={"theme": "dark"}),
    Route("GET", "invitation", OPEN, ("token",), why="who has the link may look"),
    Route(
        "POST", "invitation", "422" + " 403" * 11, ("token",), why="a login of another address cannot accept"
    ),
)

PORTAL: Final = (
    Route(
        "GET",
        "home",
        "302 200 200 200 200 200 200 302 302 302 302 302",
        why="the office is the home of staff",
    ),
    Route("GET", "logo", "302 404 404 404 404 404 404 403 403 403 403 403", why="none was set"),
    Route("GET", "branded-stylesheet", OPEN, ("accent", "version"), why="the sign-in page has it too"),
    Route("GET", "invoices", BILLING),
    Route(
        "GET",
        "invoices_pay",
        "302 302 302 403 403 403 302 403 403 403 403 403",
        why="to the page of paying, or back to the list",
    ),
    Route("GET", "invoice", THEIRS, ("invoice",)),
    Route("GET", "invoice_pdf", THEIRS, ("invoice",)),
    Route("GET", "invoice_print", THEIRS, ("invoice",)),
    Route("GET", "invoice", NONE, ("draft",), why="drafts are never visible"),
    Route("GET", "invoice_pdf", NONE, ("draft",)),
    Route("GET", "invoice_print", NONE, ("draft",)),
    Route("GET", "payments", BILLING),
    Route("GET", "payment", THEIRS, ("payment",)),
    Route("GET", "payment_pdf", THEIRS, ("payment",)),
    Route("GET", "payment_print", THEIRS, ("payment",)),
    Route("GET", "statement", BILLING),
    Route("GET", "statement_print", BILLING),
    Route("GET", "statement_pdf", BILLING),
    Route("GET", "statement_csv", BILLING),
    Route("GET", "pay", PAYER_GET, data={"invoice": "{invoice}"}),
    Route(
        "POST",
        "pay",
        "302 404 404 403 403 403 422 403 403 403 403 403",
        data={"invoice": "{invoice}", "submission_key": "{customer}"},
        why="no card was given",
    ),
    Route("POST", "pay_summary", PAYER_GET, data={"invoice": "{invoice}", "submission_key": "{customer}"}),
    Route("GET", "pay_attempt", PAYER_GET, ("attempt",)),
    Route("POST", "pay_cancel", "302 404 404 403 403 403 302 403 403 403 403 403", ("attempt",)),
)

OUTSIDE: Final = (
    Route("GET", "healthz", OPEN),
    Route("GET", "gateway_event", NO_GET, ("account",)),
    Route("POST", "gateway_event", "400" + " 400" * 11, ("account",), why="the signature is missing"),
    Route("POST", "gateway_event", GONE, ("customer",), why="no such gateway account"),
)

_ELSEWHERE_TESTED: Final = {
    "readyz": "open to all, and its answer depends on a worker: test_running_site",
    "account_confirm_login_code POST": "asked for with a code in test_sign_in",
    "account_reset_password_from_key": "needs a key from an e-mail: test_sign_in",
    "account_logout POST": "ends the session that the matrix asks with: test_sign_in",
}

_TAKE_NOTHING: Final = frozenset(
    {
        "healthz",
        "readyz",
        "branded-stylesheet",
        "account_inactive",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    }
)
"""Addresses that do not look at the method, and at nothing that is sent."""

# The office. `do/…` pages: what they are about, and which roles may; the others of the staff get 403.
_OFFICE_PAGES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "new-customer": ("", KEEPERS),
    "edit-customer": ("customer", KEEPERS),
    "close-customer": ("customer", KEEPERS),
    "reopen-customer": ("customer", KEEPERS),
    "opening-balance": ("customer", MONEY),
    "new-contact": ("customer", KEEPERS),
    "edit-contact": ("contact", KEEPERS),
    "make-primary": ("contact", KEEPERS),
    "invite-contact": ("contact", KEEPERS),
    "revoke-contact": ("contact", KEEPERS),
    "new-item": ("", KEEPERS),
    "edit-item": ("item", KEEPERS),
    "new-invoice": ("customer", KEEPERS),
    "edit-invoice": ("draft", KEEPERS),
    "issue-invoice": ("draft", KEEPERS),
    "send-invoice": ("invoice", KEEPERS),
    "void-invoice": ("invoice", KEEPERS),
    "delete-invoice-draft": ("draft", KEEPERS),
    "new-credit-note": ("customer", KEEPERS),
    "edit-credit-note": ("credit_note", KEEPERS),
    "issue-credit-note": ("credit_note", MONEY),
    "void-credit-note": ("credit_note", MONEY),
    "delete-credit-note-draft": ("credit_note", KEEPERS),
    "new-retainer": ("customer", KEEPERS),
    "edit-retainer": ("retainer", KEEPERS),
    "issue-retainer": ("retainer", KEEPERS),
    "void-retainer": ("retainer", KEEPERS),
    "delete-retainer-draft": ("retainer", KEEPERS),
    "record-payment": ("customer", MONEY),
    "send-payment": ("payment", KEEPERS),
    "void-payment": ("payment", MONEY),
    "refund-payment": ("payment", MONEY),
    "apply-payment": ("payment", MONEY),
    "apply-credit-note": ("credit_note", MONEY),
    "unapply-credit": ("application", MONEY),
    "refund-credit-note": ("credit_note", MONEY),
    "draw-retainer": ("retainer", MONEY),
    "undo-drawing": ("drawing", MONEY),
    "refund-retainer": ("retainer", MONEY),
    "write-off": ("invoice", MONEY),
    "undo-write-off": ("write_off", MONEY),
    "edit-organisation": ("organisation", OWNER),
    "set-logo": ("organisation", OWNER),
    "edit-preferences": ("preferences", OWNER),
    "new-staff": ("", OWNER),
    "edit-staff": ("staff", OWNER),
    "new-terms": ("", OWNER),
    "edit-terms": ("terms", OWNER),
    "new-tax": ("", OWNER),
    "edit-tax": ("tax", OWNER),
    **{f"connect-{key}": ("", OWNER) for key in settings.GATEWAYS},
    "edit-gateway": ("account", OWNER),
    "switch-gateway-off": ("account", OWNER),
    "switch-gateway-on": ("account", OWNER),
}

_OFFICE_LISTS: Final[dict[str, str]] = {
    "customers_customer": "customer",
    "customers_contactperson": "contact",
    "items_item": "item",
    "invoices_invoice": "invoice",
    "credit_notes_creditnote": "credit_note",
    "retainers_retainerinvoice": "retainer",
    "payments_payment": "payment",
    "payments_paymentattempt": "attempt",
    "payments_refund": "refund",
    "payments_gatewayaccount": "account",
    "payments_gatewayevent": "event",
    "organisations_organisation": "organisation",
    "organisations_preferences": "preferences",
    "organisations_staffmember": "staff",
    "organisations_paymentterms": "terms",
    "organisations_taxrate": "tax",
    "organisations_numberseries": "series",
    "notifications_notification": "notification",
    "notifications_mail": "mail",
    "transactions_documentview": "view",
    "access_auditrecord": "audit",
}
"""Lists of the office, each with the thing whose page is tried; every role reads them, nobody writes there."""

_OFFICE_OTHERS: Final[dict[str, tuple[str, tuple[str, ...], int]]] = {
    "index": ("", EVERY_ROLE, 200),
    "search": ("", EVERY_ROLE, 200),
    "open_notification": ("notification", EVERY_ROLE, 302),
    "jsi18n": ("", EVERY_ROLE, 200),
    "password_change": ("", EVERY_ROLE, 302),
    "password_change_done": ("", EVERY_ROLE, 302),
}
"""Further pages of the office: what they are about, who may, and what these are answered."""

OFFICE_SHUT: Final = ("autocomplete", "view_on_site")
"""What the admin brings along and the office does not use: it answers nobody with a page."""

APPS: Final[tuple[ModuleType, ...]] = tuple(
    importlib.import_module(f"{routes.__name__}.{each.name}")
    for each in pkgutil.iter_modules(routes.__path__)
)
"""What each app adds: any of ROUTES, OFFICE_PAGES, OFFICE_LISTS, OFFICE_OTHERS, ELSEWHERE_TESTED, TAKE_NOTHING,
in the form of the tables above, and `things(world)`, which makes what its addresses name."""


def _added(name: str) -> list[Any]:
    return [getattr(app, name) for app in APPS if hasattr(app, name)]


ROUTES: Final = (*ACCOUNT, *PORTAL, *OUTSIDE, *(route for each in _added("ROUTES") for route in each))
ELSEWHERE_TESTED: Final = dict(ChainMap(_ELSEWHERE_TESTED, *_added("ELSEWHERE_TESTED")))
OFFICE_PAGES: Final = dict(ChainMap(_OFFICE_PAGES, *_added("OFFICE_PAGES")))
OFFICE_LISTS: Final = dict(ChainMap(_OFFICE_LISTS, *_added("OFFICE_LISTS")))
OFFICE_OTHERS: Final = dict(ChainMap(_OFFICE_OTHERS, *_added("OFFICE_OTHERS")))
TAKE_NOTHING: Final = _TAKE_NOTHING.union(*_added("TAKE_NOTHING"))
