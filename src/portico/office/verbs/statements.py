"""The page that sends a statement of account."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Duty
from portico.customers.models import Customer
from portico.kit.errors import InvalidError
from portico.office.forms.base import OfficeForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.statements.actions import send_statement
from portico.statements.asked import LABELS
from portico.statements.models import StatementKind
from portico.statements.spans import Preset


class StatementForm(OfficeForm):
    """Which statement, and of which days."""

    kind = forms.ChoiceField(label=_("Kind of statement"), choices=StatementKind.choices)
    preset = forms.ChoiceField(
        label=_("Period"),
        choices=[(key, words) for key, words in LABELS.items() if key is not Preset.CUSTOM],
        initial=Preset.LAST_MONTH,
        help_text=_("Of an activity; the other kinds tell how things stand now."),
    )


def _send(actor: Actor, it: Customer, data: dict[str, Any]) -> models.Model:
    kind, preset = StatementKind(data["kind"]), Preset(data["preset"])
    if not send_statement(actor=actor, customer=it, kind=kind, preset=preset):
        raise InvalidError("Nobody there has portal access, may see billing, and wants statements by e-mail.")
    return it


STATEMENT_PAGES: Final[dict[str, ActionPage]] = {
    "send-statement": ActionPage(
        "Send a statement to %(it)s", "Send statement", Duty.WRITE_DOCUMENTS,
        lambda actor, it, data: StatementForm(data), _send, load=one(Customer),
        intro=lambda it: "An e-mail with the PDF goes to each contact person with portal access who may see billing.",
    ),
}  # fmt: skip
