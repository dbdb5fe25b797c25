"""Notifications for staff, the outbox of e-mails, and what each person wants to hear of."""

from __future__ import annotations

from django.db import models

from portico.access.tenancy import CustomerOwned, Owned, Tenancy
from portico.kit import clock


class Notification(Owned):
    """Something staff should hear of, in the office's list (S5.5, preference 6)."""

    tenancy = Tenancy.STAFF

    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, null=True, related_name="+")
    document_kind = models.CharField(max_length=20, blank=True)
    document_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="notification_by_time")]

    def __str__(self) -> str:
        return self.title


class Notice(Owned):
    """That one staff member is told of a notification: whether they have read it, and whether a digest told them."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="notices")
    staff_member = models.ForeignKey(
        "organisations.StaffMember", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=clock.now)
    in_app = models.BooleanField(default=True)
    in_digest = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "staff_member"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["staff_member", "-at"],
                name="notice_unread",
                condition=models.Q(in_app=True, read_at=None),
            ),
            models.Index(
                fields=["organisation", "staff_member"],
                name="notice_for_digest",
                condition=models.Q(in_digest=True, digested_at=None),
            ),
        ]


class MailPace(models.TextChoices):
    """When a staff member is e-mailed about an event."""

    NOW = "now", "At once"
    DAILY = "daily", "In the daily digest"
    NEVER = "never", "Never"


class StaffChoice(Owned):
    """How a staff member wants to hear of one group of events; who said nothing hears both ways at once."""

    staff_member = models.ForeignKey(
        "organisations.StaffMember", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.CharField(max_length=20)
    in_app = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=MailPace, default=MailPace.NOW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff_member", "group"], name="staff_choice_once"),
        ]


class Mail(Owned):
    """One e-mail: written in the transaction of what it tells, sent once by a job."""

    tenancy = Tenancy.STAFF

    key = models.CharField(max_length=200, help_text="What it is about and for whom; the same is sent once.")
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(
        max_length=12, blank=True, help_text="The reader's; empty: the organisation's."
    )
    event = models.CharField(
        max_length=40, blank=True, help_text="Why, when a person may choose not to have it."
    )
    person_id = models.UUIDField(null=True, help_text="The contact person it is for.")
    attachment_kind = models.CharField(max_length=20, blank=True)
    attachment_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, help_text="When a job last took it for sending.")
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(null=True, help_text="Until when a mail of many waits for its turn.")
    gave_up_at = models.DateTimeField(null=True, help_text="When no job tries it any more.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key", "to"], name="mail_once")]
        indexes = [
            models.Index(
                fields=["organisation", "created_at"],
                name="mail_waiting",
                condition=models.Q(sent_at=None, gave_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.subject


class ContactChoice(CustomerOwned):
    """What a contact person said about one kind of e-mail; who said nothing gets it."""

    contact_person = models.ForeignKey(
        "customers.ContactPerson", on_delete=models.CASCADE, related_name="mail_choices"
    )
    event = models.CharField(max_length=40)
    wanted = models.BooleanField()
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact_person", "event"], name="mail_choice_once"),
        ]


class BouncingAddress(Owned):
    """An address whose mail server said that nobody is there; nothing is sent to it until staff say otherwise."""

    address = models.EmailField(help_text="In lower case.")
    since = models.DateTimeField(default=clock.now)
    reason = models.TextField(blank=True)
    cleared_at = models.DateTimeField(null=True, help_text="When staff said to write there again.")

    class Meta:
        verbose_name_plural = "bouncing addresses"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "address"], name="bouncing_address_once"),
        ]

    def __str__(self) -> str:
        return self.address


def usual_reminder_days() -> list[int]:
    """Three days before the due date, on it, and one and two weeks after."""
    return [-3, 0, 7, 14]


class MailSettings(Owned):
    """How an organisation's e-mails leave, and when customers are reminded."""

    organisation = models.OneToOneField(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="mail_settings"
    )
    sender_name = models.CharField(max_length=200, blank=True, help_text="Empty: the organisation's name.")
    sender_address = models.EmailField(
        blank=True, help_text="Must be one that your mail server may send from. Empty: the server's own."
    )
    reply_to = models.EmailField(blank=True, help_text="Where answers go. Empty: the organisation's address.")
    bulk_per_minute = models.PositiveSmallIntegerField(
        "Reminders, statements and invitations per minute", default=120, help_text="0: as fast as it goes."
    )
    reminders = models.BooleanField("Remind customers of invoices that are due", default=False)
    reminder_days = models.JSONField(
        default=usual_reminder_days, help_text="Days from the due date; before it they are negative."
    )

    class Meta:
        verbose_name_plural = "mail settings"

    def __str__(self) -> str:
        return "E-mail and reminders"


class CustomerMails(CustomerOwned):
    """What staff decided about e-mails to one customer."""

    no_reminders = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "e-mails to customers"
        constraints = [models.UniqueConstraint(fields=["customer"], name="customer_mails_once")]


class Reminder(CustomerOwned):
    """That a customer was reminded of an invoice, for one step of the schedule: each step once."""

    invoice_id = models.UUIDField()
    step = models.SmallIntegerField(help_text="Days from the due date.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice_id", "step"], name="reminder_once")]
