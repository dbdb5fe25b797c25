"""What an invitation says: the text that comes with Portico, or the organisation's own, with its placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from portico.customers.models import ContactPerson, InvitationText
from portico.kit.errors import InvalidError
from portico.organisations.models import Organisation

DAYS: Final = 30
"""How long an invitation can be accepted."""
PLACEHOLDERS: Final = ("name", "first_name", "organisation", "customer", "days")
_PLACEHOLDER: Final = re.compile(r"%([A-Za-z_]+)")


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a message with %placeholders in them."""

    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to one person: what stands in place of the placeholders, and the link at its end."""

    subject: str
    text: str


def usual_wording() -> Wording:
    """The text that comes with Portico, in the active language."""
    return Wording(
        _("Your access to the customer portal of %%organisation") % (),
        "\n\n".join(
            [
                _("Dear %%name,") % (),
                _(
                    "%%organisation invites you to its customer portal, where you see the orders, invoices and"
                    " payments of %%customer."
                )
                % (),
            ]
        ),
    )


def wording_of(organisation: Organisation) -> Wording:
    """The organisation's own text, else the usual one in the active language; within a scope."""
    own = InvitationText.objects.filter(organisation=organisation).first()
    return Wording(own.subject, own.message) if own else usual_wording()


def check_wording(wording: Wording) -> None:
    """Raise InvalidError, naming the field, for a placeholder that does not exist or a text that is empty."""
    for field, text in (("subject", wording.subject), ("message", wording.message)):
        if not text.strip():
            raise InvalidError(_("This is needed."), field=field)
        wrong = [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
        if wrong:
            raise InvalidError(
                _("There is no %(wrong)s. You can write %(known)s.")
                % {
                    "wrong": ", ".join(f"%{name}" for name in dict.fromkeys(wrong)),
                    "known": ", ".join(f"%{name}" for name in PLACEHOLDERS),
                },
                field=field,
            )


def write_invitation(
    wording: Wording, organisation: Organisation, person: ContactPerson, link: str, message: str = ""
) -> Written:
    """The letter to one person, in the active language.

    Args:
        wording: whose placeholders are filled.
        organisation: who invites.
        person: who is invited, with the customer.
        link: to accept; becomes the button.
        message: a personal one, put between the text and the button.
    """
    values = {
        "name": person.full_name,
        "first_name": person.first_name,
        "organisation": organisation.name,
        "customer": person.customer.display_name,
        "days": str(DAYS),
    }

    def fill(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)

    ends = _("The link works for %(days)s days. If you did not expect it, you need not do anything.")
    parts = [
        fill(wording.message).strip(),
        message.strip(),
        f"{_('Accept the invitation')}: {link}",
        ends % {"days": DAYS},
    ]
    return Written(" ".join(fill(wording.subject).split()), "\n\n".join(part for part in parts if part))
