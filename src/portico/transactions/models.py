"""Base models of documents and their lines, and the history and view log of every document."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from portico.access.actors import Permission
from portico.access.tenancy import ByLink, CustomerOwned
from portico.kit import clock
from portico.kit.fields import MoneyField


class DocumentKind(models.TextChoices):
    """The kinds of transactions that have a page."""

    SALES_ORDER = "sales_order", "Sales order"
    INVOICE = "invoice", "Invoice"
    RETAINER_INVOICE = "retainer_invoice", "Retainer invoice"
    CREDIT_NOTE = "credit_note", "Credit note"
    PAYMENT = "payment", "Payment"


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
