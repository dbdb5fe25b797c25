"""Pages of shared files: share one with a customer, take one back, bring it back, save it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse

from portico.access.actors import Actor, Duty
from portico.access.scope import scope
from portico.customers.models import Customer
from portico.kit.errors import NotFoundError
from portico.office.forms.base import OfficeForm
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.site import staff_actor
from portico.office.verbs.loading import one
from portico.sharing.files.actions import mark_opened, remove_file, restore_file, share_file
from portico.sharing.files.content import ACCEPT
from portico.sharing.files.models import SharedFile
from portico.sharing.files.serving import as_download


class ShareForm(OfficeForm):
    """A file, what it is, and who may see it."""

    file = forms.FileField(widget=forms.FileInput(attrs={"accept": ACCEPT}))
    note = forms.CharField(required=False, max_length=500, help_text="What it is; the customer reads it too.")
    needs_billing = forms.BooleanField(
        required=False,
        label="Only for those who may see billing",
        help_text="Contact persons without “View billing” do not see the file and are not told of it.",
    )


def _share(actor: Actor, it: Customer, data: dict[str, Any]) -> models.Model:
    return share_file(
        actor=actor,
        customer_id=it.pk,
        name=data["file"].name,
        content=data["file"].file,
        note=data["note"],
        needs_billing=data["needs_billing"],
    )


FILE_PAGES: Final[dict[str, ActionPage]] = {
    "share-file": ActionPage(
        "Share a file with %(it)s", "Share the file", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: ShareForm(data), _share, load=one(Customer),
        intro=lambda it: f"The contact persons of {it} find it under Documents and are told by e-mail.",
        calls_outside=True,
    ),
    "remove-file": ActionPage(
        "Remove %(it)s", "Remove the file", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: remove_file(actor=actor, file=it), load=one(SharedFile),
        intro=lambda it: f"Nobody at {it.customer} sees it any more. It can be brought back for 30 days.",
        danger=True,
    ),
    "restore-file": ActionPage(
        "Bring back %(it)s", "Bring it back", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: NothingForm(data),
        lambda actor, it, data: restore_file(actor=actor, file_id=it.pk), load=one(SharedFile),
    ),
}  # fmt: skip


def office_download(request: HttpRequest, object_id: UUID) -> StreamingHttpResponse:
    """The file itself, to be saved."""
    actor = staff_actor(request)
    if actor is None:
        raise NotFoundError
    with scope(actor, read_only=True):
        file = SharedFile.objects.one_for(actor, pk=object_id)
        if file.purged_at is not None:
            raise NotFoundError
    response = as_download(file)
    if request.method == "GET":
        mark_opened(actor=actor, file=file)
    return response
