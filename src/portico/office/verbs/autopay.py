"""Pages of automatic payments: staff stop one."""

from __future__ import annotations

from typing import Final

from portico.access.actors import Duty
from portico.autopay.actions import stop_autopay
from portico.autopay.models import Autopay
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one

AUTOPAY_PAGES: Final[dict[str, ActionPage]] = {
    "stop-autopay": ActionPage(
        "Stop %(it)s", "Stop it", Duty.MOVE_MONEY,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: stop_autopay(actor=actor, autopay=it),
        load=one(Autopay), danger=True,
        intro=lambda it: "Planned charges are taken back, and the customer is told.",
    ),
}  # fmt: skip
