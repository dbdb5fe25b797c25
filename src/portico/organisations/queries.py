"""What is read of an organisation."""

from __future__ import annotations

from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import scope
from portico.organisations.models import Organisation, PaymentTerms, Preferences, StaffMember, TaxRate


def organisation_of(actor: Actor) -> Organisation:
    """The actor's organisation, with its preferences in the same statement."""
    with scope(actor):
        return Organisation.objects.visible_to(actor).select_related("preferences").get()


def preferences_of(actor: Actor) -> Preferences:
    """The portal preferences of the actor's organisation."""
    with scope(actor):
        return Preferences.objects.visible_to(actor).get()


def payment_terms_of(actor: Actor) -> list[PaymentTerms]:
    """The organisation's payment terms, the soonest due first."""
    with scope(actor):
        return list(PaymentTerms.objects.visible_to(actor).order_by("rule", "days", "name"))


def tax_rates_of(actor: Actor) -> list[TaxRate]:
    """The taxes that may be put on a line now, by name."""
    with scope(actor):
        return list(TaxRate.objects.visible_to(actor).filter(is_active=True).order_by("name"))


def staff_of(actor: Actor) -> list[StaffMember]:
    """All staff members with their logins, by name; for staff and jobs.

    Raises:
        ForbiddenError: a contact person asks.
    """
    require_office(actor, Duty.READ)
    with scope(actor):
        return list(StaffMember.objects.visible_to(actor).select_related("user").order_by("name", "id"))
