"""A table of legal moves lets nothing else through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kit.states import IllegalMoveError, Moves

LIGHT: Moves[str] = Moves(
    "traffic light",
    {"red": frozenset({"red_and_amber"}), "red_and_amber": frozenset({"green"}), "green": frozenset({"red"})},
)
COLOURS = st.sampled_from(["red", "red_and_amber", "green", "broken"])


@given(COLOURS, COLOURS)
def test_only_what_the_table_says_is_legal(here: str, there: str) -> None:
    if here == there or there in LIGHT.table.get(here, ()):
        LIGHT.check(here, there)
        assert here == there or here in LIGHT.sources(there)
    else:
        with pytest.raises(IllegalMoveError):
            LIGHT.check(here, there)
        assert here not in LIGHT.sources(there)


def test_what_is_done_once_is_not_done_again() -> None:
    LIGHT.check_change("red", "red_and_amber")
    with pytest.raises(IllegalMoveError, match="This traffic light is red already"):
        LIGHT.check_change("red", "red")
    with pytest.raises(IllegalMoveError):
        LIGHT.check_change("red", "green")


def test_the_message_says_what_it_is_and_what_it_cannot_become() -> None:
    with pytest.raises(IllegalMoveError) as refused:
        LIGHT.check("red_and_amber", "red")
    assert refused.value.message == "This traffic light is red and amber, so it cannot become red."
    assert refused.value.status == 409


def test_the_diagram_has_every_move() -> None:
    assert LIGHT.diagram().splitlines() == [
        "stateDiagram-v2",
        "    red --> red_and_amber",
        "    red_and_amber --> green",
        "    green --> red",
    ]
