"""What statement was asked for: a form in the address, read into a currency and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portico.access.actors import ContactActor
from portico.kit.errors import InvalidError
from portico.statements.models import StatementKind
from portico.statements.queries import Standing, span_of, standings
from portico.statements.spans import Preset, Span
from portico.transactions.days import check_day

LABELS: Final = {
    Preset.THIS_MONTH: _("This month"),
    Preset.LAST_MONTH: _("Last month"),
    Preset.THIS_QUARTER: _("This quarter"),
    Preset.THIS_YEAR: _("This year"),
    Preset.LAST_YEAR: _("Last year"),
    Preset.ALL: _("All"),
    Preset.CUSTOM: _("Custom dates"),
}


class StatementForm(forms.Form):
    """Period, dates and currency; the dates are looked at for custom dates only.

    `was` is the period the page showed, and the dates were its: see `_chosen()`.
    """

    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    preset = forms.ChoiceField(label=_("Period"), choices=list(LABELS.items()), required=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str], *, preset: Preset, currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.chosen = preset
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=preset is Preset.CUSTOM,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                input_formats=["%Y-%m-%d"],
                error_messages={
                    "required": _("Choose a date."),
                    "invalid": _("Write the date as year-month-day, such as 2026-03-31."),
                },
            )
        if len(currencies) > 1:
            self.fields["currency"] = forms.ChoiceField(
                label=_("Currency"),
                choices=[(each, each) for each in currencies],
                required=False,
                widget=forms.HiddenInput,  # the page has a link for each
            )

    def clean(self) -> dict[str, Any]:
        """Check that the dates are likely ones and in order."""
        cleaned = super().clean() or {}
        if self.chosen is not Preset.CUSTOM:
            return cleaned
        for name in ("from", "to"):
            if cleaned.get(name):
                try:
                    check_day(cleaned[name], name)
                except InvalidError as error:
                    self.add_error(name, error.message)
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", _("This date lies before the first one."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that can be made, or a form that says what is wrong (then `span` is None).

    What is outstanding and its ageing are of today; they have no other period.
    """

    kind: StatementKind
    form: StatementForm
    standing: Standing
    currencies: tuple[str, ...]
    preset: Preset
    span: Span | None

    @property
    def currency(self) -> str:
        """In which currency."""
        return self.standing.currency

    @property
    def query(self) -> str:
        """The same statement, for the address of its PDF, print view or files."""
        return self.query_of(self.kind, self.currency)

    def query_of(self, kind: str, currency: str) -> str:
        """Another kind of statement or another currency, for the same days."""
        assert self.span is not None
        if kind != StatementKind.ACTIVITY:
            return urlencode({"kind": kind, "currency": currency})
        if self.kind != StatementKind.ACTIVITY:
            return urlencode({"currency": currency})
        days = {"from": self.span.first.isoformat(), "to": self.span.last.isoformat()}
        return urlencode({"preset": Preset.CUSTOM, **days, "currency": currency})

    @property
    def page_query(self) -> str:
        """The same statement's page, with its period by name where it has one."""
        if self.kind != StatementKind.ACTIVITY or self.preset is Preset.CUSTOM:
            return self.query
        return urlencode({"preset": self.preset, "currency": self.currency})


def asked(actor: ContactActor, data: QueryDict, base_currency: str, today: date) -> Asked:
    """Read the address of a statement.

    Args:
        actor: a contact person with *view billing*.
        data: kind, preset, from, to, currency; all may be missing.
        base_currency: the customer's own.
        today: the organisation's calendar day.

    Raises:
        ForbiddenError: the person may not see amounts.
    """
    known = {each.currency: each for each in standings(actor, base_currency)}
    standing = known.get(data.get("currency", ""), known[base_currency])
    kind = _kind(data)
    if kind is StatementKind.ACTIVITY:
        preset, span = _chosen(actor, data, standing.currency, today)
    else:
        preset, span = Preset.THIS_MONTH, Span(today, today)
    form = StatementForm(_plain(data), preset=preset, currencies=tuple(known))
    if form.is_valid():
        span = span or Span(form.cleaned_data["from"], form.cleaned_data["to"])
        shown = {
            "preset": preset,
            "was": preset,
            "from": span.first.isoformat(),
            "to": span.last.isoformat(),
            "currency": standing.currency,
            "kind": kind,
        }
        form = StatementForm(shown, preset=preset, currencies=tuple(known))
    else:
        span = None
    return Asked(kind, form, standing, tuple(known), preset, span)


def _kind(data: QueryDict) -> StatementKind:
    """The kind that is named; activity for anything else."""
    named = data.get("kind", "")
    return StatementKind(named) if named in StatementKind.values else StatementKind.ACTIVITY


def _plain(data: QueryDict) -> dict[str, str]:
    """The last value of each name."""
    return {name: str(data[name]) for name in data}


def _chosen(actor: ContactActor, data: QueryDict, currency: str, today: date) -> tuple[Preset, Span | None]:
    """The period that is meant, with its days unless they are custom.

    The page shows a period and its dates. Who chooses another period leaves the old dates behind, which then
    count for nothing; who leaves the period and types other dates wants those dates.
    """
    named, was, *dates = (data.get(name, "") for name in ("preset", "was", "from", "to"))
    if named not in list(Preset):
        named = Preset.CUSTOM if any(dates) else Preset.THIS_MONTH
    preset = Preset(named)
    if preset is Preset.CUSTOM:
        return preset, None
    span = span_of(actor, currency, preset, today)
    if was == preset and dates != [span.first.isoformat(), span.last.isoformat()]:
        return Preset.CUSTOM, None
    return preset, span
