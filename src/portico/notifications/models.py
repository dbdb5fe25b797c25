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
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="notification_by_time")]

    def __str__(self) -> str:
        return self.title


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key", "to"], name="mail_once")]
        indexes = [
            models.Index(
                fields=["organisation", "created_at"], name="mail_waiting", condition=models.Q(sent_at=None)
            )
        ]


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
