"""Keep a method that a gateway has saved: the row by which a person finds it again."""

from __future__ import annotations

from uuid import UUID

from portico.customers.models import ContactPerson
from portico.kit import clock
from portico.organisations.models import Preferences
from portico.payments.gateway import SavedSeen
from portico.payments.models import SavedMethod


def keep_method(
    person: ContactPerson, account_id: UUID, saved: SavedSeen, *, used: bool = False
) -> SavedMethod | None:
    """Write down what the gateway keeps for a person, once; within a job's scope. The first one becomes the default.

    `used`: whether it was charged with this. None where customers may not save methods (preference 16): what came in all the same is not kept here.
    """
    preferences = Preferences.objects.get(organisation_id=person.organisation_id)
    if not preferences.customers_may_save_methods:
        return None
    mine = SavedMethod.objects.filter(contact_person=person, removed_at=None)
    method, is_new = SavedMethod.objects.get_or_create(
        gateway_account_id=account_id,
        gateway_reference=saved.reference,
        contact_person=person,
        defaults={
            "organisation_id": person.organisation_id,
            "customer_id": person.customer_id,
            "kind": saved.kind,
            "owner_reference": saved.owner_reference,
            "brand": saved.brand[:60],
            "last4": saved.last4[-4:],
            "expires": saved.expires,
            "only_currency": saved.currency,
            "is_default": not mine.exists(),
            "used_at": clock.now() if used else None,
        },
    )
    if not is_new:
        # Kept again after it was removed, it is there again: the gateway has just said that it keeps it.
        said = {"expires": saved.expires, "only_currency": saved.currency}
        again = {**said, "removed_at": None, "forgotten_at": None}
        SavedMethod.objects.filter(pk=method.pk).update(**again, **({"used_at": clock.now()} if used else {}))
        method.refresh_from_db()
    return method
