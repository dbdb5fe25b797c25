"""The demo's organisation, its staff, its customers and their contact persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from portico.access.actors import ContactActor, JobActor, Role, StaffActor
from portico.access.memberships import memberships
from portico.access.people import find_person
from portico.access.scope import scope
from portico.customers.actions import (
    accept_invitation,
    add_contact,
    create_customer,
    invite_contact,
    join_invitation,
)
from portico.customers.actions.create import AddressDetails
from portico.customers.models import Customer
from portico.organisations.actions import (
    add_staff,
    add_tax_rate,
    create_organisation,
    edit_preferences,
)
from portico.organisations.models import Organisation, PaymentTerms, StaffMember

PORTAL_NAME: Final = "northwind"
PASSWORD: Final = "portico-demo"  # noqa: S105 (the demo prints it)
OWNER: Final = "owner@northwind.example"
MAYA: Final = "maya@greenleaf.example"
LEO: Final = "leo@greenleaf.example"
INES: Final = "ines@harbourview.example"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact person; with `signs_in` they have accepted their invitation."""

    first_name: str
    last_name: str
    email: str
    designation: str = ""
    phone: str = ""
    invited: bool = False
    signs_in: bool = False
    permissions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """A customer of the demo."""

    name: str
    number: str
    email: str
    phone: str
    currency: str
    terms: str
    billing: AddressDetails
    people: tuple[Person, ...]
    shipping: AddressDetails | None = None
    tax_treatment: str = "taxable"
    tax_number: str = ""
    language: str = "en"
    bank_payments: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is on stage: the owner, and each customer by its number."""

    organisation: Organisation
    owner: StaffActor
    customers: dict[str, Customer]


_EVERYTHING: Final = {"can_manage_profile": True}
_NO_BILLING: Final = {"can_view_billing": False, "can_pay": False}

COMPANIES: Final = (
    Company(
        "Greenleaf Gardens Ltd", "C-1042", "accounts@greenleaf.example", "+1 503 555 0117", "USD", "Net 30",
        AddressDetails(street="48 Orchard Lane", city="Portland", state="OR", postal_code="97205", country="US"),
        (
            Person("Maya", "Lindqvist", MAYA, "Accounts payable", "+1 503 555 0118", signs_in=True),
            Person("Leo", "Okafor", LEO, "Head gardener", signs_in=True, permissions=_NO_BILLING),
            Person("Lena", "Fischer", "lena@greenleaf.example", "Purchasing", invited=True),
        ),
        shipping=AddressDetails(
            attention="Yard 3", street="910 Mill Road", city="Portland", state="OR", postal_code="97217", country="US"
        ),
        tax_treatment="exempt", tax_number="OR 93-1188204", bank_payments=True,
    ),
    Company(
        "Greenleaf Nurseries LLC", "C-1043", "office@greenleaf.example", "+1 503 555 0160", "USD", "Net 15",
        AddressDetails(street="2 Seedling Way", city="Salem", state="OR", postal_code="97301", country="US"),
        (Person("Maya", "Lindqvist", MAYA, "Accounts payable", signs_in=True),),
        tax_treatment="exempt", tax_number="OR 93-1188317",
    ),
    Company(
        "Harbourview Hotel", "C-1051", "purchasing@harbourview.example", "+1 206 555 0188", "USD", "Net 30",
        AddressDetails(street="1 Pier Street", city="Seattle", state="WA", postal_code="98101", country="US"),
        (Person("Ines", "Moreau", INES, "Controller", signs_in=True, permissions=_EVERYTHING),),
    ),
    Company(
        "Lindenhof Apotheke & Kräuter GmbH", "C-1063", "rechnung@lindenhof.example", "+49 761 555 0140", "EUR",
        "Net 15",
        AddressDetails(street="Lindenstraße 7", city="Freiburg", postal_code="79098", country="DE"),
        (Person("Jürgen", "Weiß", "juergen@lindenhof.example", "Buchhaltung"),),
        tax_treatment="reverse_charge", tax_number="DE 811 223 344", language="de",
    ),
    Company(
        "شركة واحة النخيل للتجارة", "C-1070", "accounts@palmoasis.example", "+971 4 555 0133", "USD", "Net 30",
        AddressDetails(street="شارع الشيخ زايد 12", city="دبي", country="AE"),
        (Person("ليلى", "الحداد", "layla@palmoasis.example", "المحاسبة"),),
        tax_treatment="overseas", language="ar",
    ),
    Company(
        "青葉園芸株式会社", "C-1078", "keiri@aoba.example", "+81 3 5550 0166", "JPY", "Net 30",
        AddressDetails(street="青葉町1-2-3", city="仙台市", postal_code="980-0001", country="JP"),
        (Person("陽子", "佐藤", "yoko@aoba.example", "経理部"),),
        tax_treatment="overseas", language="ja",
    ),
)  # fmt: skip


def put_on_stage(more: Sequence[Company] = ()) -> Cast:
    """Make the organisation with its staff, preferences, taxes, customers (COMPANIES and more) and people."""
    organisation = create_organisation(
        name="Northwind Traders",
        portal_name=PORTAL_NAME,
        owner_email=OWNER,
        owner_name="Olive Northwood",
        owner_password=PASSWORD,
        street="1200 Harbor Avenue SW",
        city="Seattle",
        state="WA",
        postal_code="98126",
        country="US",
        email="ar@northwind.example",
        phone="+1 206 555 0142",
        website="https://northwind.example",
        contact_note="Marcus Bell, accounts receivable. Monday to Friday, 8:00 to 17:00 Pacific.",
        tax_number="91-2045518",
        base_currency="USD",
        time_zone="America/Los_Angeles",
        page_size="letter",
        payment_instructions=(
            "Bank: Puget Sound Commercial Bank\nRouting number 110000000, account 000987654321\n"
            "Please give the invoice number as the reference."
        ),
    )
    owner = _owner(organisation)
    edit_preferences(
        actor=owner,
        banner_message="Our warehouse is closed on the last Friday of this month. Orders confirmed by noon on"
        " Thursday still ship that day.",
    )
    add_staff(
        actor=owner,
        name="Marcus Bell",
        email="marcus@northwind.example",
        role=Role.ACCOUNTANT,
        password=PASSWORD,
    )
    add_tax_rate(actor=owner, name="WA sales tax", percentage=Decimal("10.25"))
    terms = _terms(owner)
    customers = {each.number: _customer(owner, each, terms) for each in (*COMPANIES, *more)}
    return Cast(organisation, owner, customers)


def contact_of(customer: Customer, email: str) -> ContactActor:
    """The person with this address, as contact person of this customer."""
    user = find_person(email)
    assert user is not None
    for each in memberships(user.pk):
        if isinstance(each.actor, ContactActor) and each.actor.customer_id == customer.pk:
            return each.actor
    raise LookupError(f"{email} is no contact person of {customer}")


def _owner(organisation: Organisation) -> StaffActor:
    with scope(JobActor(organisation.pk)):
        staff = StaffMember.objects.get(organisation=organisation)
    return StaffActor(organisation.pk, staff.pk, staff.user_id, staff.name, Role.OWNER)


def _terms(owner: StaffActor) -> dict[str, PaymentTerms]:
    with scope(owner):
        return {terms.name: terms for terms in PaymentTerms.objects.visible_to(owner)}


def _customer(owner: StaffActor, company: Company, terms: Mapping[str, PaymentTerms]) -> Customer:
    customer = create_customer(
        actor=owner,
        display_name=company.name,
        company_name=company.name,
        customer_number=company.number,
        email=company.email,
        phone=company.phone,
        currency=company.currency,
        payment_terms=terms[company.terms],
        tax_treatment=company.tax_treatment,
        tax_number=company.tax_number,
        portal_language=company.language,
        allow_bank_payments=company.bank_payments,
        billing=company.billing,
        shipping=company.shipping or company.billing,
    )
    for person in company.people:
        _person(owner, customer, person)
    return customer


def _person(owner: StaffActor, customer: Customer, person: Person) -> None:
    added = add_contact(
        actor=owner,
        customer=customer,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        designation=person.designation,
        **person.permissions,
    )
    if not (person.invited or person.signs_in):
        return
    token = invite_contact(actor=owner, person=added).rstrip("/").rsplit("/", 1)[-1]
    if person.signs_in:
        user = find_person(person.email)
        if user is None:
            accept_invitation(token, PASSWORD)
        else:
            join_invitation(token, user)
