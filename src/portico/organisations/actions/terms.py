"""Payment terms and tax rates: lists that documents copy from, so changing one changes no document."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming, save_changed, set_fields
from portico.access.scope import scope
from portico.kit.errors import InvalidError
from portico.organisations.models import PaymentTerms, TaxRate

_TERMS_ONCE: Final = {"payment_terms_once": ("name", "There are payment terms of this name already.")}
_RATE_ONCE: Final = {"tax_rate_name_once": ("name", "There is a tax rate of this name already.")}
_ALL: Final = Decimal(100)
_RATE_FIELDS: Final = frozenset({"name", "percentage", "is_active"})
_TERMS_FIELDS: Final = frozenset({"name", "rule", "days"})


def add_payment_terms(
    *, actor: Actor, name: str, days: int, rule: str = PaymentTerms.Rule.DAYS
) -> PaymentTerms:
    """Add payment terms: `days` after the invoice date, or after the end of its month, as `rule` says.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        terms = PaymentTerms(organisation_id=actor.organisation_id)
        done = set_fields(terms, {"name": name, "days": days, "rule": rule}, allowed=_TERMS_FIELDS)
        with naming(_TERMS_ONCE):
            terms.save(force_insert=True)
        audit.record(actor, "add_payment_terms", terms, changes=done)
    return terms


def edit_payment_terms(*, actor: Actor, terms: PaymentTerms, **changes: object) -> PaymentTerms:
    """Change payment terms (`name`, `rule`, `days`); invoices written before keep theirs.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        fresh = PaymentTerms.objects.one_for(actor, pk=terms.pk)
        done = set_fields(fresh, changes, allowed=_TERMS_FIELDS)
        if done:
            with naming(_TERMS_ONCE):
                save_changed(fresh, done)
            audit.record(actor, "edit_payment_terms", fresh, changes=done)
    return fresh


def add_tax_rate(*, actor: Actor, name: str, percentage: Decimal) -> TaxRate:
    """Add a tax the organisation charges, in per cent from 0 to 100 with at most four decimals.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        rate = TaxRate(organisation_id=actor.organisation_id)
        done = set_fields(rate, {"name": name, "percentage": percentage}, allowed=_RATE_FIELDS)
        _check_rate(rate)
        with naming(_RATE_ONCE):
            rate.save(force_insert=True)
        audit.record(actor, "add_tax_rate", rate, changes=done)
    return rate


def edit_tax_rate(*, actor: Actor, rate: TaxRate, **changes: object) -> TaxRate:
    """Change a tax rate (`name`, `percentage`, `is_active`); documents written before keep theirs.

    Raises:
        ForbiddenError: only an owner may.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the name is taken.
    """
    require_office(actor, Duty.CONFIGURE)
    with scope(actor):
        fresh = TaxRate.objects.one_for(actor, pk=rate.pk)
        done = set_fields(fresh, changes, allowed=_RATE_FIELDS)
        _check_rate(fresh)
        if done:
            with naming(_RATE_ONCE):
                save_changed(fresh, done)
            audit.record(actor, "edit_tax_rate", fresh, changes=done)
    return fresh


def _check_rate(rate: TaxRate) -> None:
    if not 0 <= rate.percentage <= _ALL:
        raise InvalidError("A tax is between 0 and 100 per cent.", field="percentage")
