"""An attempt as a gateway takes it: the intent to charge, made anew from what is committed, whoever goes on with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portico.access.actors import JobActor
from portico.access.scope import scope
from portico.customers.models import ContactPerson
from portico.organisations.models import Organisation
from portico.payments.gateway import Agreed, Intent, MethodKind, Owner, StoredMethod
from portico.payments.models import PaymentAttempt, SavedMethod


def intent_of(organisation_id: UUID, attempt_id: UUID, return_url: str) -> Intent:
    """Read an attempt as the intent that its gateway is told; in a scope of its own.

    Args:
        organisation_id: whose attempt.
        attempt_id: which.
        return_url: where the gateway sends the customer back to, absolute; empty where nobody is there.
    """
    with scope(JobActor(organisation_id)):
        attempt = PaymentAttempt.objects.select_related("contact_person", "saved_method").get(pk=attempt_id)
        numbers = attempt.allocations.order_by("id").values_list("invoice__number", "retainer__number")
        named = [invoice or retainer for invoice, retainer in numbers]
        seller = Organisation.objects.only("name").get(pk=organisation_id).name
        return Intent(
            id=attempt.pk,
            amount=attempt.amount,
            description=_description(seller, named),
            return_url=return_url,
            kind=MethodKind(attempt.mode),
            owner=owner_of(attempt.contact_person, attempt.gateway_account_id),
            method=stored(attempt.saved_method),
            save=attempt.saves_method,
            off_session=attempt.is_unattended,
            agreed=agreed(attempt.mandate),
        )


def owner_of(person: ContactPerson | None, account_id: UUID) -> Owner | None:
    """Who pays, with the gateway's own reference of them where it has kept a method of theirs before; in a scope."""
    if person is None:
        return None
    kept = SavedMethod.objects.filter(contact_person=person, gateway_account_id=account_id)
    if (
        person.accepted_at
    ):  # before that it may have been another human's row, whom the gateway must not mix up with this
        kept = kept.filter(created_at__gte=person.accepted_at)
    known = (
        kept.exclude(owner_reference="")
        .order_by("-created_at")
        .values_list("owner_reference", flat=True)
        .first()
    )
    return Owner(person.pk, person.full_name, person.email, known or "")


def stored(method: SavedMethod | None) -> StoredMethod | None:
    """A saved method as its gateway knows it."""
    if method is None:
        return None
    return StoredMethod(method.gateway_reference, method.owner_reference, MethodKind(method.kind))


def agreed(mandate: dict[str, Any]) -> Agreed | None:
    """When and from where a bank debit was agreed to; None for what needs no such thing."""
    if not mandate:
        return None
    return Agreed(datetime.fromisoformat(mandate["at"]), mandate["ip"], mandate["user_agent"])


def _description(seller: str, numbers: list[str]) -> str:
    """For bank statements and gateways' pages, which show little: the seller and the first numbers."""
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""  # noqa: PLR2004 (three fit)
    return f"{seller}: {', '.join(numbers[:3])}{more}"[:120]
