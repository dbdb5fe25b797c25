"""Customer, its addresses, and the contact persons who may have portal access."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import get_language

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import ByLink, CustomerOwned, Owned, Tenancy
from portico.kit import clock
from portico.kit.countries import spelled_out
from portico.kit.fields import MoneyField
from portico.kit.ids import new_id
from portico.kit.states import Moves


class Customer(Owned):
    """A company or a person that buys (S11 names the fields)."""

    tenancy = Tenancy.CUSTOMER
    by_link = ByLink(all_rows=True)

    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the unique (organisation, id) serves, and is the better plan for the keys that lead here
    )

    class Kind(models.TextChoices):
        BUSINESS = "business", "Business"
        INDIVIDUAL = "individual", "Individual"

    class TaxTreatment(models.TextChoices):
        TAXABLE = "taxable", "Taxable"
        EXEMPT = "exempt", "Exempt"
        REVERSE_CHARGE = "reverse_charge", "Reverse charge"
        OVERSEAS = "overseas", "Overseas"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.BUSINESS)
    customer_number = models.CharField(max_length=40, blank=True)
    salutation = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    display_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    currency = models.CharField(max_length=3)
    payment_terms = models.ForeignKey(
        "organisations.PaymentTerms", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    portal_language = models.CharField(max_length=12, default="en")
    tax_treatment = models.CharField(max_length=20, choices=TaxTreatment, default=TaxTreatment.TAXABLE)
    tax_number = models.CharField(max_length=50, blank=True)
    credit_limit = MoneyField(null=True, blank=True, default=None)  # type: ignore[misc] # None: no limit
    opening_balance = MoneyField(help_text="What the customer owed before the first document here.")
    allow_bank_payments = models.BooleanField(
        "Allow this customer to pay via their bank account", default=False
    )
    remarks = models.TextField(blank=True, help_text="For staff only.")
    custom_fields = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index("organisation", Lower("display_name"), F("id"), name="customer_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "id"], name="customer_of_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "customer_number"],
                name="customer_number_once",
                condition=~Q(customer_number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return Q(organisation_id=actor.organisation_id, pk=actor.customer_id)


class Address(CustomerOwned):
    """A billing or shipping address; a customer has at most one of each."""

    by_link = ByLink(all_rows=True)

    class Kind(models.TextChoices):
        BILLING = "billing", "Billing"
        SHIPPING = "shipping", "Shipping"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind)
    attention = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=200, blank=True)
    street2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, such as US.")
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [models.UniqueConstraint(fields=["customer", "kind"], name="address_once_a_kind")]

    def __str__(self) -> str:
        return ", ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The address as people write it, empty lines left out."""
        town = " ".join(part for part in (self.state, self.postal_code) if part)
        place = ", ".join(part for part in (self.city, town) if part)
        return [line for line in (self.attention, self.street, self.street2, place, self.country) if line]

    @property
    def shown_lines(self) -> list[str]:
        """The same for a reader, with the country's name in the active language; documents keep `lines`."""
        return spelled_out(self.lines, get_language() or "en")


class PortalState(models.TextChoices):
    """How far a contact person's portal access has come (S1.2)."""

    NOT_INVITED = "not_invited", "Not invited"
    INVITED = "invited", "Invited"
    ACTIVE = "active", "Active"
    REVOKED = "revoked", "Revoked"


PORTAL_MOVES = Moves(
    "contact person's access",
    {
        # Who signs up proves the address first, as who follows an invitation does (S1.6).
        PortalState.NOT_INVITED: frozenset({PortalState.INVITED, PortalState.ACTIVE}),
        PortalState.INVITED: frozenset({PortalState.ACTIVE, PortalState.REVOKED}),
        PortalState.ACTIVE: frozenset({PortalState.REVOKED}),
        PortalState.REVOKED: frozenset({PortalState.INVITED}),
    },
)


class ContactPerson(CustomerOwned):
    """A human at a customer, who may have portal access."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contact_persons")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    salutation = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    designation = models.CharField(max_length=100, blank=True)
    department = models.CharField(max_length=100, blank=True)
    is_primary = models.BooleanField(default=False)
    can_view_orders = models.BooleanField("View orders", default=True)
    can_view_billing = models.BooleanField("View billing", default=True)
    can_pay = models.BooleanField("Pay", default=True)
    can_manage_profile = models.BooleanField("Manage profile and contacts", default=False)
    portal_state = models.CharField(
        max_length=12, choices=PortalState, default=PortalState.NOT_INVITED, editable=False
    )
    invitation_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    invited_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(
        null=True, editable=False, help_text="When they left the customer; kept for what they did."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "customer", Lower("email"), name="contact_email_once", condition=~Q(email="")
            ),
            models.UniqueConstraint(
                fields=["customer"], name="one_primary_contact", condition=Q(is_primary=True)
            ),
            models.UniqueConstraint(
                fields=["invitation_token_hash"],
                name="invitation_once",
                condition=~Q(invitation_token_hash=""),
            ),
            models.CheckConstraint(
                condition=Q(portal_state__in=["not_invited", "revoked"]) | ~Q(email=""),
                name="invited_has_email",
            ),
            models.CheckConstraint(
                condition=~Q(portal_state="active") | Q(user__isnull=False), name="active_has_login"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="contact_by_user")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do at the customer (S1.5)."""
        held = {
            Permission.VIEW_ORDERS: self.can_view_orders,
            Permission.VIEW_BILLING: self.can_view_billing,
            Permission.PAY: self.can_pay,
            Permission.MANAGE_PROFILE: self.can_manage_profile,
        }
        return frozenset(permission for permission, yes in held.items() if yes)


class DetailChange(CustomerOwned):
    """One change of a customer's details or of its contact persons: who, what, from what to what (S9.2)."""

    asks = Permission.MANAGE_PROFILE

    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    event = models.CharField(max_length=20)
    subject_id = models.UUIDField(null=True)
    subject = models.CharField(
        max_length=250, blank=True, help_text="The contact person's name at that time."
    )
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at"], name="detail_change_by_time")]


class InvitationText(Owned):
    """What the organisation's invitations say, where it is not the text that comes with Portico."""

    tenancy = Tenancy.ORGANISATION

    organisation = models.OneToOneField(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    subject = models.CharField(max_length=200)
    message = models.TextField(max_length=5000)

    def __str__(self) -> str:
        return "The text of invitations"


class Wave(Owned):
    """Many invitations at once: chosen, looked at, then sent by a job that can be watched."""

    class State(models.TextChoices):
        CHOSEN = "chosen", "Not sent yet"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"

    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.CHOSEN)
    message = models.TextField(max_length=2000, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "invitations sent together"
        verbose_name_plural = "invitations sent together"

    def __str__(self) -> str:
        return f"invitations of {self.created_at:%Y-%m-%d %H:%M}"


WAVE_MOVES = Moves(
    "set of invitations",
    {
        Wave.State.CHOSEN: frozenset({Wave.State.SENDING}),
        Wave.State.SENDING: frozenset({Wave.State.SENT}),
    },
)


class WaveMember(Owned):
    """One of many who are invited together, and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting"
        INVITED = "invited", "Invited"
        LEFT_OUT = "left_out", "Left out"

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(ContactPerson, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "person"], name="invited_once_together")]
        indexes = [models.Index(fields=["wave", "outcome"], name="wave_member_by_outcome")]


class SignUp(models.Model):
    """An address that somebody typed to sign up; of no organisation until its owner follows the link (S1.6)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["token_hash"], name="sign_up_by_token")]
