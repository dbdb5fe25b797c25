"""One table of the mapping, read key by key, so that every complaint can name the key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any, Final

from portico.importing.errors import MappingError
from portico.importing.mapping.template import NOTHING, Template, parse_template

_MOST_DAYS: Final = 3650


class Section:
    """A TOML table with its place in the file; `close()` refuses keys that nobody asked for."""

    def __init__(self, place: str, values: object) -> None:
        if not isinstance(values, dict):
            raise MappingError(f"{place or 'The mapping'} must be a table of keys.", field=place)
        self.place = place
        self._values: dict[str, Any] = values
        self._asked: set[str] = set()

    def key(self, name: str) -> str:
        """The name with its place, as complaints give it: “document.date”."""
        return f"{self.place}.{name}" if self.place else name

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """A plain text; required when there is no default."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, "a text in quotes")
        return value

    def choice(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        """One of the given words."""
        value = self.text(name, default)
        if value not in choices:
            raise self._wrong(name, "one of " + ", ".join(sorted(choices)) + f", not “{value}”")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def days(self, name: str, default: int) -> int:
        """A number of days, 0 to 3650."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_DAYS:
            raise self._wrong(name, f"a whole number from 0 to {_MOST_DAYS}")
        return value

    def texts(self, name: str, default: list[str] | None = None) -> tuple[str, ...]:
        """A list of texts that is not empty; a single text counts as a list of one."""
        value = self._take(name, default)
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
            raise self._wrong(name, "a text or a list of texts")
        return tuple(given)

    def template(self, name: str, *, required: bool = False) -> Template:
        """A template such as “c{Customer ID}@retail.example”, or a list of them to try in turn."""
        if not required and name not in self._values:
            self._asked.add(name)
            return NOTHING
        return parse_template(self.key(name), self.texts(name))

    def table(self, name: str) -> Section:
        """A table in the table; empty when it is missing."""
        return Section(self.key(name), self._take(name, {}))

    def optional_table(self, name: str) -> Section | None:
        """A table in the table, or None when it is missing."""
        section = self.table(name)
        return section if name in self._values else None

    def tables(self, name: str) -> list[Section]:
        """A list of tables ([[rule]])."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, f"a list of tables: [[{name}]]")
        return [Section(f"{self.key(name)}[{count}]", each) for count, each in enumerate(value, start=1)]

    def items(self) -> Iterator[tuple[str, str]]:
        """All keys with their texts, for tables whose keys are data (countries)."""
        for name in self._values:
            yield name, self.text(name)

    def close(self) -> None:
        """Raise MappingError for the first key that means nothing here."""
        for name in self._values:
            if name not in self._asked:
                near = get_close_matches(name, self._asked, n=1)
                hint = f" Did you mean “{near[0]}”?" if near else ""
                raise MappingError(f"{self.key(name)}: there is no such key.{hint}", field=self.key(name))

    def _take(self, name: str, default: object) -> Any:
        self._asked.add(name)
        if name in self._values:
            return self._values[name]
        if default is None:
            raise MappingError(f"{self.key(name)} is missing.", field=self.key(name))
        return default

    def _wrong(self, name: str, wanted: str) -> MappingError:
        return MappingError(f"{self.key(name)} must be {wanted}.", field=self.key(name))
