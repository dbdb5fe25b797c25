"""Organisation, its portal preferences, its staff members, its number series."""

from __future__ import annotations

from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portico.access.actors import Role
from portico.access.tenancy import ByLink, Owned, ScopedQuerySet, Tenancy
from portico.kit import clock

PORTAL_NAME = RegexValidator(r"^[A-Za-z0-9]{5,30}\Z", "A portal name has 5 to 30 letters and digits.")
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "A colour is written like #005a6b.")


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    """Organisations behind the door: an actor sees its own."""

    def visible_to(self, actor: object) -> Self:
        return self.filter(pk=actor.organisation_id)  # type: ignore[attr-defined]


class Organisation(Owned):
    """A business with a portal (S1.1, S3.5)."""

    tenancy = Tenancy.ORGANISATION
    by_link = ByLink(all_rows=True)
    organisation = None  # type: ignore[assignment] # it is the owner itself

    name = models.CharField(max_length=200)
    portal_name = models.CharField(max_length=30, validators=[PORTAL_NAME])
    own_domain = models.CharField(max_length=253, blank=True)
    own_domain_checked_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the domain was seen to lead here; before that it opens nothing.",
    )
    street = models.CharField(max_length=200, blank=True)
    street2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, such as US.")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    contact_note = models.CharField(max_length=200, blank=True, help_text="Who answers, and when.")
    tax_number = models.CharField(max_length=50, blank=True)
    base_currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=60, default="UTC")
    language = models.CharField(max_length=12, default="en")
    page_size = models.CharField(max_length=6, default="a4", choices=[("a4", "A4"), ("letter", "US Letter")])
    accent_colour = models.CharField(max_length=7, default="#005a6b", validators=[COLOUR])
    logo = models.BinaryField(blank=True, default=b"", editable=True)
    logo_type = models.CharField(
        max_length=20, blank=True, help_text="image/png, image/jpeg or image/svg+xml"
    )
    payment_instructions = models.TextField(blank=True, help_text="Bank details, cheque address.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[OrganisationQuerySet] = OrganisationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("portal_name"), name="portal_name_once"),
            models.UniqueConstraint(Lower("own_domain"), name="own_domain_once", condition=~Q(own_domain="")),
            models.CheckConstraint(
                condition=Q(portal_name__regex=r"^[A-Za-z0-9]{5,30}$"), name="portal_name_letters_and_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address_lines(self) -> list[str]:
        """The address as people write it, empty lines left out."""
        town = " ".join(part for part in (self.state, self.postal_code) if part)
        place = ", ".join(part for part in (self.city, town) if part)
        return [line for line in (self.street, self.street2, place) if line]


class PortalName(Owned):
    """A portal name that the organisation has or had; none is ever given to another, so old addresses stay true."""

    name = models.CharField(max_length=30, validators=[PORTAL_NAME])
    taken_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="portal_name_never_given_twice")]

    def __str__(self) -> str:
        return self.name


class Preferences(Owned):
    """The portal preferences of an organisation (S2), one row each; the numbers are those of the list there."""

    tenancy = Tenancy.ORGANISATION
    by_link = ByLink(all_rows=True)

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="preferences")
    # 1, the portal name, is the organisation's own.
    banner_message = models.CharField("Banner message", max_length=500, blank=True)  # 2
    require_second_factor = models.BooleanField("Require a second factor", default=False)  # 3
    prevent_duplicate_payments = models.BooleanField(  # 4
        "Refuse a second payment while one is on its way", default=True
    )
    allow_sign_up = models.BooleanField("Contact persons may sign up by themselves", default=True)  # 5
    notify_staff_by_email = models.BooleanField("Tell staff of portal activity by e-mail", default=True)  # 6
    notify_staff_in_app = models.BooleanField(
        "Tell staff of portal activity in the office", default=True
    )  # 6
    email_staff_comments = models.BooleanField("E-mail the customer when staff comment", default=True)  # 7
    customers_may_upload = models.BooleanField(  # 8
        "Customers may upload documents and edit their details", default=True
    )
    customers_may_forward = models.BooleanField("Customers may forward documents", default=True)  # 9
    customers_may_pay_several = models.BooleanField(
        "Customers may pay several invoices at once", default=True
    )  # 10
    customer_reviews = models.BooleanField("Customers may write private reviews", default=False)  # 11
    show_sales_orders = models.BooleanField("Customers may see sales orders", default=True)  # 12
    show_credit_notes = models.BooleanField("Customers may see credit notes", default=True)  # 13
    links_verify_identity = models.BooleanField("Public links verify who opens them", default=True)  # 14
    show_subscriptions = models.BooleanField("Customers may see subscriptions", default=False)  # 15
    customers_may_save_methods = models.BooleanField("Customers may add payment methods", default=True)  # 16
    customers_may_apply_credits = models.BooleanField(
        "Customers may apply their credits when paying", default=True
    )  # 17

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.organisation}"


class StaffMember(Owned):
    """A human who works for the organisation, with a role (S11)."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    role = models.CharField(
        max_length=12, choices=[(role, role.replace("_", " ").capitalize()) for role in Role]
    )
    is_active = models.BooleanField(default=True)
    wants_email = models.BooleanField("Send me e-mail about portal activity", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="staff_member_once")]

    def __str__(self) -> str:
        return self.name


class NumberSeries(Owned):
    """The next number of one kind of document: taken under a row lock, so without gaps and without races."""

    kind = models.CharField(max_length=20)
    prefix = models.CharField(max_length=20, blank=True)
    next_number = models.PositiveBigIntegerField(default=1)
    digits = models.PositiveSmallIntegerField(default=4)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.next_number:0{self.digits}d}"


class TaxRate(Owned):
    """A tax the organisation charges, in per cent."""

    tenancy = Tenancy.ORGANISATION

    name = models.CharField(max_length=100)
    percentage = models.DecimalField(max_digits=7, decimal_places=4)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="tax_rate_name_once"),
            models.CheckConstraint(
                condition=Q(percentage__gte=0, percentage__lte=100), name="tax_rate_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.percentage.normalize():f}%)"


class PaymentTerms(Owned):
    """When an invoice falls due (Net 30, due on receipt, end of the month)."""

    tenancy = Tenancy.ORGANISATION

    class Rule(models.TextChoices):
        DAYS = "days", "So many days after the invoice date"
        END_OF_MONTH = "end_of_month", "So many days after the end of the invoice's month"

    name = models.CharField(max_length=60)
    rule = models.CharField(max_length=12, choices=Rule, default=Rule.DAYS)
    days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "payment terms"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="payment_terms_once")]

    def __str__(self) -> str:
        return self.name
