"""`portico import FILE --mapping FILE.toml`: documents from a CSV or XLSX file."""

# ruff: noqa: N999 (the file is named for the command)
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portico.access.actors import JobActor
from portico.importing.actions import Progress as ToldProgress
from portico.importing.actions import import_documents
from portico.importing.mapping import load_mapping
from portico.importing.organisation import find_organisation
from portico.importing.report import Report
from portico.kit.errors import PorticoError

_SHOWN: Final = 100
_NAMES: Final = 99


class Command(BaseCommand):
    """Imports customers, items, invoices and credit notes."""

    help = "Import customers, items, invoices and credit notes from a CSV (also .gz) or XLSX file."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV (also .gz) or XLSX file with a header line")
        parser.add_argument(
            "--mapping", type=Path, required=True, metavar="FILE.toml", help="says which column means what"
        )
        parser.add_argument("--organisation", default="", metavar="NAME", help="its name or portal name")
        parser.add_argument("--dry-run", action="store_true", help="report what would be done; write nothing")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="where rejected documents go, as CSV, to be mended and imported again"
            " (default: <file>.rejects.csv in the current folder; in a dry run only when named)",
        )

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        dry_run: bool = options["dry_run"]
        named: Path | None = options["rejects"]
        rejects = named or (None if dry_run else _free_name(path))
        try:
            organisation = find_organisation(options["organisation"])
            mapping = load_mapping(options["mapping"])
            with _progress() as progress:
                report = import_documents(
                    actor=JobActor(organisation.pk, "Import"),
                    path=path,
                    mapping=mapping,
                    dry_run=dry_run,
                    rejects=rejects,
                    progress=progress,
                )
        except PorticoError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Broken off. What was written so far is complete; start again for the rest.", returncode=130
            ) from None
        if rejects is not None and named is None and not report.rejected_documents:
            rejects.unlink()
            rejects = None
        self._tell(report, rejects)

    def _tell(self, report: Report, rejects: Path | None) -> None:
        for line in report.text():
            self.stdout.write(line)
        shown = report.problems if rejects is None else report.problems[:_SHOWN]
        for problem in shown:
            self.stdout.write(f"    {problem}")
        if report.problem_count > len(shown):
            rest = report.problem_count - len(shown)
            where = f"in {rejects}" if rejects else "to be had in a file with --rejects FILE"
            self.stdout.write(f"    … and {rest:,} more, {where}")
        if rejects is not None and report.rejected_documents:
            self.stdout.write(f"  The rejected documents are in {rejects}: mend and import that file.")


def _free_name(path: Path) -> Path:
    """A name for the rejects that takes no earlier file's place: somebody may be mending that one."""
    stem = path.name
    for ending in (".gz", ".csv", ".xlsx", ".xlsm", ".rejects"):
        stem = stem.removesuffix(ending)
    for count in range(1, _NAMES):
        found = Path(f"{stem}.rejects{f'-{count}' if count > 1 else ''}.csv")
        if not found.exists():
            return found
    raise CommandError(
        f"There are {_NAMES} files of rejects for {path.name} already. Name one with --rejects."
    )


@contextmanager
def _progress() -> Iterator[ToldProgress]:
    """A bar on a terminal; elsewhere a line for each tenth."""
    if not sys.stderr.isatty():
        yield _tenths()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading", total=None)

        def told(done: int, lines: int) -> None:
            bar.update(task, description="Lines", completed=done, total=lines)

        yield told


def _tenths() -> ToldProgress:
    told = 0

    def progress(done: int, lines: int) -> None:
        nonlocal told
        tenth = done * 10 // max(lines, 1)
        if tenth > told:
            told = tenth
            sys.stderr.write(f"{done:,} of {lines:,} lines\n")
            sys.stderr.flush()

    return progress
