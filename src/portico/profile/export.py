"""All that is kept about a human, as a ZIP of JSON files that streams (S9.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from zipstream import ZIP_DEFLATED, ZipStream

from portico.access.actors import ContactActor, JobActor
from portico.access.memberships import Membership
from portico.access.models import AuditRecord, User
from portico.access.scope import scope
from portico.access.tenancy import Owned
from portico.access.walls import owned_models
from portico.customers.models import ContactPerson

_SECRET: Final = ("hash", "token", "secret", "password")
_ROWS: Final = 500


def data_of(user: User, opened: Sequence[Membership]) -> Iterator[bytes]:
    """The ZIP, piece by piece: the login, and for each customer everything that points at the person there.

    Each piece is read in a short scope of its own, so that a slow reader holds no transaction open.

    Args:
        user: who is signed in.
        opened: what of them may be read at this address and in this session.
    """
    made = ZipStream(compress_type=ZIP_DEFLATED)  # type: ignore[no-untyped-call]
    login = {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "theme": user.theme,
        "since": user.date_joined,
        "last_sign_in": user.last_login,
    }
    made.add(_json(login), "login.json")
    for number, each in enumerate(opened, 1):
        if not isinstance(each.actor, ContactActor):
            continue
        folder = f"{number:02d}"
        about = {"organisation": each.organisation_name, "customer": each.customer_name}
        made.add(_json(about), f"{folder}/customer.json")
        for model, column in _about_people():
            made.add(_rows(each.actor, model, column), f"{folder}/{model._meta.label_lower}.{column}.json")
    yield from made


def _about_people() -> Iterator[tuple[type[Owned], str]]:
    yield ContactPerson, "id"
    yield AuditRecord, "actor_id"
    for model in owned_models():
        names = {field.name: field for field in model._meta.local_fields}
        for field in names.values():
            if isinstance(field, models.ForeignKey) and field.related_model is ContactPerson:
                yield model, str(field.attname)
        if "actor_id" in names and model is not AuditRecord:
            yield model, "actor_id"


def _rows(actor: ContactActor, model: type[Owned], column: str) -> Iterator[bytes]:
    """A JSON list of rows, a few at a time; as a job, for what the portal does not show, but only this person's."""
    columns = [
        field.attname
        for field in model._meta.local_fields
        if not isinstance(field, models.BinaryField) and not any(word in field.name for word in _SECRET)
    ]
    yield b"["
    last, first = None, True
    while True:
        with scope(JobActor(actor.organisation_id), read_only=True):
            rows = model.objects.filter(organisation_id=actor.organisation_id, **{column: actor.person_id})
            if last is not None:
                rows = rows.filter(pk__gt=last)
            found = list(rows.order_by("pk").values(*columns)[:_ROWS])
        for row in found:
            yield (b"\n" if first else b",\n") + _json(row)
            first = False
        if len(found) < _ROWS:
            break
        last = found[-1][model._meta.pk.attname]
    yield b"\n]\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
