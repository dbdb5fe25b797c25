"""A new customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from portico.access import audit
from portico.access.actors import Actor, Duty, require_office
from portico.access.changes import naming, set_fields
from portico.access.scope import scope
from portico.customers import fields
from portico.customers.models import Address, Customer
from portico.kit.errors import InvalidError
from portico.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class AddressDetails:
    """An address as it comes from a form or a file; `country` is an ISO 3166-1 alpha-2 code."""

    attention: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())


def create_customer(
    *,
    actor: Actor,
    display_name: str = "",
    billing: AddressDetails | None = None,
    shipping: AddressDetails | None = None,
    **details: object,
) -> Customer:
    """Make a customer of the actor's organisation.

    Args:
        actor: staff who keep customers, or a job.
        display_name: as it is listed; without one the company's or the person's name is taken.
        billing: the billing address.
        shipping: the shipping address.
        details: further fields (customers.fields.CUSTOMER): kind, customer_number, names, email, phone,
            mobile, website, currency (the organisation's when not given), payment_terms, portal_language,
            tax_treatment, tax_number, credit_limit (Money in the currency), allow_bank_payments, remarks,
            custom_fields.

    Raises:
        ForbiddenError: the role may not change customers.
        InvalidError: a value cannot be taken; `field` names it.
        ConflictError: the customer number is taken.
    """
    require_office(actor, Duty.KEEP_CUSTOMERS)
    with scope(actor):
        customer = Customer(organisation_id=actor.organisation_id)
        _fill(actor, customer, display_name, dict(details))
        with naming(fields.CUSTOMER_TAKEN):
            customer.save(force_insert=True)
        for kind, address in ((Address.Kind.BILLING, billing), (Address.Kind.SHIPPING, shipping)):
            if address:
                write_address(customer, kind, address)
        audit.record(actor, "create_customer", customer, f"Made {customer.display_name}")
    return customer


def write_address(customer: Customer, kind: Address.Kind, details: AddressDetails) -> Address:
    """Set the customer's address of this kind; within a scope.

    Raises:
        InvalidError: a value cannot be taken; `field` is such as “billing.country”.
    """
    address = Address.objects.filter(customer=customer, kind=kind).first() or Address(
        organisation_id=customer.organisation_id, customer=customer, kind=kind
    )
    try:
        set_fields(address, asdict(details), allowed=fields.ADDRESS, checks=fields.ADDRESS_CHECKS)
    except InvalidError as error:
        raise InvalidError(error.message, field=f"{kind}.{error.field}") from error
    address.save()
    return address


def _fill(actor: Actor, customer: Customer, display_name: str, details: dict[str, object]) -> None:
    if "currency" not in details:
        organisation = Organisation.objects.visible_to(actor).get()
        details = {"currency": organisation.base_currency, **details}
    if "custom_fields" in details:
        details["custom_fields"] = fields.custom_fields(details["custom_fields"])
    # The currency first: an amount is checked against it.
    set_fields(
        customer,
        {"currency": details.pop("currency")},
        allowed=fields.CUSTOMER,
        checks=fields.CUSTOMER_CHECKS,
    )
    set_fields(customer, details, allowed=fields.CUSTOMER, checks=fields.CUSTOMER_CHECKS)
    fields.check_credit_limit(customer)
    name = display_name.strip() or fields.name_for(customer)
    if not name:
        raise InvalidError("A customer needs a name.", field="display_name")
    set_fields(customer, {"display_name": name}, allowed=fields.CUSTOMER, checks=fields.CUSTOMER_CHECKS)
