"""An import that is killed half way and started again ends as if it had run once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from portico.access.scope import scope
from portico.importing.models import ImportedDocument, ImportRun
from portico.importing.tests.reading import MAPPING, everything, run, write_csv
from portico.ledger.selfcheck import selfcheck
from portico.testing.people import World, make_world

DOCUMENTS = 3_000
BATCH = 500


def test_killed_half_way_and_started_again_it_ends_as_if_run_once(world: World, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "sales.csv", _rows())
    (tmp_path / "mapping.toml").write_text(MAPPING)
    undisturbed = make_world()
    run(undisturbed, file)

    _import_and_kill(world, file, reached=BATCH)
    left = _documents(world)
    assert BATCH <= left < DOCUMENTS
    assert left % BATCH == 0
    assert selfcheck(world.organisation.pk) == []
    assert not (tmp_path / "sales.rejects.csv").exists()

    report = run(world, file)
    assert report.invoices.unchanged + report.credit_notes.unchanged == left
    assert everything(world) == everything(undisturbed)
    assert selfcheck(world.organisation.pk) == []
    with scope(world.job):
        assert ImportRun.objects.filter(finished_at=None).count() == 1


def _rows() -> list[list[str]]:
    return [
        [f"{'C' if count % 9 == 0 else ''}{count}", f"S{count % 50 + line}", f"Thing {count % 50 + line}",
         f"{'-' if count % 9 == 0 else ''}{line}", "2010-03-04", f"{count % 13 + 1}.25", str(count % 37)]
        for count in range(1, DOCUMENTS + 1)
        for line in (1, 2, 3)
    ]  # fmt: skip


def _documents(world: World) -> int:
    with scope(world.job):
        return ImportedDocument.objects.count()


def _start(world: World, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "portico.config.command", "import", str(file)]
    return subprocess.Popen(
        [
            *command,
            "--mapping",
            str(file.with_name("mapping.toml")),
            "--organisation",
            world.organisation.portal_name,
        ],
        cwd=file.parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _import_and_kill(world: World, file: Path, reached: int) -> None:
    """Import in a process of its own, and kill -9 it as soon as so many documents are in."""
    process = _start(world, file)
    try:
        deadline = time.monotonic() + 120
        while _documents(world) < reached:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
