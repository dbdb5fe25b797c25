"""How many statements a page costs, apart from what is remembered for some seconds and then asked again."""

from __future__ import annotations

from collections.abc import Sequence


def own(said: Sequence[str]) -> int:
    """How many of the statements are the page's own: whether a second factor is asked for is remembered for a while."""
    return sum("door_second_factor" not in each for each in said)
