"""A clean stop: SIGTERM unwinds the program as Ctrl-C does, so that what was started is stopped."""

from __future__ import annotations

import signal
from types import FrameType


def unwind_on_sigterm() -> None:
    """Let SIGTERM raise SystemExit(0) in the main thread until something else takes the signal."""
    signal.signal(signal.SIGTERM, _unwind)


def _unwind(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
