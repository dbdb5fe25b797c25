"""What can be said about every kind of document in one way: its name, its page, its row, its paper.

Comments, public links, forwarding and downloads of many work for all kinds alike. Each app tells how its kind is read
in its module `kinds`, which is found by its name when the first one is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from portico.access.actors import Actor, Permission
from portico.access.tenancy import CustomerOwned
from portico.kit.errors import NotFoundError
from portico.organisations.models import Preferences
from portico.printing.papers import Paper
from portico.transactions.models import DocumentKind


class Numbered(Protocol):
    """A document's row."""

    pk: UUID
    number: str
    organisation_id: UUID
    customer_id: UUID


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    Args:
        kind: which.
        name: “Invoice”, for people; lazy, so that it follows the reader's language.
        plural: “Invoices”.
        model: of its rows.
        asks: what a contact person needs to see it.
        url_name: of its page in the portal; with “_pdf” and “_print” of its files.
        list_url_name: of its list in the portal.
        office_name: of its page in the office, such as “invoices_invoice”.
        one: the row with this id as this actor may see it, within a scope; NotFoundError for a stranger's and, for
            customers, a draft; ForbiddenError without the permission.
        paper: the paper of a row, within a scope; the PDF is made of it outside.
        preference: the portal preference that must be on for customers to see it; empty where none.
    """

    kind: DocumentKind
    name: Promise
    plural: Promise
    model: type[CustomerOwned]
    asks: Permission
    url_name: str
    list_url_name: str
    office_name: str
    one: Callable[[Actor, UUID], Any]
    paper: Callable[[Actor, Any], Paper]
    preference: str = ""

    def is_shown(self, preferences: Preferences) -> bool:
        """Whether the organisation shows this kind to its customers at all (S2)."""
        return not self.preference or bool(getattr(preferences, self.preference))

    def page(self, document_id: UUID) -> str:
        """The address of a document's page in the portal, without the host."""
        return reverse(self.url_name, args=[document_id])

    def office_page(self, document_id: UUID) -> str:
        """The address of its page in the office, without the host."""
        return reverse(f"admin:{self.office_name}_change", args=[document_id])


_KINDS: Final[dict[str, Kind]] = {}


def register(kind: Kind) -> None:
    """Say how documents of a kind are read; called by the app's module `kinds`."""
    _KINDS[kind.kind] = kind


@cache
def _find() -> None:
    autodiscover_modules("kinds")


def kind_of(name: str) -> Kind:
    """The kind with this name.

    Raises:
        NotFoundError: there is none.
    """
    _find()
    try:
        return _KINDS[name]
    except KeyError:
        raise NotFoundError from None


def all_kinds() -> tuple[Kind, ...]:
    """Every kind that has a page."""
    _find()
    return tuple(_KINDS.values())
