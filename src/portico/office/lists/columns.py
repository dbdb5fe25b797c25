"""What a column of a row is called in the office, and how its value is told: words instead of codes, ids and yes-no signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime

from portico.kit.money import Money, format_money
from portico.payments.models import PaymentMode

NOTHING: Final = "–"
_WAS_AND_IS: Final = 2
LABELS: Final[Mapping[str, str]] = {
    "action": "what",
    "actor_kind": "who it was",
    "actor_name": "who",
    "asked_by": "asked by",
    "charge_on": "charged on",
    "at": "when",
    "cleared_at": "cleared",
    "changed_at": "last changed",
    "created_at": "created",
    "decided_at": "decided",
    "ended_at": "ended",
    "email": "e-mail",
    "evidence_due": "evidence due at the gateway",
    "expected_on": "expected",
    "expires": "good until",
    "expires_at": "ends",
    "external_id": "number there",
    "failed_at": "failed",
    "failure_message": "why it failed",
    "gateway_account": "gateway",
    "gateway_reference": "gateway's reference",
    "gave_up_at": "given up",
    "is_active": "active",
    "is_default": "default",
    "is_offered": "offered",
    "is_ours": "asked for here",
    "is_primary": "primary",
    "issued_at": "issued",
    "last4": "last digits",
    "made_by_kind": "made by",
    "made_by_name": "made by whom",
    "media_type": "kind of file",
    "method_label": "paid with",
    "mode": "paid by",
    "only_currency": "pays only in",
    "opened_at": "opened",
    "own_reference": "customer's reference",
    "read_at": "read",
    "received_at": "received",
    "removed_at": "removed",
    "restored_at": "given back",
    "returned_at": "returned by the bank",
    "reversed_at": "undone",
    "sent_at": "sent",
    "shared_at": "shared",
    "shared_on": "shared on",
    "street2": "street, second line",
    "started_at": "started",
    "stopped_at": "stopped",
    "stopped_because": "why it stopped",
    "used_at": "last used",
    "voided_at": "voided",
}
"""What a column is called where its name in the program is no word of staff's."""


def _mode(code: str) -> str:
    return str(PaymentMode(code).label) if code in PaymentMode else code


def _worded(code: str) -> str:
    """“refund_failure” as “Refund failure”."""
    return code.replace("_", " ").replace(".", " ").capitalize()


_CODES: Final[Mapping[str, Callable[[str], str]]] = {
    "payments.savedmethod.kind": _mode,
    "payments.paymentattempt.mode": _mode,
    "access.auditrecord.action": _worded,
    "access.auditrecord.actor_kind": _worded,
    "links.publiclink.made_by_kind": _worded,
    "notifications.mail.event": _worded,
    "organisations.numberseries.kind": _worded,
}
"""Columns whose values are codes, though the model names no words for them."""


def said(row: Any, field: models.Field[Any, Any]) -> Any:
    """A column's value as staff read it; a dash for nothing.

    Args:
        row: of the field's model.
        field: the column.
    """
    value = getattr(row, field.name)
    if is_nothing(value):
        return NOTHING
    if isinstance(field, models.ForeignKey | models.OneToOneField):
        return _leading_to(value)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    if isinstance(value, str) and (words := _CODES.get(f"{field.model._meta.label_lower}.{field.name}")):
        return words(value)
    return _plain(value)


def is_nothing(value: Any) -> bool:
    """Whether there is nothing to tell: zero and “no” are something."""
    return value is None or value in ("", {}, [])


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return (
            date_format(localtime(value), "DATETIME_FORMAT")
            if isinstance(value, datetime)
            else date_format(value)
        )
    if isinstance(value, dict):
        return "\n".join(f"{_worded(key)}: {_change(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    if isinstance(value, Decimal | Money):
        return _number(value)
    return str(value)


def _number(value: Decimal | Money) -> str:
    return format_money(value) if isinstance(value, Money) else f"{value.normalize():f}"


def _change(value: Any) -> str:
    """What a column was and became, as the audit trail keeps it; or what it is."""
    if isinstance(value, list) and len(value) == _WAS_AND_IS:
        was, became = (NOTHING if is_nothing(each) else str(_plain(each)) for each in value)
        return f"{was} → {became}"
    return NOTHING if is_nothing(value) else str(_plain(value))


def _leading_to(row: models.Model) -> Any:
    """The row's name, as a link to its page where it has one."""
    meta = row._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(row)
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, row)


def told(field: models.Field[Any, Any], label: str = "", *, raw: bool = False) -> Callable[[Any], Any]:
    """A column of the office about a model's column.

    Args:
        field: which.
        label: what it is called; otherwise its word in LABELS, or its own name.
        raw: in a list, which prints dates itself and whose cells lead nowhere.
    """

    def shown(row: Any) -> Any:
        value = getattr(row, field.name)
        if raw and isinstance(value, date | models.Model):
            return value
        return said(row, field)

    shown.__name__ = field.name
    column: Callable[[Any], Any] = admin.display(
        description=capfirst(label or LABELS.get(field.name, str(field.verbose_name))), ordering=field.name
    )(shown)
    return column


def column_of(model: type[models.Model], name: Any) -> models.Field[Any, Any] | None:
    """The model's column of that name; None where a list names something else."""
    if not isinstance(name, str):
        return None
    return next((each for each in model._meta.local_fields if each.name == name), None)
