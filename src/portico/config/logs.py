"""How lines of the log are written: as JSON, and without the secrets that stand in addresses."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_SLASH: Final = "(?:/|%(?:25)*2F)"  # as it stands, and escaped in another address's query
_PLACES: Final = ("l", "account/invitation", "account/signup", "account/password/reset/key", "mail/stop")
_SECRET: Final = re.compile(
    f"({_SLASH}(?:{'|'.join(each.replace('/', _SLASH) for each in _PLACES)}){_SLASH})(?:[A-Za-z0-9_:-]|%(?:25)*3A){{16,}}",
    re.IGNORECASE,
)
"""Public links, invitations, new passwords: whoever reads the log is not to be able to open them."""
_AS_JSON: Final = structlog.processors.JSONRenderer()


def write_line(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """One line of the log; what is secret in an address is cut, wherever it stands in the line."""
    line = _AS_JSON(logger, name, event)
    return _SECRET.sub(r"\1…", line if isinstance(line, str) else line.decode())
