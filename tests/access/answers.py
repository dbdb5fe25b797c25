"""How a line of the access matrix is written: a route, and what each of the people is answered there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Route:
    """One address with one method, and the status each of the people gets.

    Args:
        method: GET or POST; HEAD is tried wherever GET is.
        name: the address's name.
        answers: the statuses in the order of the people; Rex's, the last, may be left out (`rexs_answer`).
        about: names of things (`cast.Stage.things`) that fill the address, in its order.
        data: what is posted, or asked in the query; “{invoice}” is filled in with a thing's id.
        why: what is not obvious about the row.
    """

    method: str
    name: str
    answers: str
    about: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    why: str = ""


def rexs_answer(answers: list[str], *, is_open: bool) -> str:
    """What somebody whose access was revoked is answered, where a line does not say it.

    He is a human who is signed in and belongs nowhere: what is open to everybody, or concerns only his login, he is
    answered as a stranger is; all else is forbidden to him.
    """
    return answers[1] if is_open else "403"


#                 nobody nils ines leo pia vera maya rita sam amy olive otto
OPEN: Final = "      200  200  200 200 200  200  200  200 200 200   200  200"
GONE: Final = "      404  404  404 404 404  404  404  404 404 404   404  404"
NO_GET: Final = "    405  405  405 405 405  405  405  405 405 405   405  405"
SIGNED_IN: Final = " 302  200  200 200 200  200  200  200 200 200   200  200"
SIGNED_OUT: Final = "200  302  302 302 302  302  302  302 302 302   302  302"
NO_PASSWORD: Final = "302 200 200 200 200 200  200  302 302 302   200  200"
CONTACTS: Final = "  302  200  200 200 200  200  200  403 403 403   403  403"
BILLING: Final = "   302  200  200 403 403  200  200  403 403 403   403  403"
THEIRS: Final = "    302  404  404 403 403  200  200  403 403 403   403  403"
NONE: Final = "      302  404  404 403 403  404  404  403 403 403   403  403"
PAYER_GET: Final = " 302  404  404 403 403  403  200  403 403 403   403  403"

# The roles of the staff that may open a page of the office; the others of the staff get 403.
EVERY_ROLE: Final = ("rita", "sam", "amy", "olive")
KEEPERS: Final = ("sam", "amy", "olive")
MONEY: Final = ("amy", "olive")
OWNER: Final = ("olive",)
