"""The garbage collector, told not to go through everything again and again while millions of small things are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_MANY: Final = 50_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Within this context what was there before is not looked at, and what is new more seldom.

    Measured on 525,461 lines: building them takes 13 seconds instead of 22.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_MANY, before[1], before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
