"""The form in which a customer says what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from portico.sharing.files.content import ACCEPT
from portico.transfers.models import TransferWay


def mode_words() -> dict[str, str]:
    """What the ways to pay by hand are called, in the reader's language."""
    return {"bank_transfer": _("Bank transfer"), "cheque": _("Cheque"), "cash": _("Cash")}


def _proof_field(*, required: bool) -> forms.FileField:
    return forms.FileField(
        label=_("Proof"),
        required=required,
        help_text=_("A PDF or a picture of the order, if you have one. Up to %(size)d MB.")
        % {"size": settings.UPLOAD_FILE_BYTES // 1_000_000},
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class ProofForm(forms.Form):
    """A file that shows what was sent, after it was said."""

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["proof"] = _proof_field(required=True)


class ReportForm(forms.Form):
    """How, when, with which reference, and a file that shows it; the amounts are fields of the page of paying."""

    def __init__(self, data: Any, files: Any, *, ways: Sequence[TransferWay], today: date) -> None:
        super().__init__(data, files, initial={"sent_on": today, "mode": ways[0].mode if ways else ""})
        words = mode_words()
        self.fields["mode"] = forms.ChoiceField(
            label=_("How you paid"), choices=[(way.mode, words[way.mode]) for way in ways]
        )
        self.fields["sent_on"] = forms.DateField(
            label=_("The day you sent it"), widget=forms.DateInput(attrs={"type": "date"})
        )
        self.fields["own_reference"] = forms.CharField(
            label=_("Your reference"),
            required=False,
            max_length=100,
            help_text=_("Such as the number of the cheque, or what your bank calls the transfer."),
        )
        self.fields["proof"] = _proof_field(required=False)
