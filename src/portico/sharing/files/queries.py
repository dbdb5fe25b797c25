"""The files a person may see: a page of them, the latest few, one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from portico.access.actors import Actor
from portico.sharing.files.content import type_of
from portico.sharing.files.models import SharedFile
from portico.transactions.lists import Asked, Count, count_rows, read_page

LATEST: Final = 3
"""How many Home shows."""
_COLUMNS: Final = ("id", "name", "note", "side", "shared_by", "shared_on", "media_type", "size", "opened_at")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a list; `size` is in bytes, `shared_on` in the organisation's time zone."""

    id: UUID
    name: str
    note: str
    kind: str
    is_ours: bool
    shared_by: str
    shared_on: dt.date
    size: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class FileList:
    """One page of the list."""

    rows: tuple[FileRow, ...]
    offset: int | None
    previous: str | None
    next: str | None
    count: Count


def file_list(actor: Actor, asked: Asked) -> FileList:
    """One page of what was asked for; two statements at most."""
    rows = SharedFile.objects.visible_to(actor).filter(asked.rows)
    page = read_page(rows.values(*_COLUMNS), asked.sections, asked.order, asked.cursor, asked.size)
    listed = tuple(_row(values) for _section, values in page.rows)
    return FileList(listed, page.offset, page.previous, page.next, page.whole or count_rows(rows))


def latest_files(actor: Actor) -> tuple[FileRow, ...]:
    """The latest few, and one more where there are more; one statement."""
    rows = SharedFile.objects.visible_to(actor).order_by("-shared_on", "-id").values(*_COLUMNS)
    return tuple(map(_row, rows[: LATEST + 1]))


def _row(values: Mapping[str, Any]) -> FileRow:
    is_ours = values["side"] == SharedFile.Side.CUSTOMER
    return FileRow(
        id=values["id"],
        name=values["name"],
        note=values["note"],
        kind=type_of(values["media_type"]).label,
        is_ours=is_ours,
        shared_by=values["shared_by"],
        shared_on=values["shared_on"],
        size=values["size"],
        is_new=not is_ours and values["opened_at"] is None,
    )
