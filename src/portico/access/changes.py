"""Setting a row's fields from a caller's values: cleaned, named when wrong, and told to the audit trail."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from portico.access.tenancy import Owned
from portico.kit.errors import ConflictError, InvalidError
from portico.kit.fields import MoneyField
from portico.kit.money import Money

Changes: TypeAlias = dict[str, list[Any]]
"""What was changed: field → [was, became], as plain JSON values."""
Check: TypeAlias = Callable[[str, str], str]
"""A further rule for a text: (value, field) → the value as it is kept; raises InvalidError."""

# Control characters never belong in a name or an address: a line feed there would end a mail header.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_CONTROL_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def set_fields(
    row: models.Model,
    values: Mapping[str, object],
    *,
    allowed: Collection[str],
    checks: Mapping[str, Check] | None = None,
) -> Changes:
    """Clean the values and set them on the row, which the caller saves; returns what differs.

    Args:
        row: a new or a stored row; its organisation and currency are already set.
        values: field → value. Texts are trimmed. A MoneyField takes Money in the row's currency.
        allowed: the fields that may be set.
        checks: further rules by field.

    Raises:
        InvalidError: a field that is not allowed, or a value it cannot take; `field` names it.
    """
    changes: Changes = {}
    for name, value in values.items():
        if name not in allowed:
            raise InvalidError(f"“{name}” cannot be set here.", field=name)
        cleaned = _clean(row, name, value, (checks or {}).get(name))
        was = getattr(row, name)
        if was != cleaned:
            setattr(row, name, cleaned)
            changes[name] = [_plain(was), _plain(cleaned)]
    return changes


@contextmanager
def naming(constraints: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Turn a broken unique constraint into an error that names the field; within a savepoint of its own.

    The database decides, so two who try at the same moment cannot both be told yes.

    Args:
        constraints: constraint → (field, message).

    Raises:
        ConflictError: one of these constraints was broken; `field` names its field.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        broken = constraints.get(getattr(diagnosis, "constraint_name", None) or "")
        if broken is None:
            raise
        field, message = broken
        raise ConflictError(message, field=field) from error


def save_changed(row: models.Model, changes: Mapping[str, object]) -> None:
    """Save the changed fields, and no others; nothing when nothing changed."""
    if changes:
        row.save(update_fields=list(changes))


def _clean(row: models.Model, name: str, value: object, check: Check | None) -> Any:
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        raise InvalidError(f"“{name}” is not a field.", field=name) from None
    assert isinstance(field, models.Field)
    if isinstance(field, MoneyField):
        return _money(row, field, value)
    if isinstance(field, models.ForeignKey):
        return _related(row, field, value)
    if isinstance(field, models.BooleanField) and not isinstance(value, bool):
        raise InvalidError("This is either yes or no.", field=name)
    if isinstance(field, models.CharField | models.TextField):
        value = _text(field, value)
        if check is not None and value:
            value = check(value, name)
    try:
        return field.clean(value, row)
    except ValidationError as error:
        raise InvalidError(_message(error), field=name) from error


def _text(field: models.Field[Any, Any], value: object) -> str:
    if not isinstance(value, str):
        raise InvalidError("This is a text.", field=field.name)
    value = value.strip()
    control = _CONTROL_IN_TEXT if isinstance(field, models.TextField) else _CONTROL
    if control.search(value):
        raise InvalidError("This has characters that cannot be printed.", field=field.name)
    if not value and not field.blank:
        raise InvalidError("This is needed.", field=field.name)
    return value


def _money(row: models.Model, field: models.Field[Any, Any], value: object) -> Money | None:
    if value is None and field.null:
        return None
    if not isinstance(value, Money):
        raise InvalidError("This is an amount.", field=field.name)
    currency = str(getattr(row, "currency", ""))
    if value.currency != currency:
        raise InvalidError(f"This is an amount in {currency}.", field=field.name)
    return value


def _related(row: models.Model, field: models.ForeignKey[Any, Any], value: object) -> models.Model | None:
    if value is None and field.null:
        return None
    if not isinstance(value, field.related_model):
        raise InvalidError("There is no such choice.", field=field.name)
    assert isinstance(value, models.Model)
    if isinstance(value, Owned) and isinstance(row, Owned) and value.organisation_id != row.organisation_id:
        raise InvalidError("There is no such choice.", field=field.name)
    return value


def _plain(value: object) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return str(value)


def _message(error: ValidationError) -> str:
    return " ".join(error.messages)
