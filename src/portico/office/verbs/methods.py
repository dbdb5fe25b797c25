"""Pages of saved methods: staff remove one."""

from __future__ import annotations

from typing import Final

from portico.access.actors import Duty
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.payments.actions.methods import remove_method
from portico.payments.models import SavedMethod

METHOD_PAGES: Final[dict[str, ActionPage]] = {
    "remove-method": ActionPage(
        "Remove %(it)s", "Remove it", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: remove_method(actor=actor, method=it),
        load=one(SavedMethod), danger=True,
        intro=lambda it: (
            "Nothing is charged to it any more, automatic payments that use it stop, it is removed at the gateway, "
            "and the person is told."
        ),
    ),
}  # fmt: skip
