"""Pages of people: many invitations at once, and what invitations say."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, Duty, JobActor
from portico.access.scope import organisation_in_scope
from portico.customers.actions.waves import obstacles_of, progress_of, start_wave
from portico.customers.actions.wording import reset_wording, set_wording
from portico.customers.letters import PLACEHOLDERS, Wording, check_wording, wording_of, write_invitation
from portico.customers.models import ContactPerson, Customer, InvitationText, Wave
from portico.kit.errors import PorticoError
from portico.office.forms.base import OfficeForm
from portico.office.forms.simple import NothingForm
from portico.office.pages import ActionPage
from portico.office.verbs.loading import one
from portico.organisations.models import Organisation
from portico.profile.actions.erasure import decline_erasure, erase_person
from portico.profile.models import ErasureRequest


class WaveForm(OfficeForm):
    """A personal message beside the organisation's text."""

    message = forms.CharField(
        required=False,
        max_length=2000,
        label=_("A personal message"),
        help_text=_("Put between the text of invitations and the link. Optional."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WordingForm(OfficeForm):
    """What invitations say; can be looked at before it is saved."""

    subject = forms.CharField(max_length=200, label=_("Subject"))
    message = forms.CharField(
        max_length=5000,
        label=_("Message"),
        help_text=_("You can write %(known)s. The link to accept stands at the end by itself.")
        % {"known": ", ".join(f"%{name}" for name in PLACEHOLDERS)},
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    can_preview = True

    def __init__(self, actor: Actor, submitted: Any) -> None:
        self._organisation = Organisation.objects.visible_to(actor).defer("logo").get()
        now = wording_of(self._organisation)
        super().__init__(submitted, initial={"subject": now.subject, "message": now.message})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_wording(Wording(cleaned["subject"], cleaned["message"]))
            except PorticoError as error:
                self.add_named_error(error)
        return cleaned

    @property
    def preview(self) -> str:
        """The invitation as somebody would read it; empty while something is wrong."""
        if not self.is_bound or self.errors:
            return ""
        return sample(self._organisation, Wording(self.cleaned_data["subject"], self.cleaned_data["message"]))


class SureForm(OfficeForm):
    """What cannot be undone is confirmed."""

    sure = forms.BooleanField(label=_("I have checked who asks, and that nothing speaks against it"))


class AnswerForm(OfficeForm):
    """Why a request is declined."""

    answer = forms.CharField(max_length=2000, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


def sample(organisation: Organisation, wording: Wording) -> str:
    """An invitation to somebody made up, as text."""
    person = ContactPerson(
        first_name="Maya", last_name="Chen", customer=Customer(display_name="Greenleaf Gardens Ltd")
    )
    written = write_invitation(wording, organisation, person, "https://…")
    return f"{written.subject}\n\n{written.text}"


def _intro(wave: Wave) -> str:
    actor = _job()
    waiting = progress_of(actor, wave).get("waiting", 0)
    obstacles = obstacles_of(actor, wave)
    can = waiting - sum(obstacles.values())
    said = f"{can:,} of {waiting:,} contact persons will be sent an invitation."
    if obstacles:
        left_out = "; ".join(f"{count:,} {why}" for why, count in obstacles.items())
        said += f" Left out: {left_out}."
    return said + " You can watch how far it is on the page that follows."


def _job() -> Actor:
    organisation_id = organisation_in_scope()
    assert organisation_id is not None  # the office's pages run in their actor's scope
    return JobActor(organisation_id)


def _reset(actor: Actor, _it: InvitationText, _data: dict[str, Any]) -> Organisation:
    reset_wording(actor=actor)
    return Organisation.objects.visible_to(actor).get()


PEOPLE_PAGES: Final[dict[str, ActionPage]] = {
    "send-wave": ActionPage(
        "Send %(it)s", "Send invitations", Duty.KEEP_CUSTOMERS,
        lambda actor, it, data: WaveForm(data),
        lambda actor, it, data: start_wave(actor=actor, wave=it, message=data["message"]),
        load=one(Wave), intro=_intro,
    ),
    "edit-invitation-text": ActionPage(
        "The text of invitations", "Save text", Duty.CONFIGURE,
        lambda actor, it, data: WordingForm(actor, data),
        lambda actor, it, data: set_wording(actor=actor, **data),
    ),
    "erase-person": ActionPage(
        "%(it)s", "Erase for good", Duty.CONFIGURE,
        lambda actor, it, data: SureForm(data),
        lambda actor, it, data: erase_person(actor=actor, request=it), load=one(ErasureRequest), danger=True,
        intro=lambda it: f"The name, e-mail address and phone of {it.person} are erased and the access ends at once."
        " This cannot be undone. Documents, payments and the books stay as they are.",
    ),
    "decline-erasure": ActionPage(
        "Decline: %(it)s", "Decline", Duty.CONFIGURE,
        lambda actor, it, data: AnswerForm(data),
        lambda actor, it, data: decline_erasure(actor=actor, request=it, answer=data["answer"]),
        load=one(ErasureRequest), intro=lambda it: "The reason goes to the person by e-mail.",
    ),
    "reset-invitation-text": ActionPage(
        "Take the usual text of invitations again", "Take the usual text", Duty.CONFIGURE,
        lambda actor, it, data: NothingForm(data), _reset, load=one(InvitationText), danger=True,
    ),
}  # fmt: skip
