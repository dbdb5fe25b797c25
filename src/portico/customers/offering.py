"""Whether signing up is offered at this address, for the pages of people who are not signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portico.access.hosts import portal_here
from portico.customers.actions.sign_up import sign_up_is_open


def sign_up_is_open_here() -> bool:
    """Whether this address's organisation lets contact persons sign up; on the common host, whether any does."""
    here = portal_here()
    return sign_up_is_open(here.organisation_id if here else None)


def sign_up(_request: HttpRequest) -> dict[str, Any]:
    """Context processor: a function, so that only a page that wants to know asks."""
    return {"sign_up_is_open": sign_up_is_open_here}
