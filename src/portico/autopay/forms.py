"""The form that sets up autopay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from portico.kit.money import Money, MoneyError
from portico.payments.typed_amounts import read_amount, write_amount


class StartForm(forms.Form):
    """An optional maximum, typed as people of this language type amounts, and the agreement."""

    def __init__(self, data: Any, *, currency: str, language: str, maximum: Money | None = None) -> None:
        super().__init__(data, initial={"maximum": write_amount(maximum, language)} if maximum else None)
        self._currency, self._language = currency, language
        self.fields["maximum"] = forms.CharField(
            label=_("At most, for one charge"),
            required=False,
            max_length=30,
            help_text=_("Leave empty for no maximum. A larger invoice is not charged; we tell you instead."),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields["agree"] = forms.BooleanField(
            label=_("I agree"),
            error_messages={"required": _("Automatic payments begin only when you agree.")},
        )

    def clean_maximum(self) -> Money | None:
        text = self.cleaned_data["maximum"].strip()
        if not text:
            return None
        try:
            return read_amount(text, self._currency, self._language)
        except MoneyError as problem:
            raise forms.ValidationError(problem.message) from None
