"""What the office's templates print: amounts in the usual way, and whether a file is a picture that browsers show."""

from __future__ import annotations

from django.template import Library

from portico.kit.money import Money, format_money
from portico.sharing.files.content import TYPES

register = Library()


@register.filter
def money(amount: Money) -> str:
    """An amount as everywhere in the office: $312.00."""
    return format_money(amount)


@register.filter
def is_picture(media_type: str) -> bool:
    """Whether a browser shows what was sent in the page itself."""
    known = TYPES.get(media_type)
    return known is not None and known.preview == "image"
