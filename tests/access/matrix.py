"""The access matrix: every address, and what each of the people is answered there.

A new address needs a line here, or the test fails. The columns are `cast.PEOPLE`, in this order:
nobody, Nils, Ines, Leo, Pia, Vera, Maya, Rita, Sam, Amy, Olive, Otto. What is asked for is Greenleaf's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Route:
    """One address with one method, and the status each of the people gets.

    Args:
        method: GET or POST; HEAD is tried wherever GET is.
        name: the address's name.
        answers: twelve statuses in the order of the people.
        about: names of things (`cast.Stage.things`) that fill the address, in its order.
        data: what is posted, or asked in the query; “{invoice}” is filled in with a thing's id.
        why: what is not obvious about the row.
    """

    method: str
    name: str
    answers: str
    about: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    why: str = ""


#                 nobody nils ines leo pia vera maya rita sam amy olive otto
OPEN: Final = "      200  200  200 200 200  200  200  200 200 200   200  200"
GONE: Final = "      404  404  404 404 404  404  404  404 404 404   404  404"
NO_GET: Final = "    405  405  405 405 405  405  405  405 405 405   405  405"
SIGNED_IN: Final = " 302  200  200 200 200  200  200  200 200 200   200  200"
SIGNED_OUT: Final = "200  302  302 302 302  302  302  302 302 302   302  302"
NO_PASSWORD: Final = "302 200 200 200 200 200  200  403 403 403   200  200"
CONTACTS: Final = "  302  200  200 200 200  200  200  403 403 403   403  403"
BILLING: Final = "   302  200  200 403 403  200  200  403 403 403   403  403"
THEIRS: Final = "    302  404  404 403 403  200  200  403 403 403   403  403"
NONE: Final = "      302  404  404 403 403  404  404  403 403 403   403  403"
PAYER_GET: Final = " 302  404  404 403 403  403  200  403 403 403   403  403"

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
    Route("GET", "account_set_password", "302 302 302 302 302 302 302 200 200 200 302 302"),
    Route("POST", "account_set_password", "302 302 302 302 302 302 302 200 200 200 302 302"),
    Route("GET", "account_reset_password", OPEN),
    Route("POST", "account_reset_password", OPEN, why="an empty form is shown again"),
    Route("GET", "account_reset_password_done", OPEN),
    Route("GET", "account_reset_password_from_key_done", OPEN),
    Route("GET", "account_signup", GONE),
    Route("POST", "account_signup", GONE),
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
    Route("GET", "home", CONTACTS),
    Route("GET", "logo", "302 404 404 404 404 404 404 403 403 403 403 403", why="none was set"),
    Route("GET", "branded-stylesheet", OPEN, ("accent", "version"), why="the sign-in page has it too"),
    Route("GET", "invoices", BILLING),
    Route(
        "GET", "invoices_pay", "302 302 302 403 302 403 302 403 403 403 403 403", why="to the page of paying"
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

ELSEWHERE_TESTED: Final = {
    "readyz": "open to all, and its answer depends on a worker: test_running_site",
    "account_confirm_login_code POST": "asked for with a code in test_sign_in",
    "account_reset_password_from_key": "needs a key from an e-mail: test_sign_in",
    "account_logout POST": "ends the session that the matrix asks with: test_sign_in",
}

TAKE_NOTHING: Final = frozenset(
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
EVERY_ROLE: Final = ("rita", "sam", "amy", "olive")
KEEPERS: Final = ("sam", "amy", "olive")
MONEY: Final = ("amy", "olive")
OWNER: Final = ("olive",)

OFFICE_PAGES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
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
    "new-sandbox": ("", OWNER),
    "edit-gateway": ("account", OWNER),
    "switch-gateway-off": ("account", OWNER),
    "switch-gateway-on": ("account", OWNER),
}

OFFICE_LISTS: Final[dict[str, str]] = {
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

OFFICE_OTHERS: Final[dict[str, tuple[str, tuple[str, ...], int]]] = {
    "index": ("", EVERY_ROLE, 200),
    "search": ("", EVERY_ROLE, 200),
    "open_notification": ("notification", EVERY_ROLE, 302),
    "jsi18n": ("", EVERY_ROLE, 200),
    "password_change": ("", EVERY_ROLE, 200),
    "password_change_done": ("", EVERY_ROLE, 200),
}
"""Further pages of the office: what they are about, who may, and what these are answered."""

OFFICE_SHUT: Final = ("autocomplete", "view_on_site")
"""What the admin brings along and the office does not use: it answers nobody with a page."""
