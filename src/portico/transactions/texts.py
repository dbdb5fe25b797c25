"""Texts and choices of a row, checked before the database would refuse them less politely."""

from __future__ import annotations

import re
from typing import Final

from django.db import models
from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError

# Line breaks and tabs belong in a note; the others print nowhere, and PostgreSQL refuses the first of them.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_texts(row: models.Model, prefix: str = "") -> None:
    """Check that every text fits its column and every choice exists.

    Raises:
        InvalidError: `field` is the column's name after the prefix.
    """
    for column in row._meta.local_fields:
        value = row.__dict__.get(column.attname)
        if not isinstance(value, str):
            continue
        field = f"{prefix}{column.name}"
        if column.max_length and len(value) > column.max_length:
            raise InvalidError(_("At most %(count)d characters.") % {"count": column.max_length}, field=field)
        if _CONTROL.search(value):
            raise InvalidError(_("This text has a character that cannot be kept."), field=field)
        if column.choices and value and value not in {key for key, _label in column.flatchoices}:
            raise InvalidError(_("“%(value)s” is not a choice.") % {"value": value}, field=field)
