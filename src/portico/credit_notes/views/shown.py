"""Whether the organisation shows credit notes to its customers (preference 13)."""

from __future__ import annotations

from portico.home.shell import Portal
from portico.kit.errors import NotFoundError


def require_shown(portal: Portal) -> None:
    """Raise NotFoundError where customers may not view credit notes: the module is not there then."""
    if not portal.preferences.show_credit_notes:
        raise NotFoundError
