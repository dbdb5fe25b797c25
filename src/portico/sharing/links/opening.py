"""From the token in an address to the actor who may see one document."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection
from django.utils.translation import gettext_lazy as _

from portico.access.actors import LinkActor, Permission
from portico.kit import clock
from portico.kit.errors import PorticoError
from portico.sharing.links.tokens import hash_of
from portico.transactions.kinds import kind_of
from portico.transactions.models import DocumentKind

PAYABLE = frozenset({DocumentKind.INVOICE.value, DocumentKind.RETAINER_INVOICE.value})
"""The kinds of documents that are paid."""


class LinkGoneError(PorticoError):
    """The link is unknown, expired or revoked, or its document is not shown: all look the same from outside."""

    code: ClassVar[str] = "link_gone"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(
            str(
                _(
                    "Links to documents work for a limited time, and can be ended earlier."
                    " Ask whoever sent it to you for a new one."
                )
            )
        )


def link_for(token: str) -> LinkActor:
    """Who holds this token, as an actor; changes nothing. The address is not confirmed by it.

    Raises:
        LinkGoneError: it is unknown, expired or revoked, or the customer was closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, customer_id, id, document_kind, document_id, email, may_pay"
            " FROM door_link(%s, %s)",
            [hash_of(token), clock.now()],
        )
        row = cursor.fetchone()
    if row is None:
        raise LinkGoneError
    organisation_id, customer_id, link_id, kind, document_id, email, may_pay = row
    held = {kind_of(kind).asks}
    if may_pay and kind in PAYABLE:
        held.add(Permission.PAY)
    return LinkActor(
        organisation_id, customer_id, link_id, kind, document_id, email, permissions=frozenset(held)
    )
