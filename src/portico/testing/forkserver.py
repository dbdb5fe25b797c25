"""Processes of the site that start quickly: forked from one that has imported the libraries, not Portico.

Each reads its settings, and imports all of Portico, as a process started from the command line does; what it is spared
is the reading of Django and the other libraries, two thirds of its start. The demo's tests start the commands themselves.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

NOT_THE_SITES: Final = frozenset(
    {
        "__main__",
        "_hypothesis_pytestplugin",
        "_pytest",
        "axe_playwright_python",
        "bench",
        "conftest",
        "execnet",
    }
    | {
        "hypothesis",
        "playwright",
        "pluggy",
        "portico",
        "pytest",
        "pytest_django",
        "sitecustomize",
        "tests",
        "xdist",
    }
)
"""Packages that the test process has loaded and the site does not, or is to load by itself."""


class Forked:
    """A process that is not this one's child, but a child of the fork server."""

    def __init__(self, pid: int) -> None:
        self.pid: Final = pid
        self._ended: Final = os.pidfd_open(pid)

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return not self._waited(0)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        return self._waited(seconds)

    def _waited(self, seconds: float) -> bool:
        return bool(select.select([self._ended], [], [], seconds)[0])

    def __del__(self) -> None:
        os.close(self._ended)


class ForkServer:
    """Started with the first process of the site; ends with the test process."""

    def __init__(self) -> None:
        modules = [name for name in sys.modules if name.partition(".")[0] not in NOT_THE_SITES]
        self._server = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        )
        atexit.register(self._stop)
        self._ask({"modules": modules})

    def start(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Start `portico` with these arguments, in a process group of its own, writing to the end of a file."""
        answer = self._ask({"arguments": arguments, "environment": dict(environment), "log": str(log)})
        return Forked(int(answer))

    def _stop(self) -> None:
        self._server.communicate()

    def _ask(self, what: Mapping[str, object]) -> str:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(what) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        assert answer, "the fork server has ended"
        return answer


@functools.cache
def fork_server() -> ForkServer:
    """The one of this process."""
    return ForkServer()


def serve() -> None:
    """Import what the test process names, then fork for each line that asks for it, until there is no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended leaves nothing behind
    for name in json.loads(sys.stdin.readline())["modules"]:
        with suppress(Exception):  # some are imported only once there are settings
            importlib.import_module(name)
    loaded = [name for name in sys.modules if name.startswith("portico.") and name != __spec__.name]
    assert loaded == ["portico.testing"], loaded
    assert threading.active_count() == 1  # no other would survive the fork
    gc.collect()
    gc.freeze()
    print("ready", flush=True)  # noqa: T201 (the answer)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked["arguments"], asked["environment"], asked["log"])
        print(pid, flush=True)  # noqa: T201 (the answer)


def _become(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """Be what the command line would have started, to its end."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND)
    for ours, theirs in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(ours, theirs)
    sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.path[:0] = [folder for folder in environment.get("PYTHONPATH", "").split(os.pathsep) if folder]
    with suppress(ModuleNotFoundError):
        importlib.import_module("sitecustomize")  # as Python does when it starts
    sys.argv = ["portico", *arguments]
    for name in [name for name in sys.modules if name.partition(".")[0] == "portico"]:
        del sys.modules[name]
    runpy.run_module("portico.config.command", run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    serve()
