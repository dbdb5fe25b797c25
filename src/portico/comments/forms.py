"""What people fill in: a review."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.comments.models.review import LONGEST

STARS: Final = (
    (5, _("5, excellent")),
    (4, _("4, good")),
    (3, _("3, fair")),
    (2, _("2, poor")),
    (1, _("1, very poor")),
)


class ReviewForm(forms.Form):
    """One to five, and why."""

    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five."), "invalid_choice": _("Choose one to five.")},
    )
    text = forms.CharField(
        label=_("Why?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST}),
        help_text=_("Up to 2,000 characters."),
        strip=True,
    )
