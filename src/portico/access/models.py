"""People who can sign in, and the audit trail of what was done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from portico.access.tenancy import Owned, Tenancy
from portico.kit import clock
from portico.kit.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """Make a person who can sign in; without a password only by code or link."""
        user = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One human, one login; contact persons and staff members point here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)
    theme = models.CharField(max_length=5, blank=True, choices=[("light", "Light"), ("dark", "Dark")])
    last_customer = models.UUIDField(null=True, editable=False, help_text="The customer last switched to.")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the office.")
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email


class AuditRecord(Owned):
    """One thing somebody did: who, what, to what, when. Never changed, never deleted."""

    tenancy = Tenancy.STAFF

    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    summary = models.TextField(blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-at"], name="audit_by_time"),
            models.Index(fields=["organisation", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return self.summary[:100] or self.action.replace("_", " ").capitalize()
