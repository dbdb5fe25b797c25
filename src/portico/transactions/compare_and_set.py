"""Changing a row only if it is still what was read: the last guard against a decision on stale figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portico.access.tenancy import CustomerOwned
from portico.kit.errors import ConflictError


def compare_and_set(row: CustomerOwned, changes: Mapping[str, Any]) -> None:
    """Write the changes if the row's columns still hold what `row` says, and put them on `row`.

    Raises:
        ConflictError: somebody changed it meanwhile; nothing is written.
    """
    same = type(row).objects.filter(pk=row.pk)
    for name in changes:
        value = getattr(row, name)
        same = same.filter(**({f"{name}__isnull": True} if value is None else {name: value}))
    if same.update(**changes) != 1:
        raise ConflictError(_("This has changed meanwhile. Look at it again, then repeat what you did."))
    for name, value in changes.items():
        setattr(row, name, value)
