"""The reconcile report in the office: a time, both sides, what differs and what to do about it; also as CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Duty, require
from portico.access.scope import scope
from portico.kit import clock
from portico.kit.errors import NotFoundError
from portico.kit.money import Money, format_money
from portico.office.forms.base import OfficeForm
from portico.office.site import office, staff_actor
from portico.office.verbs.loading import today
from portico.organisations.models import Organisation
from portico.payouts.report import Report, as_rows, report
from portico.transactions.lists.exporting import harmless

LONGEST = 366
"""Days that one report may span: each asks the gateways for all their payments in it."""


class PeriodForm(OfficeForm):
    """From and to, both within."""

    since = forms.DateField(label=_("From"))
    until = forms.DateField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            if cleaned["until"] < cleaned["since"]:
                self.add_error("until", _("The end lies before the beginning."))
            elif (cleaned["until"] - cleaned["since"]).days >= LONGEST:
                self.add_error("until", _("At most a year at once."))
        return cleaned


def reconcile_report(request: HttpRequest) -> HttpResponse:
    """The form; with a time in the address, the report below it, or as CSV with `format=csv`."""
    actor = staff_actor(request)
    if actor is None:
        raise NotFoundError
    with scope(actor):
        require(actor, Duty.MOVE_MONEY)
        day = today(actor)
        zone = ZoneInfo(Organisation.objects.visible_to(actor).values_list("time_zone", flat=True).get())
        asked = "since" in request.GET
        usual = {"since": (day - timedelta(days=30)).isoformat(), "until": day.isoformat()}
        form = PeriodForm((request.GET if asked else usual, None))
        good = form.is_valid()
    found = _found(actor, form, zone) if asked and good else None
    if found is not None and request.GET.get("format") == "csv":
        return _as_csv(found)
    with scope(actor):
        context = {
            **office.each_context(request),
            "title": _("What the gateways have, and what we have"),
            "form": form,
            "found": found,
            "rows": [(each, _sum(each.theirs), _sum(each.ours)) for each in found.differences]
            if found
            else [],
            "csv": f"?{request.GET.urlencode()}&format=csv",
        }
        response = TemplateResponse(
            request, "office/reconcile.html", context, status=422 if asked and not good else 200
        )
        return response.render()


def _found(actor: Actor, form: PeriodForm, zone: ZoneInfo) -> Report:
    first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return report(organisation_id=actor.organisation_id, since=since, until=min(until, clock.now()))


def _sum(amount: Money | None) -> str:
    return format_money(amount) if amount is not None else "–"


def _as_csv(found: Report) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reconcile.csv"'
    writer = csv.writer(response)
    for row in as_rows(found):
        writer.writerow([harmless(cell) for cell in row])
    return response
