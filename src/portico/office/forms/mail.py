"""Forms of notifications and e-mail: what staff hear of, what customers are sent, and how."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.access.actors import Actor, StaffActor
from portico.customers.models import ContactPerson
from portico.notifications.events import ALWAYS, CUSTOMER_LABELS, STAFF_LABELS, StaffGroup
from portico.notifications.models import ContactChoice, CustomerMails, MailSettings
from portico.notifications.staff import USUAL, Hears, staff_choices
from portico.office.forms.base import OfficeForm, dress, initial_of
from portico.office.forms.simple import model_fields

_WAYS: Final = (
    (Hears.BOTH_NOW, _("In the office, and by e-mail at once")),
    (Hears.BOTH_DAILY, _("In the office, and in the daily e-mail")),
    (Hears.IN_APP, _("In the office")),
    (Hears.MAIL_NOW, _("By e-mail at once")),
    (Hears.MAIL_DAILY, _("In the daily e-mail")),
    (Hears.NOTHING, _("Not at all")),
)
_SETTINGS: Final = ("sender_name", "sender_address", "reply_to", "bulk_per_minute", "reminders")


class StaffChoicesForm(OfficeForm):
    """One choice for each group of events."""

    def __init__(self, actor: Actor, submitted: Any) -> None:
        said = staff_choices(actor) if isinstance(actor, StaffActor) else dict.fromkeys(StaffGroup, USUAL)
        super().__init__(submitted)
        for group, way in said.items():
            self.fields[group.value] = forms.ChoiceField(
                choices=_WAYS, label=str(STAFF_LABELS[group]), initial=way
            )
        for field in self.fields.values():
            dress(field)


class ContactMailsForm(OfficeForm):
    """What one contact person is e-mailed about."""

    def __init__(self, person: ContactPerson, submitted: Any) -> None:
        off = set(
            ContactChoice.objects.filter(contact_person=person, wanted=False).values_list("event", flat=True)
        )
        super().__init__(submitted)
        for event, label in CUSTOMER_LABELS.items():
            if event not in ALWAYS:
                self.fields[event.value] = forms.BooleanField(
                    required=False, label=str(label), initial=event.value not in off
                )
        for field in self.fields.values():
            dress(field)


class CustomerMailsForm(OfficeForm):
    """Whether a customer is reminded."""

    no_reminders = forms.BooleanField(required=False, label=_("Send this customer no reminders"))

    def __init__(self, row: CustomerMails, submitted: Any) -> None:
        super().__init__(submitted, initial={"no_reminders": row.no_reminders})


class DaysField(forms.CharField):
    """Days as people write them, “-3, 0, 7”; cleans to a list of whole numbers."""

    def clean(self, value: Any) -> list[int]:
        text = str(super().clean(value)).replace("\N{MINUS SIGN}", "-").replace(";", ",")
        try:
            return [int(part) for part in text.split(",") if part.strip()]
        except ValueError:
            raise forms.ValidationError(_("Write days as whole numbers, such as -3, 0, 7.")) from None

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value


class MailSettingsForm(OfficeForm):
    """Sender, pace and schedule of reminders."""

    groups = (
        (str(_("Sender")), ("sender_name", "sender_address", "reply_to")),
        (str(_("Pace")), ("bulk_per_minute",)),
        (str(_("Reminders")), ("reminders", "reminder_days")),
    )

    def __init__(self, row: MailSettings, submitted: Any) -> None:
        super().__init__(submitted, initial=initial_of(row, (*_SETTINGS, "reminder_days")))
        self.fields |= model_fields(MailSettings, _SETTINGS)
        self.fields["reminder_days"] = DaysField(
            required=False,
            label=_("Days of reminders"),
            help_text=_(
                "From the due date, such as -3, 0, 7, 14: three days before, on the day, and after it."
            ),
        )
        for field in self.fields.values():
            dress(field)
