"""Forms of documents: header, lines, and what a document alone has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor
from portico.customers.models import Customer
from portico.invoices.models import Invoice
from portico.items.models import Item
from portico.kit.money import Money
from portico.office.forms.base import MoneyInput, OfficeForm, RowChoice, dress
from portico.organisations.models import PaymentTerms, TaxRate
from portico.payments.models import GatewayAccount
from portico.transactions.drafts import LineDraft
from portico.transactions.models import DiscountKind, DiscountWhen, Document, Rounding
from portico.transactions.totals import Tax


class CustomerForm(OfficeForm):
    """Whom a new document is for; the rest of the form depends on the customer's currency."""

    def __init__(self, actor: Actor, submitted: Any = None) -> None:
        super().__init__(submitted)
        rows = Customer.objects.visible_to(actor).filter(is_active=True).order_by("display_name")
        self.fields["customer"] = RowChoice(rows, label=_("Customer"))
        dress(self.fields["customer"])


class LineForm(forms.Form):
    """One line; an empty one is left out. Choosing an item fills what is left empty."""

    item = forms.ModelChoiceField(Item.objects.none(), required=False, label=_("Item"))
    name = forms.CharField(max_length=200, required=False, label=_("Name"))
    description = forms.CharField(max_length=2000, required=False, label=_("Description"))
    quantity = forms.DecimalField(
        max_digits=15, decimal_places=4, initial=Decimal(1), required=False, label=_("Quantity")
    )
    rate = forms.DecimalField(max_digits=19, decimal_places=6, required=False, label=_("Price"))
    discount = forms.DecimalField(
        max_digits=7, decimal_places=4, min_value=0, max_value=100, required=False, label=_("Discount, %")
    )
    tax = forms.ModelChoiceField(TaxRate.objects.none(), required=False, label=_("Tax"))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        items = (
            Item.objects.visible_to(actor).filter(is_active=True).select_related("tax_rate").order_by("name")
        )
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.fields["tax"].queryset = TaxRate.objects.visible_to(actor).filter(is_active=True)  # type: ignore[attr-defined]
        for field in self.fields.values():
            dress(field)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        item = cleaned.get("item")
        written = bool(item or cleaned.get("name"))
        if not written and cleaned.get("rate") is not None:
            self.add_error("name", _("Name this line, or choose an item."))
        if written and item is None and cleaned.get("rate") is None:
            self.add_error("rate", _("Give a price."))
        return cleaned

    def draft(self) -> LineDraft | None:
        """The line, or None when nothing was written."""
        data = self.cleaned_data
        item: Item | None = data.get("item")
        if item is None and not data.get("name"):
            return None
        rate = data["tax"] or (item.tax_rate if item else None)
        price = data["rate"] if data["rate"] is not None else (item.rate if item else Decimal(0))
        discount = data["discount"] or Decimal(0)
        return LineDraft(
            item_id=item.pk if item else None,
            name=data["name"] or (item.name if item else ""),
            sku=item.sku if item else "",
            unit=item.unit if item else "",
            description=data["description"] or (item.description if item else ""),
            quantity=data["quantity"] if data["quantity"] is not None else Decimal(1),
            rate=price,
            discount_kind=DiscountKind.PERCENT if discount else DiscountKind.NONE,
            discount_value=discount,
            taxes=(Tax(rate.name, rate.percentage),) if rate else (),
        )


_LineSet = formset_factory(LineForm, formset=BaseFormSet, extra=5, max_num=500, validate_max=True)


