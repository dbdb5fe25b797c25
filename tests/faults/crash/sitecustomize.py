"""Lets a test kill a process of the site at a named step: Python runs this file at start when it is on the path.

PORTICO_TEST_CRASH names a file. While that file holds “module:function:before” or “…:after”, the process that comes
to that step empties the file and kills itself (SIGKILL: no clean-up, no answer, as in a power cut).
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

STEPS: dict[str, tuple[str, ...]] = {
    "portico.payments.actions.start": ("start_payment",),
    "portico.payments.actions.submit": ("claim", "keep_reference"),
    "portico.payments.actions.settle": ("settle",),
    "portico.payments.actions.record": ("record_payment",),
    "portico.payments.actions.gateway_refunds": ("request_refund", "settle_refund"),
    "portico.payments.actions.events": ("receive_event", "apply_received"),
    "portico.gateways.sandbox.gateway": (
        "SandboxGateway.start",
        "SandboxGateway.confirm",
        "SandboxGateway.fetch",
        "SandboxGateway.refund",
    ),
}


def die_if_asked(step: str) -> None:
    """Kill this process if the test has asked for it here."""
    order = Path(os.environ["PORTICO_TEST_CRASH"])
    try:
        if order.read_text() != step:
            return
        order.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def wrapped(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function with a step before it and one after it."""

    @functools.wraps(function)
    def stepping(*args: Any, **kwargs: Any) -> Any:
        die_if_asked(f"{name}:before")
        result = function(*args, **kwargs)
        die_if_asked(f"{name}:after")
        return result

    return stepping


class Stepping(importlib.abc.MetaPathFinder):
    """Finds the modules with steps as usual, and wraps their functions once they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in STEPS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            for dotted in STEPS[fullname]:
                owner, _, name = dotted.rpartition(".")
                holder = getattr(module, owner) if owner else module
                setattr(holder, name, wrapped(getattr(holder, name), f"{fullname}:{dotted}"))

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


if "PORTICO_TEST_CRASH" in os.environ:
    sys.meta_path.insert(0, Stepping())
