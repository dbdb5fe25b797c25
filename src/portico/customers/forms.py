"""What a person types to accept an invitation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NewPasswordForm(forms.Form):
    """A password for a new login; its strength is judged by the action."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 10 characters. A few words in a row are good."),
        strip=False,
        max_length=500,  # hashing is slow on purpose, and slower for long ones
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )


class AddressForm(forms.Form):
    """The address of somebody who signs up."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
