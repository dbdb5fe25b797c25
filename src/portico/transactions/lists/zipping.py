"""Chosen documents as PDFs in one ZIP, made while it is sent: a few papers are read, typeset, sent and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import ngettext
from zipstream import ZIP_STORED, ZipStream

from portico.access.actors import ContactActor
from portico.access.scope import refuse_open_scope, scope
from portico.kit.errors import InvalidError, NotFoundError
from portico.printing.compile import render_pdf
from portico.printing.papers import Paper
from portico.transactions.lists.listings import Listing
from portico.transactions.looking import look_at
from portico.transactions.models import Document, DocumentView
from portico.transactions.pdf import file_name

MOST: Final = 200
"""As many PDFs go into one ZIP."""
_AT_ONCE: Final = 10


def chosen(actor: ContactActor, listing: Listing, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The chosen documents, each once, in the order of their numbers; one statement, in a scope of its own.

    Raises:
        ForbiddenError: the person may not see these documents.
        InvalidError: none are chosen, or more than MOST.
        NotFoundError: one of them is not there for this actor.
    """
    wanted = set(ids)
    if not 0 < len(wanted) <= MOST:
        raise InvalidError(
            ngettext(
                "Choose at least %(count)d document.",
                "Choose at least one and at most %(count)d documents.",
                MOST,
            )
            % {"count": MOST}
        )
    with scope(actor, read_only=True):
        found = tuple(
            listing.rows(actor).filter(pk__in=wanted).order_by("number").values_list("pk", flat=True)
        )
    if len(found) != len(wanted):
        raise NotFoundError
    return found


def zip_of(actor: ContactActor, listing: Listing, ids: Sequence[UUID], *, viewed: bool) -> Iterator[bytes]:
    """The ZIP, piece by piece; each few papers are read in a scope of their own and typeset outside of it.

    Args:
        actor: who downloads; the ids are from chosen().
        listing: the documents' list.
        ids: which.
        viewed: whether this counts as looking at each of them (S5.5).
    """
    refuse_open_scope()
    language = translation.get_language()
    archive = ZipStream(compress_type=ZIP_STORED)  # type: ignore[no-untyped-call] # a PDF is compressed already
    names: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        # Between two pieces the server may do something else in this thread, in another language.
        with translation.override(language):
            papers = _papers(actor, listing, ids[start : start + _AT_ONCE])
            files = [(row, paper, render_pdf(paper)) for row, paper in papers]
        for _row, paper, content in files:
            archive.add(content, unlike(file_name(paper), names))
            yield from archive.all_files()  # type: ignore[no-untyped-call]
        if viewed:
            with translation.override(language):
                _note_views(actor, listing, [row for row, _paper, _content in files])
    yield from archive.finalize()  # type: ignore[no-untyped-call]


def _papers(actor: ContactActor, listing: Listing, ids: Sequence[UUID]) -> list[tuple[Any, Paper]]:
    kind = listing.kind
    with scope(actor, read_only=True):
        rows = [kind.one(actor, each) for each in ids]
        return [(row, kind.paper(actor, row)) for row in rows]


def unlike(plain: str, taken: set[str]) -> str:
    """INV-0042.pdf, and INV-0042 (2).pdf where that is taken already; the name given back is taken from then on."""
    path, name, count = PurePath(plain), plain, 1
    while name.lower() in taken:
        count += 1
        name = f"{path.stem} ({count}){path.suffix}"
    taken.add(name.lower())
    return name


def _note_views(actor: ContactActor, listing: Listing, rows: Sequence[Any]) -> None:
    """A line in the view log for each; what nobody had seen before is told as its first view."""
    seen: list[UUID] = []
    for row in rows:
        is_first = isinstance(row, Document) and row.first_viewed_at is None
        if is_first and listing.first_look is not None:
            listing.first_look(actor, row.pk)
        elif is_first:
            look_at(actor=actor, document=row, kind=listing.kind.kind, said=row.fingerprint, how="pdf")
        else:
            seen.append(row.pk)
    with scope(actor):
        DocumentView.objects.bulk_create(
            DocumentView(
                organisation_id=actor.organisation_id,
                customer_id=actor.customer_id,
                document_kind=listing.kind.kind,
                document_id=each,
                contact_person_id=actor.person_id,
                how="pdf",
            )
            for each in seen
        )
