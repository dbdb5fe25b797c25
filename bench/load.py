"""Many at once: `python -m bench.load` is a process of its own that asks for pages over kept-alive connections."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.place import ROOT
from bench.wire import Wire

_MOST_SECONDS: Final = 30.0
_MOST_CLIENTS: Final = 16


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests were answered in how many seconds."""

    requests: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def load(*, port: int, cookie: str, paths: Sequence[str], clients: int, seconds: float, folder: Path) -> Load:
    """Let so many clients ask for the paths, one after the other and round again, for so long; from a process of its own."""
    file = folder / "load.json"
    asked = {"port": port, "cookie": cookie, "paths": list(paths), "clients": clients, "seconds": seconds}
    file.write_text(json.dumps(asked), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", str(file)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    requests, took = json.loads(done.stdout)
    return Load(requests, took)


def _clients(port: int, cookie: str, paths: Sequence[str], clients: int, seconds: float) -> tuple[int, float]:
    """Ask from so many threads; how many answers, in how many seconds."""
    counts = [0] * clients
    wires = [Wire(port, cookie) for _ in range(clients)]
    for index, wire in enumerate(wires):
        wire.get(paths[index % len(paths)])
    begun = time.perf_counter()
    until = begun + min(seconds, _MOST_SECONDS)

    def ask(index: int) -> None:
        at = index
        while time.perf_counter() < until:
            wires[index].get(paths[at % len(paths)])
            at += clients
            counts[index] += 1

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), time.perf_counter() - begun


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("asked", type=Path, help="a JSON file: port, cookie, paths, clients, seconds")
    asked = json.loads(parser.parse_args().asked.read_text(encoding="utf-8"))
    clients = min(asked["clients"], _MOST_CLIENTS)
    print(json.dumps(_clients(asked["port"], asked["cookie"], asked["paths"], clients, asked["seconds"])))


if __name__ == "__main__":
    _main()
