"""Base models of documents and their lines, and the history and view log of every document."""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from portico.access.actors import ContactActor, Permission
from portico.access.tenancy import ByLink, CustomerOwned, Owned, Tenancy
from portico.kit import clock
from portico.kit.fields import MoneyField


class DocumentKind(models.TextChoices):
    """The kinds of transactions that have a page."""

    SALES_ORDER = "sales_order", "Sales order"
    INVOICE = "invoice", "Invoice"
    RETAINER_INVOICE = "retainer_invoice", "Retainer invoice"
    CREDIT_NOTE = "credit_note", "Credit note"
    PAYMENT = "payment", "Payment"


class OtherList(models.TextChoices):
    """Lists of what is no transaction but is looked through in the same way."""

    FILE = "file", "Document"
    SUBSCRIPTION = "subscription", "Subscription"


LISTS: Final = (*DocumentKind.choices, *OtherList.choices)
"""Every list of the portal that has views."""


class DiscountKind(models.TextChoices):
    """How a discount is given."""

    NONE = "none", "None"
    PERCENT = "percent", "Per cent"
    AMOUNT = "amount", "Amount"


class DiscountWhen(models.TextChoices):
    """Whether the document's discount lowers what is taxed."""

    BEFORE_TAX = "before_tax", "Before tax"
    AFTER_TAX = "after_tax", "After tax"


class Rounding(models.TextChoices):
    """How a document's total is rounded; the difference is shown as a line of its own."""

    NONE = "none", "None"
    WHOLE = "whole", "To the whole unit"
    FIVE_HUNDREDTHS = "0.05", "To 0.05"


class Document(CustomerOwned):
    """A sales document: header, totals, texts. Amounts are in `currency`; dates in the organisation's zone."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("id",))

    number = models.CharField(max_length=40, blank=True, help_text="Given when it is issued.")
    reference = models.CharField(
        max_length=100, blank=True, help_text="The customer's own, such as a PO number."
    )
    date = models.DateField()
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=False)
    discount_kind = models.CharField(max_length=8, choices=DiscountKind, default=DiscountKind.NONE)
    discount_value = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    discount_when = models.CharField(max_length=10, choices=DiscountWhen, default=DiscountWhen.BEFORE_TAX)
    shipping_charge = MoneyField()
    adjustment = MoneyField(help_text="Added to the total; may be negative.")
    adjustment_label = models.CharField(max_length=60, blank=True)
    rounding = models.CharField(max_length=8, choices=Rounding, default=Rounding.NONE)
    subtotal = MoneyField(editable=False)
    discount_total = MoneyField(editable=False)
    tax_total = MoneyField(editable=False)
    rounding_total = MoneyField(editable=False)
    total = MoneyField(editable=False)
    tax_summary = models.JSONField(default=list, editable=False, encoder=DjangoJSONEncoder)
    billing_address = models.JSONField(default=list, blank=True, help_text="Lines, as they were when issued.")
    shipping_address = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    custom_fields = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    first_viewed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or "Draft"


class DocumentLine(CustomerOwned):
    """One line: what, how many, at what price, taxed how. It copies what it needs from the item."""

    asks = Permission.VIEW_BILLING
    by_link = ByLink(document=("document_id",))

    position = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    item = models.ForeignKey("items.Item", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=20, blank=True)
    quantity = models.DecimalField(max_digits=15, decimal_places=4)
    rate = models.DecimalField(max_digits=19, decimal_places=6, help_text="Price of one, in the currency.")
    discount_kind = models.CharField(max_length=8, choices=DiscountKind, default=DiscountKind.NONE)
    discount_value = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    taxes = models.JSONField(default=list, blank=True, help_text="[[name, per cent], …] as they were.")
    amount = MoneyField(editable=False, help_text="Quantity times rate less the line's discount.")

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class HistoryEvent(CustomerOwned):
    """One thing that happened to a document, as its page tells it (S5.1)."""

    document_kind = models.CharField(max_length=20, choices=DocumentKind)
    document_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    in_portal = models.BooleanField(default=True, help_text="Customers see it.")

    class Meta:
        indexes = [models.Index(fields=["document_id", "-at"], name="history_by_document")]


class DocumentView(CustomerOwned):
    """Who looked at which document, when, and how (S5.5). Staff previews are never here."""

    document_kind = models.CharField(max_length=20, choices=DocumentKind)
    document_id = models.UUIDField()
    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    how = models.CharField(max_length=10, default="page", help_text="page, pdf or print")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-at"], name="view_by_time"),
            models.Index(fields=["document_id", "-at"], name="view_by_document"),
        ]


class SearchText(CustomerOwned):
    """The words by which a document is found; its id is the document's. Written by triggers only (searching.py).

    Nobody reads it but through the doors of sql/search.sql. `spread` has nothing to do with the document: rows in its
    order are a sample of all.
    """

    tenancy = Tenancy.STAFF

    kind = models.CharField(max_length=20, choices=DocumentKind)
    spread = models.PositiveIntegerField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            # What waits to be sorted into the index is read by every search, so little may wait.
            GinIndex(fields=["words"], name="search_words", gin_pending_list_limit=256),
            models.Index(fields=["customer", "kind", "spread"], name="search_sample"),
        ]

    @classmethod
    def portal_rows(cls, actor: ContactActor) -> Q:
        return Q(pk__in=[])


LONGEST_QUERY = 2000


class CustomView(CustomerOwned):
    """A list as one contact person wants it: filters, sort, columns and page size under a name (S4.3).

    The policy lets nobody else at the customer see it: migration 0002 adds that to the wall around the customer.
    """

    contact_person = models.ForeignKey("customers.ContactPerson", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=LISTS, help_text="Of which documents' list.")
    name = models.CharField(max_length=60)
    query = models.CharField(
        max_length=LONGEST_QUERY, blank=True, help_text="What follows the address's “?”."
    )
    is_default = models.BooleanField(default=False, help_text="Opened when nothing else is asked for.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact_person", "kind", "name"], name="custom_view_name_once"),
            models.UniqueConstraint(
                fields=["contact_person", "kind"],
                condition=Q(is_default=True),
                name="custom_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PublishedView(Owned):
    """A list as the organisation offers it to all its customers (S4.3)."""

    tenancy = Tenancy.ORGANISATION

    kind = models.CharField(
        "list", max_length=20, choices=LISTS, help_text="Which documents it is a list of."
    )
    name = models.CharField(max_length=60)
    query = models.CharField("filter", max_length=LONGEST_QUERY, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "name"], name="published_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
