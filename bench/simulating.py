"""Payments of many customers through the sandbox bank, a fifth of them with a fault: how fast, and whether all agrees.

`python -m bench.simulating BANK COUNT BUYERS SEED` runs one share of it in a process of its own and prints what it came to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from bench.figures import Figure
from bench.place import ROOT, Place

_DATABASE: Final = "bench_simulation"
_PROCESSES: Final = 2
_SEED: Final = 20_261


def simulated(place: Place, *, payments: int, buyers: int) -> list[Figure]:
    """Let them pay in two processes, then compare the bank's list with the books.

    Raises:
        RuntimeError: a process failed, or the bank and the books differ; the text says by what and with which seed.
    """
    from portico.sandbox_bank.running import running_bank

    place.make(_DATABASE)
    with tempfile.TemporaryDirectory() as folder, running_bank(Path(folder) / "bank.sqlite3") as bank:
        shares = [
            subprocess.Popen(
                [
                    sys.executable, "-m", "bench.simulating", bank.url, str(payments // _PROCESSES),
                    str(buyers // _PROCESSES), str(_SEED + number),
                ],
                env=place.environment(_DATABASE),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(_PROCESSES)
        ]  # fmt: skip
        said = [share.communicate()[0] for share in shares]
    if any(share.returncode for share in shares):
        raise RuntimeError("the simulation failed:\n" + "\n".join(said))
    found: list[dict[str, Any]] = [json.loads(each.splitlines()[-1]) for each in said]
    wrong = [each for each in found if each["differences"] or each["findings"] or each["pending"]]
    if wrong:
        raise RuntimeError(f"the bank and the books differ: {wrong}")
    seconds = [each for share in found for each in share["seconds"]]
    faults = sum(share["made"].get("fault", 0) for share in found)
    took = max(share["took"] for share in found)
    note = f"{payments} by {buyers} customers, {faults} with a fault; all agree to the cent; seed {_SEED}"
    return [
        Figure("simulation", "payments through the sandbox bank", payments / took, "/s", note=note),
        Figure("simulation", "starting and charging one, p95", quantiles(seconds, n=20)[-1] * 1000, "ms"),
    ]


def _main(bank: str, payments: int, buyers: int, seed: int) -> None:
    from bench.place import become

    become(os.environ)
    from portico.testing.people import make_world
    from portico.testing.simulation import Simulation
    from portico.testing.till import open_till

    outcome = Simulation(open_till(make_world(), bank), buyers=buyers, seed=seed).run(payments, threads=4)
    print(
        json.dumps(
            {
                "seconds": outcome.seconds,
                "took": outcome.took,
                "made": outcome.made,
                "differences": outcome.differences,
                "findings": outcome.findings,
                "pending": outcome.pending,
            }
        )
    )


if __name__ == "__main__":
    _main(sys.argv[1], *(int(each) for each in sys.argv[2:5]))
