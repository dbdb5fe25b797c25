"""Countries are called as people call them."""

from __future__ import annotations

import pytest

from portico.kit.countries import country_name, spelled_out


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("US", "en", "United States"),
        ("US", "de", "Vereinigte Staaten"),
        ("DE", "xx", "Germany"),
        ("ZQ", "en", "ZQ"),
    ],
)
def test_a_country_is_called_by_its_name(code: str, language: str, name: str) -> None:
    assert country_name(code, language) == name


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ((), []),
        (("1 Elm St", "Portland, OR 97201", "US"), ["1 Elm St", "Portland, OR 97201", "United States"]),
        (("1 Elm St", "Portland"), ["1 Elm St", "Portland"]),
        (("US", "Bonn"), ["US", "Bonn"]),
    ],
)
def test_only_the_last_line_of_an_address_is_a_country(lines: tuple[str, ...], shown: list[str]) -> None:
    assert spelled_out(lines, "en") == shown
