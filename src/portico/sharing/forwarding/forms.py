"""The form of forwarding: to whom, and with which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.customers.models import ContactPerson
from portico.kit.errors import InvalidError
from portico.sharing.forwarding.models import LONGEST
from portico.sharing.forwarding.recipients import Recipient, read_recipients


class ForwardForm(forms.Form):
    """Contact persons to tick, addresses to type, a message."""

    people = forms.MultipleChoiceField(
        label=_("Contact persons"), required=False, widget=forms.CheckboxSelectMultiple
    )
    addresses = forms.CharField(
        label=_("Other e-mail addresses"),
        required=False,
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One a line or with commas between, with a name if you like: Anna Berg <anna@example.com>"
        ),
    )
    message = forms.CharField(
        label=_("Message"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
    )

    def __init__(self, data: Any, people: Iterable[ContactPerson]) -> None:
        super().__init__(data)
        choices = [(str(each.pk), f"{each.full_name}, {each.email}") for each in people]
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        if not choices:
            del self.fields["people"]

    def clean_addresses(self) -> list[Recipient]:
        """What was typed, as people."""
        try:
            return read_recipients(self.cleaned_data["addresses"])
        except InvalidError as error:
            raise forms.ValidationError(error.message) from None
