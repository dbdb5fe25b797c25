"""States as a table of legal moves, so that an illegal one cannot be made anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from portico.kit.errors import ConflictError

S = TypeVar("S", bound=str)


class IllegalMoveError(ConflictError):
    """The thing is not in a state that allows this move."""

    code = "illegal_move"


@dataclass(frozen=True)
class Moves(Generic[S]):
    """Which state may follow which; a state missing from the table is final."""

    noun: str
    table: Mapping[S, frozenset[S]]

    def check(self, here: S, there: S) -> None:
        """Raise IllegalMoveError unless `here` may become `there`; staying is always legal."""
        if here != there and there not in self.table.get(here, frozenset()):
            raise IllegalMoveError(
                f"This {self.noun} is {_words(here)}, so it cannot become {_words(there)}."
            )

    def check_change(self, here: S, there: S) -> None:
        """The same for a move that is made once, such as voiding: staying is refused as well."""
        if here == there:
            raise IllegalMoveError(f"This {self.noun} is {_words(here)} already.")
        self.check(here, there)

    def sources(self, there: S) -> list[S]:
        """The states from which `there` can be reached in one move."""
        return [here for here, nexts in self.table.items() if there in nexts]

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for the docs."""
        lines = [f"    {here} --> {there}" for here, nexts in self.table.items() for there in sorted(nexts)]
        return "\n".join(["stateDiagram-v2", *lines])


def _words(state: str) -> str:
    return state.replace("_", " ")
