"""Prism between an adapter and a stand-in: requests and answers are held against the provider's own description."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portico.testing.ports import free_port

ROOT = Path(__file__).parents[2]
PRISM = ROOT / "tools/prism/node_modules/.bin/prism"
START_SECONDS = 60


def descriptions(provider: str) -> Path:
    """The folder of a provider's OpenAPI files, which are not part of this repository."""
    return Path(os.environ.get("PORTICO_CONTRACTS", ROOT.parent / "shared/contracts")) / provider


def missing(provider: str) -> str:
    """Why a provider's description cannot be spoken through; empty when it can."""
    if not descriptions(provider).is_dir():
        return f"no descriptions of {provider}'s API in {descriptions(provider)}"
    return "" if PRISM.exists() else "Prism is not installed (sh tools/prism.sh)"


@contextmanager
def prism_before(provider: str, upstream: str, folder: Path) -> Iterator[str]:
    """Prism's address; it answers 4xx or 500 itself to what the description does not allow, either way."""
    merged, log, port = folder / "merged.json", folder / "prism.log", free_port()
    subprocess.run(
        ["node", ROOT / "tools/prism/merge.cjs", descriptions(provider), merged],
        check=True,
        timeout=START_SECONDS,
    )
    command = [str(PRISM), "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(merged), upstream]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            ends = time.monotonic() + START_SECONDS
            while "is listening" not in log.read_text():
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(log.read_text()[-2000:])
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
