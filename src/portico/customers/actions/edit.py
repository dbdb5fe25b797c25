"""Changing a customer's details and addresses; making it inactive."""

from __future__ import annotations

from portico.access import audit
from portico.access.actors import Actor, ContactActor, Duty, require_office
from portico.access.changes import Changes, naming, save_changed, set_fields
from portico.access.people import end_sessions_without_access
from portico.access.scope import scope
from portico.access.tenancy import CustomerOwned
from portico.access.walls import owned_models
from portico.customers import fields
from portico.customers.actions.create import AddressDetails, write_address
from portico.customers.doors import locked_customer, require_keeper, require_open_profile
from portico.customers.history import note_change
from portico.customers.models import Address, ContactPerson, Customer
from portico.kit.errors import ConflictError, ForbiddenError
from portico.notifications.actions import tell_staff


def edit_customer(*, actor: Actor, customer: Customer, **changes: object) -> Customer:
    """Change details of a customer; returns it as it is now.

    Staff may set every field in customers.fields.CUSTOMER; a contact person who may manage the profile those in
    CUSTOMER_BY_ITSELF, where preference 8 allows it, and staff are told.

    Raises:
        ForbiddenError: the actor may not, or not this field.
        NotFoundError: not a customer of the actor's.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the customer number is taken; or the currency of a customer that has documents.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_customer(actor, customer)
        require_open_profile(actor)
        _refuse_foreign_fields(actor, changes)
        done = _set(fresh, dict(changes))
        if done:
            with naming(fields.CUSTOMER_TAKEN):
                save_changed(fresh, done)
            audit.record(actor, "edit_customer", fresh, changes=done)
            shown = {name: done[name] for name in done if name in fields.CUSTOMER_SEEN}
            if shown:
                note_change(actor, fresh, "details", shown)
            _tell(actor, fresh, f"{actor.name} changed the details of {fresh.display_name}", done)
    return fresh


def set_address(
    *, actor: Actor, customer: Customer, kind: Address.Kind, details: AddressDetails
) -> Address | None:
    """Set a customer's billing or shipping address; an empty one takes it away. Issued documents keep theirs.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: not a customer of the actor's.
        InvalidError: a value cannot be taken; `field` is such as “billing.country”.
    """
    require_keeper(actor)
    with scope(actor):
        fresh = locked_customer(actor, customer)
        require_open_profile(actor)
        found = Address.objects.filter(customer=fresh, kind=kind).first()
        was = _all_lines(found)
        address = write_address(fresh, kind, details) if details else None
        if found and address is None:
            found.delete()
        now = _all_lines(address)
        if was != now:
            done: Changes = {kind: [was, now]}
            audit.record(actor, "set_address", fresh, changes=done)
            note_change(actor, fresh, "address", {kind: [", ".join(was), ", ".join(now)]})
            _tell(actor, fresh, f"{actor.name} changed the {kind} address of {fresh.display_name}", done)
    return address


def set_active(*, actor: Actor, customer: Customer, is_active: bool) -> Customer:
    """Make a customer inactive, or active again. Of an inactive one nobody can open the portal, at once.

    Raises:
        ForbiddenError: the role may not change customers.
        NotFoundError: not a customer of the actor's.
    """
    require_office(actor, Duty.KEEP_CUSTOMERS)
    with scope(actor):
        fresh = locked_customer(actor, customer)
        done = set_fields(fresh, {"is_active": is_active}, allowed={"is_active"})
        if done:
            save_changed(fresh, done)
            audit.record(actor, "set_active", fresh, changes=done)
            people = ContactPerson.objects.filter(customer=fresh, user__isnull=False)
            end_sessions_without_access(
                user_id for user_id in people.values_list("user_id", flat=True) if user_id
            )
    return fresh


def _refuse_foreign_fields(actor: Actor, changes: dict[str, object]) -> None:
    if isinstance(actor, ContactActor):
        foreign = sorted(set(changes) - fields.CUSTOMER_BY_ITSELF)
        if foreign:
            raise ForbiddenError("Only the organisation can change this.", field=foreign[0])


def _set(customer: Customer, changes: dict[str, object]) -> Changes:
    if "custom_fields" in changes:
        changes["custom_fields"] = fields.custom_fields(changes["custom_fields"])
    done: Changes = {}
    if "currency" in changes:
        limit = customer.credit_limit
        currency = {"currency": changes.pop("currency")}
        done = set_fields(customer, currency, allowed=fields.CUSTOMER, checks=fields.CUSTOMER_CHECKS)
        if done:
            _refuse_if_documents(customer)
            if limit is not None:
                # The limit is a number in the old currency; it has to be given anew.
                customer.credit_limit = None  # type: ignore[assignment]
                done["credit_limit"] = [str(limit), None]
    done |= set_fields(customer, changes, allowed=fields.CUSTOMER, checks=fields.CUSTOMER_CHECKS)
    fields.check_credit_limit(customer)
    return done


def _refuse_if_documents(customer: Customer) -> None:
    """Everything with an amount names its currency, so any such row of the customer pins it."""
    pinning = [
        model
        for model in owned_models()
        if issubclass(model, CustomerOwned) and "currency" in {each.name for each in model._meta.fields}
    ]
    if any(model.objects.filter(customer=customer).exists() for model in pinning):
        raise ConflictError("This customer has documents already, so the currency stays.", field="currency")


def _tell(actor: Actor, customer: Customer, title: str, done: Changes) -> None:
    if isinstance(actor, ContactActor):
        # In quotation marks: a line that ends with an address would become a button in the organisation's colour.
        lines = "\n".join(f"{name.replace('_', ' ')}: {_told(became)}" for name, (_, became) in done.items())
        tell_staff(actor, "profile_changed", title, customer=customer, body=lines)


def _told(became: object) -> str:
    text = ", ".join(became) if isinstance(became, list) else str(became or "")
    return f"“{text}”" if text else "(empty)"


def _all_lines(address: Address | None) -> list[str]:
    return [] if address is None else [*address.lines, *filter(None, [address.phone])]
