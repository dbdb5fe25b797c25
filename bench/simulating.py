"""Payments of many customers in every way, a fifth of them with a fault: how fast, and whether all agrees.

Two processes share them. One pays everywhere, also at the stand-ins of other providers, which it runs; the other pays
at the sandbox bank, and is killed in the midst of it several times and started again.
`python -m bench.simulating NAME BANK COUNT BUYERS SEED FOLDER` is one of them.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, Final

from bench.figures import Figure
from bench.place import ROOT, Place

_DATABASE: Final = "bench_simulation"
_SEED: Final = 20_261
_TIMEOUT: Final = "2"
"""Seconds that a gateway waits: so that what is slower need not be waited for here."""
_EVERYWHERE: Final = "everywhere"
_KILLED: Final = "killed"
_LEAST_SUCCESS: Final = 0.6
_FAULTY: Final = 5
_EVERY: Final = 5.0
"""Seconds between two words on how far it is."""


def simulated(place: Place, *, payments: int, buyers: int, kills: int) -> list[Figure]:
    """Let them pay in two processes, then compare the providers' lists with the books.

    Raises:
        RuntimeError: a process failed, or the providers and the books differ; the text says by what and with which seed.
    """
    from portico.sandbox_bank.running import running_bank

    place.make(_DATABASE)
    luck = Random(_SEED)
    with tempfile.TemporaryDirectory() as made, running_bank(Path(made) / "bank.sqlite3") as bank:
        shares = [
            _Share(place, Path(made), name, (bank.url, str(payments // 2), str(buyers // 2), str(_SEED + at)))
            for at, name in enumerate((_EVERYWHERE, _KILLED))
        ]
        marks = [round(payments / 2 * (at + luck.random()) / kills) for at in range(kills)]
        _watch(shares, payments, marks, luck)
        found = [share.said() for share in shares]
        paid = [line for share in shares for line in share.journal()]
    wrong = [
        each for each in found if any(each[of] for of in ("differences", "findings", "pending", "unexpected"))
    ]
    if wrong:
        raise RuntimeError(f"the providers and the books differ (seed {_SEED}): {wrong}")
    return _figures(paid, found, shares[1].killed)


def _figures(paid: list[dict[str, Any]], found: list[dict[str, Any]], killed: int) -> list[Figure]:
    faults = sum(bool(line["fault"]) for line in paid)
    attempts, succeeded = (sum(each[of] for each in found) for of in ("attempts", "succeeded"))
    refused = Counter(each for line in paid for each in line["refused"])
    strange = set(refused) - set(found[0]["expected"])
    if faults * _FAULTY < len(paid) or succeeded < _LEAST_SUCCESS * attempts or strange:
        raise RuntimeError(f"{faults} faults in {len(paid)}, {succeeded} of {attempts} succeeded, {strange}")
    took = max(line["at"] for line in paid) - min(line["at"] for line in paid)
    _say(f"ways: {Counter(line['way'] for line in paid)}")
    _say(f"faults: {Counter(line['fault'] for line in paid if line['fault'])}")
    _say(f"refused, as it should be: {refused}; {succeeded} of {attempts} attempts succeeded")
    note = (
        f"{len(paid)} by {found[0]['buyers'] + found[1]['buyers']} customers, {faults} with a fault, a process killed"
        f" {killed} times; all agree to the cent; seed {_SEED}"
    )
    whole = [each for line in paid for each in line["seconds"]]
    calm = [each for line in paid if not line["fault"] for each in line["seconds"]]
    return [
        Figure("simulation", "payments, most through the sandbox bank", len(paid) / took, "/s", note=note),
        Figure("simulation", "starting and charging one, p95", _p95(calm), "ms", note="without a fault"),
        Figure("simulation", "the same, faults among them, p95", _p95(whole), "ms"),
    ]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1000


@dataclass
class _Share:
    """One of the processes, with what it leaves behind in a folder."""

    place: Place
    folder: Path
    name: str
    arguments: tuple[str, ...]
    killed: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        with (self.folder / f"{self.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.simulating", self.name, *self.arguments, str(self.folder)],
                env=self.place.environment(_DATABASE, PORTICO_GATEWAY_TIMEOUT=_TIMEOUT),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def kill(self) -> None:
        """As a power cut would, at whatever it is doing; and start it again."""
        self.process.kill()
        self.process.communicate()
        self.killed += 1
        self.start()

    def journal(self) -> list[dict[str, Any]]:
        """The payments it has made, by all its lives."""
        return _read(self.folder / f"{self.name}.jsonl")

    def said(self) -> dict[str, Any]:
        """What it found in the end."""
        said = self.process.communicate()[0]
        if self.process.returncode:
            log = (self.folder / f"{self.name}.log").read_text()[-4000:]
            raise RuntimeError(f"the simulation failed ({self.name}, seed {_SEED}):\n{log}")
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found


def _watch(shares: list[_Share], payments: int, marks: list[int], luck: Random) -> None:
    """Say how far it is, and kill the one that is to be killed when it has come to the next mark."""
    told = begun = time.monotonic()
    while any(share.process.poll() is None for share in shares):
        time.sleep(0.2)
        done = [len(share.journal()) for share in shares]
        if marks and done[1] > marks[0]:
            marks.pop(0)
            time.sleep(luck.random())
            shares[1].kill()
        if time.monotonic() > told + _EVERY:
            told = time.monotonic()
            what = "clearing up" if sum(done) >= payments else f"killed {shares[1].killed} times"
            _say(f"{sum(done)} of {payments} payments in {told - begun:.0f} s, {what}")


def _read(journal: Path) -> list[dict[str, Any]]:
    """Its whole lines: the last may be cut where the process was killed."""
    lines = journal.read_text().splitlines(keepends=True) if journal.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n") and line.startswith("{")]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _main(name: str, bank: str, *more: str) -> None:
    payments, buyers, seed = (int(each) for each in more[:3])
    folder = Path(more[3])
    from bench.place import become

    become(os.environ)
    from tests.fakes.providers import running_providers

    from portico.testing.people import make_world
    from portico.testing.simulation import EXPECTED, Simulation, make_stage

    kept, journal = folder / f"{name}.pickle", folder / f"{name}.jsonl"
    if not kept.exists():
        made = folder / f"{name}.made"
        made.write_bytes(pickle.dumps(make_stage(make_world(), bank, buyers=buyers)))
        made.rename(kept)
    stage = pickle.loads(kept.read_bytes())
    already = len(_read(journal))
    with ExitStack() as stack:
        providers = stack.enter_context(running_providers()) if name == _EVERYWHERE else ()
        lines = stack.enter_context(journal.open("a"))
        lines.write("\n")  # after a line that was cut

        def on_paid(what: Mapping[str, object]) -> None:
            lines.write(json.dumps({**what, "at": time.time()}) + "\n")
            lines.flush()

        simulation = Simulation(stage, seed=seed + 1000 * already, providers=providers, on_paid=on_paid)
        outcome = simulation.run(max(0, payments - already))
    told = {
        of: getattr(outcome, of)
        for of in ("differences", "findings", "pending", "unexpected", "attempts", "succeeded")
    }
    print(json.dumps({**told, "buyers": buyers, "expected": sorted(EXPECTED)}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
