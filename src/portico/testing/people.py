"""The people of the tests: Olive owns Northwind; Maya may everything at Greenleaf, Leo may not see billing
there; Ines is from Harbourview; Nils is a stranger at another organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex

from portico.access.actors import ContactActor, JobActor, Permission, Role, StaffActor
from portico.access.models import User
from portico.access.scope import scope
from portico.customers.models import ContactPerson, Customer, PortalState
from portico.kit.ids import new_id
from portico.organisations.models import Organisation, PaymentTerms, Preferences, StaffMember

PASSWORD = "portico-demo"


@dataclass(frozen=True)
class World:
    """An organisation of one test's own, with its people; e-mail addresses carry the world's tag."""

    tag: str
    organisation: Organisation
    job: JobActor
    olive: StaffActor
    greenleaf: Customer
    maya: ContactActor
    leo: ContactActor
    harbourview: Customer
    ines: ContactActor

    def email(self, name: str, company: str = "greenleaf") -> str:
        """The address a person of this world signs in with."""
        return address(name, company, self.tag)


def address(name: str, company: str, tag: str) -> str:
    """maya, greenleaf → maya.3f9c2a@greenleaf.example."""
    return f"{name}.{tag}@{company}.example"


def make_world(currency: str = "USD", *, name: str = "Northwind Traders", time_zone: str = "UTC") -> World:
    """A fresh organisation with Olive, Greenleaf (Maya, Leo) and Harbourview (Ines)."""
    tag = token_hex(4)
    job = JobActor(new_id())
    with scope(job):
        organisation = Organisation(
            id=job.organisation_id,
            name=name,
            portal_name=f"north{tag}",
            base_currency=currency,
            time_zone=time_zone,
            street="1200 Harbor Avenue SW",
            city="Seattle",
            state="WA",
            postal_code="98126",
            country="US",
            email="ar@northwind.example",
            phone="+1 206 555 0142",
        )
        organisation.save(force_insert=True)
        Preferences.objects.create(organisation=organisation)
        PaymentTerms.objects.create(organisation=organisation, name="Net 30", days=30)
        olive = make_staff(organisation, "Olive", Role.OWNER, tag)
        greenleaf = make_customer(organisation, "Greenleaf Gardens Ltd", currency)
        maya = make_contact(greenleaf, "Maya", frozenset(Permission), tag=tag, company="greenleaf")
        leo = make_contact(greenleaf, "Leo", {Permission.VIEW_ORDERS}, tag=tag, company="greenleaf")
        harbourview = make_customer(organisation, "Harbourview Hotel", currency)
        ines = make_contact(harbourview, "Ines", frozenset(Permission), tag=tag, company="harbourview")
    return World(tag, organisation, job, olive, greenleaf, maya, leo, harbourview, ines)


def make_user(email: str, name: str) -> User:
    """A human with the test password."""
    user = User(email=email, name=name)
    user.password = _hashed()
    user.save(force_insert=True)
    return user


def make_staff(organisation: Organisation, name: str, role: Role, tag: str) -> StaffActor:
    """A staff member of the organisation; within its scope."""
    user = make_user(address(name.lower(), "northwind", tag), name)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    staff = StaffMember.objects.create(organisation=organisation, user=user, name=name, role=role)
    return StaffActor(organisation.pk, staff.pk, user.pk, name, role)


def make_customer(organisation: Organisation, name: str, currency: str = "USD") -> Customer:
    """A customer of the organisation; within its scope."""
    return Customer.objects.create(
        organisation=organisation, display_name=name, company_name=name, currency=currency
    )


def make_contact(
    customer: Customer,
    name: str,
    permissions: Iterable[Permission],
    *,
    tag: str,
    company: str,
    user: User | None = None,
) -> ContactActor:
    """A contact person with portal access; within the organisation's scope."""
    held = frozenset(permissions)
    email = address(name.lower(), company, tag)
    user = user or make_user(email, name)
    person = ContactPerson.objects.create(
        organisation_id=customer.organisation_id,
        customer=customer,
        user=user,
        first_name=name,
        email=email,
        portal_state=PortalState.ACTIVE,
        can_view_orders=Permission.VIEW_ORDERS in held,
        can_view_billing=Permission.VIEW_BILLING in held,
        can_pay=Permission.PAY in held,
        can_manage_profile=Permission.MANAGE_PROFILE in held,
    )
    return ContactActor(customer.organisation_id, customer.pk, person.pk, user.pk, name, held)


_HASH: list[str] = []


def _hashed() -> str:
    """The password's hash, made once: scrypt is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    return _HASH[0]
