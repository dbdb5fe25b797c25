"""The one base of every error that a person or a program may be shown."""

from __future__ import annotations

from typing import ClassVar


class PorticoError(Exception):
    """Something that went wrong in a way we can name.

    Args:
        message: one or two sentences for the reader; says what to do where that is known.
        field: the form field or import column it belongs to, if any.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFoundError(PorticoError):
    """There is no such thing, or not for this actor: the two look the same from outside."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "There is nothing here.", *, field: str | None = None) -> None:
        super().__init__(message, field=field)


class ForbiddenError(PorticoError):
    """The actor is known here but lacks the permission."""

    code = "forbidden"
    status = 403


class InvalidError(PorticoError):
    """An input that cannot be accepted; `field` names it."""

    code = "invalid"
    status = 422


class ConflictError(PorticoError):
    """The thing has changed meanwhile, or is not in a state that allows this."""

    code = "conflict"
    status = 409
