"""Home: what Maya sees, what Leo does not, and what it costs."""

from __future__ import annotations

from portico.testing.clients import signed_in
from portico.testing.people import World


def test_maya_sees_an_empty_home_at_first(world: World) -> None:
    page = signed_in(world.maya).get("/")
    print(page.content.decode())
    assert page.status_code == 200
