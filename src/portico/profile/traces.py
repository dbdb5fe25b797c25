"""Taking a person's name and address out of every table that may be without them (S9.3).

Derived from the models, so a new table is covered from its first migration on; what is kept is named, with its law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from portico.access.models import AuditRecord, User
from portico.access.tenancy import Owned
from portico.access.walls import owned_models
from portico.customers.models import ContactPerson, Customer, DetailChange, SignUp
from portico.notifications.models import Mail

NOBODY: Final = "Erased person"
KEPT: Final = {
    "invoices": "tax law keeps issued documents as they were sent",
    "credit_notes": "tax law keeps issued documents as they were sent",
    "retainers": "tax law keeps issued documents as they were sent",
    "sales_orders": "commercial law keeps orders",
    "payments": "tax law keeps payments, with who paid",
    "ledger": "the books",
    "items": "what is sold, not who buys",
    "organisations": "the organisation itself and its staff",
}
"""Apps whose rows stay as they are, with the reason; the audit of these stays too."""

CODES: Final = frozenset(
    {
        *(
            "currency",
            "country",
            "language",
            "portal_language",
            "media_type",
            "storage_key",
            "sha256",
            "digest",
        ),
        *("event", "group", "how", "key", "document_kind", "attachment_kind", "actor_kind", "made_by_kind"),
        *("number", "external_id", "plan_code", "cursor", "mapping_name", "reminder_days", "tax_number"),
        *("token_hash", "invitation_token_hash", "code_hash", "browser_hash"),
    }
)
"""Columns that programs read: in them a word that is somebody's name as well, such as “application”, means no person."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Whom to look for."""

    organisation_id: UUID
    customer_id: UUID
    person_id: UUID
    name: str
    email: str

    @property
    def nowhere(self) -> str:
        """What stands in place of the address; of its own for each, so that nothing that is once becomes twice."""
        return f"erased-{self.person_id.hex[-12:]}@erased.invalid"

    @property
    def address_pattern(self) -> str:
        """The address as a regular expression of PostgreSQL; of an empty one, what is nowhere."""
        return rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-])" if self.email else "(?!)"

    @property
    def name_pattern(self) -> str:
        """The full name as whole words."""
        return rf"(?<!\w){re.escape(self.name)}(?!\w)" if self.name else "(?!)"


def erase_traces(trace: Trace) -> None:
    """Replace the name and the address wherever they stand and may go; within a scope of staff.

    The name is looked for in what belongs to the customer, and in e-mails; the address everywhere.
    """
    Mail.objects.filter(to__iexact=trace.email).update(subject="", text="", html="")
    about = DetailChange.objects.filter(customer_id=trace.customer_id, subject_id=trace.person_id)
    about.update(subject=NOBODY, changes={})
    for model in owned_models():
        if model is AuditRecord or model._meta.app_label in KEPT:
            continue
        for field in model._meta.local_fields:
            if (
                isinstance(field, models.CharField | models.TextField | models.JSONField)
                and not field.choices
            ):
                _replace(model, field, trace)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT profile_erase_audit(%s, %s, %s, %s, %s)",
            [trace.person_id, trace.address_pattern, trace.name_pattern, trace.nowhere, NOBODY],
        )


def erase_login(user: User) -> None:
    """Make a login nobody's: nothing of the human stays with it, and what hangs on it goes."""
    SignUp.objects.filter(email__iexact=user.email).delete()
    for model in _hanging_on_logins():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is User:
                model._default_manager.filter(**{field.name: user}).delete()
    user.email = f"erased-{user.pk.hex[-12:]}@erased.invalid"
    user.name, user.language, user.theme, user.last_customer = NOBODY, "", "", None
    user.is_active = False
    user.set_unusable_password()
    user.save()


_NO_KEY: Final = r'(?![^"]*":)'
"""After a word in JSON as text: it does not stand in a key, which programs read."""


def _hanging_on_logins() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if not issubclass(model, Owned) and model is not User and not model._meta.proxy:
            yield model


def _replace(model: type[Owned], field: models.Field[Any, Any], trace: Trace) -> None:
    of_customer = _customer_column(model)
    text = sql.Identifier(str(field.column))
    is_json = isinstance(field, models.JSONField)
    here = sql.SQL("{}::text" if is_json else "{}").format(text)
    names = of_customer is not None or model in (Mail, ContactPerson)
    pattern = trace.name_pattern if names and model is not Customer and field.name not in CODES else "(?!)"
    if is_json:
        pattern += _NO_KEY
    made: sql.Composable = sql.SQL(
        "regexp_replace(regexp_replace({}, %(address)s, %(nowhere)s, 'gi'), %(name)s, %(nobody)s, 'g')"
    ).format(here)
    if is_json:
        made = sql.SQL("({})::jsonb").format(made)
    elif field.max_length:
        made = sql.SQL("left({}, {})").format(made, sql.Literal(field.max_length))
    where = [
        sql.SQL("organisation_id = %(organisation)s"),
        sql.SQL("({0} ~* %(address)s OR {0} ~ %(name)s)").format(here),
    ]
    if of_customer is not None:
        column = sql.Identifier(of_customer)
        where.append(sql.SQL("({0} = %(customer)s OR {0} IS NULL)").format(column))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(
                sql.Identifier(model._meta.db_table), text, made, sql.SQL(" AND ").join(where)
            ),
            {
                "address": trace.address_pattern,
                "nowhere": trace.nowhere,
                "name": pattern,
                "nobody": NOBODY,
                "organisation": trace.organisation_id,
                "customer": trace.customer_id,
            },
        )


def _customer_column(model: type[Owned]) -> str | None:
    if model is Customer:
        return "id"
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is Customer:
            return str(field.column)
    return None
