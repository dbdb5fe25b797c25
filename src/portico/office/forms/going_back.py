"""The form of paying a payment back: how much, where to, and which invoices open again by how much."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.kit.money import Money, format_money, smaller
from portico.office.forms.base import MoneyInput, OfficeForm, dress
from portico.payments.actions.freeing import live_allocations
from portico.payments.actions.gateway_refunds import refundable
from portico.payments.models import Payment

TO_METHOD, TO_CREDIT = "method", "credit"


class PayBackForm(OfficeForm):
    """Shown twice: what is typed is worked out first, and done when it is confirmed unchanged."""

    can_preview = True
    must_confirm = True

    def __init__(self, payment: Payment, submitted: Any) -> None:
        self._payment = payment
        self._most = refundable(payment)
        self._on = live_allocations(payment)
        super().__init__(submitted, initial={"amount": self._most, "to": TO_METHOD})
        method = payment.method_label or payment.get_mode_display()
        self.fields["amount"] = MoneyInput(
            currency=payment.currency,
            label=_("Amount"),
            help_text=_("At most %(most)s.") % {"most": format_money(self._most)},
        )
        self.fields["to"] = forms.ChoiceField(
            choices=[
                (TO_METHOD, _("Back the way it came: %(method)s") % {"method": method}),
                (TO_CREDIT, _("To the customer's credit: no money leaves")),
            ],
            label=_("Where to"),
        )
        self.fields["reason"] = forms.CharField(
            max_length=300, required=False, label=_("Reason"), help_text=_("The customer reads it.")
        )
        for allocation in self._on:
            left = allocation.amount - allocation.taken
            self.fields[f"invoice_{allocation.invoice_id}"] = MoneyInput(
                currency=payment.currency,
                required=False,
                label=allocation.invoice.number,
                help_text=_("%(left)s of this payment is on it.") % {"left": format_money(left)},
            )
        for field in self.fields.values():
            dress(field)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The amount first, then the invoices."""
        on = [name for name in self.fields if name.startswith("invoice_")]
        rest = [self[name] for name in self.fields if name not in on]
        title = str(gettext_lazy("Which invoices open again (empty: last allocated first)"))
        return [("", rest), (title, [self[name] for name in on])] if on else [("", rest)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["chosen"] = {
            allocation.invoice_id: part
            for allocation in self._on
            if (part := cleaned.get(f"invoice_{allocation.invoice_id}"))
        }
        return cleaned

    @property
    def confirmation(self) -> str:
        """What is confirmed, as one word: anything typed otherwise is worked out again first."""
        if not self.is_bound or self.errors:
            return ""
        said = "|".join(f"{name}={self.cleaned_data.get(name)}" for name in sorted(self.fields))
        return hashlib.sha256(f"{self._payment.pk}|{self._most}|{said}".encode()).hexdigest()[:16]

    @property
    def preview(self) -> str:
        """The arithmetic: what goes where, what comes off which invoice, and what is left of the payment."""
        if not self.is_bound or self.errors:
            return ""
        amount: Money = self.cleaned_data["amount"]
        payment = self._payment
        to_credit = self.cleaned_data["to"] == TO_CREDIT
        lines = []
        chosen: dict[Any, Money] = self.cleaned_data["chosen"]
        zero = Money.zero(payment.currency)
        still = amount
        for part in chosen.values():
            still -= part
        if not to_credit and (unused := smaller(payment.unused, max(zero, still))):
            lines.append(_("%(part)s from credit that is left of it") % {"part": format_money(unused)})
            still -= unused
        for allocation in self._on:
            left = allocation.amount - allocation.taken
            part = chosen.get(allocation.invoice_id, zero)
            more = smaller(still, left - part) if still > zero and left > part else zero
            still -= more
            if part + more:
                given = {"part": format_money(part + more), "number": allocation.invoice.number}
                lines.append(_("%(part)s comes off invoice %(number)s, which opens by it") % given)
        if still > zero:
            lines.append(
                _("%(part)s from what it paid since, or on its retainer") % {"part": format_money(still)}
            )
        where = (
            _("the customer's credit") if to_credit else payment.method_label or payment.get_mode_display()
        )
        lines.append(_("%(amount)s goes to %(where)s") % {"amount": format_money(amount), "where": where})
        if not to_credit:
            left_now = {"left": format_money(self._most - amount) if self._most >= amount else "–"}
            lines.append(_("%(left)s of it can still be paid back after that") % left_now)
        return "\n".join(lines)

    def add_named_error(self, error: Any) -> None:
        """The action names `invoice-<id>`."""
        name = str(error.field or "").replace("invoice-", "invoice_")
        self.add_error(name if name in self.fields else None, error.message)


class SinceForm(OfficeForm):
    """From which day on; as far back as they are read each morning, unless another day is typed."""

    def __init__(self, usual: date, submitted: Any) -> None:
        super().__init__(submitted, initial={"since": usual})

    since = forms.DateField(
        label=gettext_lazy("Since"), help_text=gettext_lazy("The day they were paid out.")
    )
