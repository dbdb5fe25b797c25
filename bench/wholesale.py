"""The wholesaler's file, imported whole by `portico import`, against a sum over it made without Portico.

`python -m bench.wholesale FILE` does it in a process of its own, whose database is empty, and prints what it found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bench.figures import Figure
from bench.place import ROOT, Place

FILE: Final = ROOT.parent / "shared" / "data" / "online-retail-2009-2010.csv.gz"
MAPPING: Final = ROOT / "examples" / "online-retail.toml"
_DATABASE: Final = "bench_import"
_BUSIEST: Final = "14911"
_SECONDS: Final = 60.0
_MEGABYTES: Final = 500.0


def wholesale(place: Place, *, runs: int) -> list[Figure]:
    """Seconds and memory of the import, each time into an empty database, and whether the books equal the file."""
    file = Path(os.environ.get("PORTICO_BENCH_FILE", str(FILE)))
    if not file.exists():
        note = f"left out: {file.name} is not there (PORTICO_BENCH_FILE names it)"
        return [Figure("import", "the wholesaler's file", None, "s", _SECONDS, note=note)]
    found: list[dict[str, Any]] = []
    for run in range(runs):
        place.make(_DATABASE)
        command = [sys.executable, "-m", "bench.wholesale", str(file), *([] if run else ["--check"])]
        done = subprocess.run(
            command, env=place.environment(_DATABASE), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the import failed:\n{done.stdout}{done.stderr}")
        found.append(json.loads(done.stdout))
    seconds = sorted(each["seconds"] for each in found)
    memory = max(each["megabytes"] for each in found)
    differences = found[0]["differences"]
    return [
        Figure("import", "525,461 lines", seconds[len(seconds) // 2], "s", _SECONDS, runs=tuple(seconds)),
        Figure("import", "memory at its peak", memory, "MB", _MEGABYTES),
        Figure(
            "import",
            "differences from an independent sum",
            len(differences),
            "",
            0,
            note="; ".join([found[0]["said"], *differences[:3]]),
        ),
    ]


def _run(file: Path) -> tuple[float, float]:
    """Import the file; seconds, and megabytes of memory at the peak of that process alone."""
    command = [sys.executable, "-m", "portico.config.command", "import", str(file), "--mapping", str(MAPPING)]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=os.environ["PORTICO_DATA"], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("portico import failed")
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return time.perf_counter() - begun, peak


def _differences(file: Path) -> tuple[list[str], str]:
    """Where the books say something else than the file; and what they say, in words."""
    from django.db.models import Sum

    from portico.access.actors import ContactActor, JobActor, Permission
    from portico.access.scope import scope
    from portico.credit_notes.models import CreditNote
    from portico.customers.models import ContactPerson, Customer
    from portico.importing.organisation import find_organisation
    from portico.importing.tests.independent_sum import independent_sum
    from portico.invoices.models import Invoice
    from portico.kit.ids import new_id
    from portico.kit.money import Money
    from portico.ledger.selfcheck import selfcheck
    from portico.statements.queries import statement
    from portico.statements.spans import Span

    sums = independent_sum(file)
    organisation = find_organisation()
    totals: dict[str, Decimal] = defaultdict(Decimal)
    with scope(JobActor(organisation.pk)):
        pairs: dict[str, tuple[Any, Any]] = {
            "invoices": (Invoice.objects.count(), sums.invoices),
            "credit notes": (CreditNote.objects.count(), sums.credit_notes),
            "customers": (Customer.objects.exclude(customer_number="").count(), len(sums.totals)),
        }
        for model, sign in ((Invoice, 1), (CreditNote, -1)):
            rows = model.objects.values_list("customer__customer_number").annotate(Sum("total"))
            for number, amount in rows.order_by():
                totals[number] += sign * amount
        person = ContactPerson.objects.get(customer__customer_number=_BUSIEST)
    pairs |= {
        f"total of {number}": (totals.get(number), sums.totals.get(number))
        for number in totals.keys() | sums.totals.keys()
    }
    actor = ContactActor(
        organisation.pk, person.customer_id, person.pk, new_id(), "Busy", frozenset(Permission)
    )
    with scope(actor, read_only=True):
        whole = statement(actor, "GBP", Span(date(2009, 12, 1), date(2010, 12, 31)))
        seen = Invoice.objects.visible_to(actor).count()
    pairs[f"invoices {_BUSIEST} sees"] = (seen, sums.invoices_of[_BUSIEST])
    pairs[f"closing balance of {_BUSIEST}"] = (whole.closing.amount, sums.totals[_BUSIEST])
    added = whole.opening
    for line in whole.lines:
        added += line.charge or line.payment or Money.zero("GBP")
    pairs[f"statement of {_BUSIEST} added up"] = (added.amount, sums.totals[_BUSIEST])
    different = [f"{name}: {ours}, not {theirs}" for name, (ours, theirs) in pairs.items() if ours != theirs]
    different += [f"selfcheck: {finding}" for finding in selfcheck(organisation.pk)]
    said = (
        f"{sums.invoices:,} invoices, {sums.credit_notes:,} credit notes, {len(sums.totals):,} customers;"
        f" {_BUSIEST}: {seen} invoices, balance {whole.closing}"
    )
    return different, said


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="hold the books against the file afterwards")
    options = parser.parse_args()
    from bench.place import become

    become(os.environ)
    from portico.testing.people import make_world

    make_world("GBP", name="Online Retail")
    seconds, megabytes = _run(options.file)
    differences, said = _differences(options.file) if options.check else ([], "")
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "differences": differences, "said": said}))


if __name__ == "__main__":
    _main()
