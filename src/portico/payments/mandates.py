"""What a person agrees to when a bank account is debited, and how it is written down (S6.3).

The words follow what each scheme asks to be shown before a debit: NACHA's authorisation of a single debit over the
web, the SEPA core mandate, the Bacs guarantee. They name who debits, what, when, and how to stop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portico.kit import clock
from portico.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Consent:
    """From where somebody agreed, as the request tells it."""

    ip: str
    user_agent: str

    def to(self, words: str) -> dict[str, Any]:
        """The agreement as it is kept."""
        return {
            "at": clock.now().isoformat(),
            "ip": self.ip,
            "user_agent": self.user_agent[:300],
            "words": words,
        }


def debit_words(organisation: Organisation, gateway_name: str, currency: str, *, amount: str = "") -> str:
    """What is shown beside the button, and kept.

    Args:
        organisation: who is paid.
        gateway_name: who debits for it.
        currency: of the debit; the scheme follows from it.
        amount: printed; empty on the page, where the button says it and it may still change.
    """
    given: Mapping[str, str] = {
        "organisation": organisation.name,
        "gateway": gateway_name,
        "email": organisation.email or organisation.name,
    }
    who = _(
        "I authorise %(organisation)s, through its payment provider %(gateway)s, to debit this bank account once, "
        "today or on the next working day, for the amount I pay here."
    )
    stop = _(
        "I can stop the debit by writing to %(email)s before it is sent to the bank, "
        "and dispute one that I did not authorise with my bank."
    )
    words = f"{who % given} {stop % given} {_scheme(currency)}".strip()
    return f"{words} {_('Amount: %(amount)s.') % {'amount': amount}}" if amount else words


def keeping_words(organisation: Organisation, gateway_name: str) -> str:
    """What is agreed to when a bank account is saved without paying."""
    given = {"organisation": organisation.name, "gateway": gateway_name, "email": organisation.email}
    return (
        _(
            "I authorise %(organisation)s, through its payment provider %(gateway)s, to debit this bank account for "
            "payments that I make here or allow in advance. I can end this at any time by removing the account here or "
            "by writing to %(email)s."
        )
        % given
    )


def _scheme(currency: str) -> str:
    if currency == "EUR":
        return _(
            "SEPA: I may ask my bank for a refund within eight weeks, under the terms of my agreement with it."
        )
    if currency == "GBP":
        return _("Bacs: this debit is protected by the Direct Debit Guarantee.")
    if currency == "USD":
        return _("It usually arrives within 4 working days. A debit that comes back leaves the invoice open.")
    return ""