class DocumentForm(OfficeForm):
    """What all documents have."""

    groups = (
        ("", ("reference", "date", "due_date", "payment_terms", "prices_include_tax")),
        (
            str(_("Sums")),
            ("discount_kind", "discount_value", "discount_when", "shipping_charge", "adjustment",
             "adjustment_label", "rounding"),
        ),
        (str(_("Texts")), ("notes", "terms")),
        (str(_("Paying")), ("allow_partial_payments", "gateways")),
    )  # fmt: skip

    reference = forms.CharField(max_length=100, required=False, label=_("Customer's reference"))
    date = forms.DateField(label=_("Date"))
    prices_include_tax = forms.BooleanField(required=False, label=_("Prices include tax"))
    discount_kind = forms.ChoiceField(
        choices=DiscountKind.choices, initial=DiscountKind.NONE, label=_("Discount")
    )
    discount_value = forms.DecimalField(
        max_digits=19, decimal_places=4, min_value=0, initial=Decimal(0), label=_("Discount value")
    )
    discount_when = forms.ChoiceField(
        choices=DiscountWhen.choices, initial=DiscountWhen.BEFORE_TAX, label=_("Discount applies")
    )
    adjustment_label = forms.CharField(max_length=60, required=False, label=_("Adjustment is called"))
    rounding = forms.ChoiceField(choices=Rounding.choices, initial=Rounding.NONE, label=_("Round the total"))
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, label=_("Notes"))
    terms = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, label=_("Terms"))

    def __init__(
        self, actor: Actor, customer: Customer, document: Document | None, submitted: Any, *, today: dt.date
    ) -> None:
        initial: dict[str, Any] = {"date": today}
        if document is not None:
            initial = {name: getattr(document, name) for name in self._names() if hasattr(document, name)}
        self._actor = actor
        self.currency = document.currency if document else customer.currency
        super().__init__(submitted, initial=initial)
        self.fields["shipping_charge"] = MoneyInput(
            currency=self.currency,
            required=False,
            label=_("Shipping charge"),
            initial=initial.get("shipping_charge"),
        )
        self.fields["adjustment"] = MoneyInput(
            currency=self.currency, required=False, label=_("Adjustment"), initial=initial.get("adjustment")
        )
        for name in ("shipping_charge", "adjustment"):
            dress(self.fields[name])
        self._lines = self._make_lines(document, submitted)

    def _names(self) -> list[str]:
        return [*self.base_fields, "shipping_charge", "adjustment"]

    def _make_lines(self, document: Document | None, submitted: Any) -> Any:
        data = submitted[0].copy() if submitted else None
        if data is not None and "more_lines" in data:
            counted = data.get("lines-TOTAL_FORMS", "")
            data["lines-TOTAL_FORMS"] = str((int(counted) if counted.isdecimal() else 0) + 5)
        rows = document.lines.all() if document is not None else ()  # type: ignore[attr-defined]
        rates = {rate.name: rate for rate in TaxRate.objects.visible_to(self._actor)}
        initial = [
            {
                "item": line.item_id, "name": line.name, "description": line.description, "quantity": line.quantity,
                "rate": line.rate, "discount": line.discount_value or None,
                "tax": rates[line.taxes[0][0]].pk if line.taxes and line.taxes[0][0] in rates else None,
            }
            for line in rows
        ]  # fmt: skip
        return _LineSet(data, prefix="lines", initial=initial, form_kwargs={"actor": self._actor})

    @property
    def lines(self) -> Any:
        return self._lines

    def is_valid(self) -> bool:
        """The lines count too."""
        mine, theirs = super().is_valid(), self._lines.is_valid()
        if not (mine and theirs):
            return False
        drafts = [form.draft() for form in self._lines]
        self.cleaned_data["lines"] = [draft for draft in drafts if draft is not None]
        if not self.cleaned_data["lines"]:
            self.add_error(None, _("Write at least one line."))
            return False
        return True


class InvoiceForm(DocumentForm):
    """An invoice: due date or terms, the gateways ticked, partial payments."""

    due_date = forms.DateField(
        required=False, label=_("Due date"), help_text=_("Empty: by the payment terms.")
    )
    allow_partial_payments = forms.BooleanField(
        required=False, initial=True, label=_("Allow partial payments")
    )

    def __init__(
        self, actor: Actor, customer: Customer, invoice: Invoice | None, submitted: Any, *, today: dt.date
    ) -> None:
        super().__init__(actor, customer, invoice, submitted, today=today)
        self.fields["payment_terms"] = RowChoice(
            PaymentTerms.objects.visible_to(actor).order_by("days"),
            required=False,
            label=_("Payment terms"),
            initial=customer.payment_terms_id,
        )
        accounts = GatewayAccount.objects.visible_to(actor).filter(is_active=True).order_by("name")
        ticked = [row.pk for row in accounts]
        if invoice is not None and not invoice.all_gateways:
            ticked = [row.gateway_account_id for row in invoice.gateways.all()]
        self.fields["gateways"] = forms.ModelMultipleChoiceField(
            accounts,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=ticked,
            label=_("Ways to pay that are offered"),
        )
        dress(self.fields["payment_terms"])
        dress(self.fields["gateways"])
        self._accounts = {row.pk for row in accounts}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = {row.pk for row in cleaned.get("gateways") or ()}
        cleaned["gateways"] = (
            None if chosen == self._accounts else tuple(chosen)
        )  # None: all, also later ones
        return cleaned


class RetainerForm(DocumentForm):
    """A retainer invoice: a due date."""

    due_date = forms.DateField(label=_("Due date"))


def money_or_none(value: Money | None) -> Money | None:
    """An optional amount: zero counts as none."""
    return value or None
