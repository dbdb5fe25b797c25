"""Importing documents from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final, Protocol

from django.db import IntegrityError

from portico.access.actors import Actor, Duty, require_office
from portico.access.scope import refuse_open_scope, scope
from portico.importing.ahead import ahead
from portico.importing.building.documents import DocumentBuilder
from portico.importing.building.grouping import groups, survey
from portico.importing.building.outcome import Built, Outcome, Refused, Skipped
from portico.importing.building.values import Numbers
from portico.importing.collector import collecting_rarely
from portico.importing.errors import MappingError, SourceError
from portico.importing.mapping import Mapping
from portico.importing.mapping.model import Terms
from portico.importing.models import ImportRun
from portico.importing.readers import open_source
from portico.importing.rejects import RejectsFile
from portico.importing.report import Report
from portico.importing.writing.books import Books
from portico.importing.writing.known import Customers, Items
from portico.kit.errors import ConflictError
from portico.organisations.actions import add_payment_terms
from portico.organisations.models import Organisation, PaymentTerms

_MOST_DOCUMENTS: Final = 500
_MOST_LINES: Final = 20_000


class Progress(Protocol):
    """Is told how far the import has come."""

    def __call__(self, done: int, lines: int) -> None:
        """So many lines of so many are done."""


def import_documents(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take customers, items, invoices and credit notes from a CSV or XLSX file, batch by batch.

    Documents are issued with the file's numbers and dates (calendar days as written); nobody is mailed or invited.
    A document is taken as a whole or rejected as a whole. One whose number is there already is left as it is, and
    rejected when the file says something else than last time. Each batch is one transaction, so a run that was
    killed is simply started again.

    Args:
        actor: staff who keep customers, write documents and move money (credit notes do), or a job. Payment terms
            that are missing can be made by an owner or a job only.
        path: the file.
        mapping: how to read it.
        dry_run: find out everything, write nothing into the books.
        rejects: where to write the rejected documents as CSV; the file is made even if there are none.
        progress: told after each batch.

    Raises:
        ForbiddenError: the actor may not.
        SourceError: the file cannot be read; nothing was taken.
        MappingError: the mapping does not fit the file or the organisation; nothing was taken.
        ConflictError: somebody wrote the same number or customer at the same moment; start again.
    """
    for duty in (Duty.KEEP_CUSTOMERS, Duty.WRITE_DOCUMENTS, Duty.MOVE_MONEY):
        require_office(actor, duty)
    refuse_open_scope()
    source = open_source(path, mapping.file)
    if rejects is not None and rejects.resolve() == path.resolve():
        raise SourceError("The rejects cannot be written over the file itself.")
    with scope(actor):
        organisation = Organisation.objects.visible_to(actor).get()
        terms = _payment_terms(actor, organisation, mapping.payment_terms, dry_run=dry_run)
    builder = DocumentBuilder(mapping, source.header, organisation, terms)
    surveyed = survey(source, mapping)
    report = Report(path.name, organisation.name, dry_run, surveyed.lines)
    customers = Customers(terms, dry_run=dry_run)
    items = Items(organisation, surveyed, Numbers(mapping.file), dry_run=dry_run)
    run = ImportRun(organisation=organisation, file_name=path.name[:255], mapping_name=mapping.name[:255])
    books = Books(actor, run, customers, items, dry_run=dry_run)
    outcomes = (builder.build(rows) for rows in groups(source, mapping, surveyed.sizes))
    done = 0
    to_mend = RejectsFile(rejects, source.header, mapping.file) if rejects else nullcontext()
    with collecting_rarely(), to_mend as rejects_file:
        for batch in ahead(_batches(outcomes)):
            _take(batch, books, report, rejects_file)
            done += sum(len(outcome.rows) for outcome in batch)
            if progress is not None:
                progress(done, surveyed.lines)
        books.finish()
    report.customers_new, report.customers_known = customers.new, customers.known
    report.customers_described_differently = customers.described_differently
    report.items_new, report.items_known = items.new, items.known
    return report


def _take(batch: Sequence[Outcome], books: Books, report: Report, rejects: RejectsFile | None) -> None:
    try:
        taken = books.take([outcome for outcome in batch if isinstance(outcome, Built)])
    except IntegrityError as error:
        raise ConflictError(
            "Somebody wrote the same number or customer at the same moment. What was imported so far is complete;"
            f" start the import again for the rest. ({str(error).splitlines()[0]})"
        ) from error
    refused = {id(each.rows): each for each in taken.refused}
    for built in taken.new:
        report.documents[built.kind].add(built.document.total)
    for built in taken.unchanged:
        report.documents[built.kind].unchanged += 1
    for outcome in batch:
        if isinstance(outcome, Skipped):
            report.skip(outcome.reason, len(outcome.rows))
        found = outcome if isinstance(outcome, Refused) else refused.get(id(outcome.rows))
        if found is not None:
            report.reject(list(found.problems), len(found.rows))
            if rejects is not None:
                rejects.add(found.rows, found.problems)


def _batches(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    """Batches of documents; the same file always gives the same batches."""
    batch: list[Outcome] = []
    lines = 0
    for outcome in outcomes:
        batch.append(outcome)
        lines += len(outcome.rows)
        if len(batch) >= _MOST_DOCUMENTS or lines >= _MOST_LINES:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def _payment_terms(
    actor: Actor, organisation: Organisation, wanted: Terms | None, *, dry_run: bool
) -> PaymentTerms | None:
    """The organisation's payment terms of this name; made when they are missing."""
    if wanted is None:
        return None
    found = PaymentTerms.objects.filter(organisation=organisation, name=wanted.name).first()
    if found is None:
        found = PaymentTerms(organisation=organisation, name=wanted.name, rule=wanted.rule, days=wanted.days)
        if not dry_run:
            found = add_payment_terms(actor=actor, name=wanted.name, rule=wanted.rule, days=wanted.days)
    elif (found.rule, found.days) != (wanted.rule, wanted.days):
        raise MappingError(
            f"payment_terms: {organisation.name} has terms called “{found.name}” already, with {found.days} days"
            f" ({found.get_rule_display().lower()}). Give these another name, or the same days.",
            field="payment_terms",
        )
    return found
