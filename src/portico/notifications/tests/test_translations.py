"""Every string of our e-mails is there in every language that e-mails are written in, and the catalogues are fresh."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation

import portico
from portico.home.shell import TRANSLATED
from portico.notifications.languages import MAIL_LANGUAGES, spoken

SOURCE: Final = Path(portico.__file__).parent
LANGUAGES: Final = tuple(each for each in MAIL_LANGUAGES if each != "en")
WRITERS: Final = re.compile(
    r"notifications\.customers import [^\n]*\bLetter\b|\bLetter\(|^from .* import .*\bsend_mail\b",
    re.MULTILINE,
)
"""What a module that writes e-mails says."""
ELSEWHERE: Final = (
    "notifications/look.py",
    "notifications/digest.py",
    "notifications/events.py",
    "customers/letters.py",
)
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]")
KEYWORDS: Final = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2)}


def _sources() -> list[Path]:
    """The modules and templates whose strings go into e-mails."""
    modules = [
        path
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts and "office" not in path.parts and WRITERS.search(path.read_text())
    ]
    templates = [
        *SOURCE.glob("access/jinja2/account/email/*"),
        *SOURCE.glob("notifications/jinja2/notifications/*.html"),
    ]
    return sorted({*modules, *templates, *(SOURCE / name for name in ELSEWHERE)})


def _strings(path: Path) -> Iterator[str]:
    """The strings that a file has translated; of plurals, the singular."""
    sys.path.insert(0, str(SOURCE.parents[1] / "tools"))
    try:
        method = importlib.import_module("extract").python if path.suffix == ".py" else "jinja2"
    finally:
        sys.path.pop(0)
    options = (
        {}
        if path.suffix == ".py"
        else {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.do"}
    )
    for _line, message, _comments, _context in extract(
        method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options
    ):
        yield message[0] if isinstance(message, tuple) else message


def _catalogue(language: str) -> Catalog:
    with (SOURCE / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language, domain="django")


def _texts(of: object) -> tuple[str, ...]:
    return tuple(of) if isinstance(of, tuple | list) else (str(of or ""),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_of_a_mail_is_translated(language: str) -> None:
    catalogue = _catalogue(language)
    missing = [
        f"{path.relative_to(SOURCE)}: {text}"
        for path in _sources()
        for text in _strings(path)
        if (found := catalogue.get(text)) is None or not all(_texts(found.string)) or found.fuzzy
    ]
    assert not missing, "run `make messages` and translate:\n" + "\n".join(missing)


def _filled(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id and all(_texts(message.string))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_string(language: str) -> None:
    for message in _filled(_catalogue(language)):
        wanted = set(_PLACEHOLDER.findall(" ".join(_texts(message.id))))
        for text in _texts(message.string):
            assert set(_PLACEHOLDER.findall(text)) == wanted, (message.id, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    with (SOURCE / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = {_texts(message.id): _texts(message.string) for message in read_mo(file)}
    for message in _filled(_catalogue(language)):
        assert compiled.get(_texts(message.id)) == _texts(message.string), "run `make messages`"


def test_a_language_is_spoken_by_its_regions_too_and_english_is_what_is_left() -> None:
    assert spoken("", "de-CH", "fr") == "de"
    assert spoken("pt_BR", "es") == "es"
    assert spoken("tlh", "") == "en"


def test_the_catalogue_is_read() -> None:
    with translation.override("de"):
        assert translation.gettext("Pay now") == "Jetzt bezahlen"


def test_pages_offer_no_language_that_is_not_complete() -> None:
    for language in TRANSLATED - {"en"}:
        empty = [
            message.id for message in _catalogue(language) if message.id and not all(_texts(message.string))
        ]
        assert not empty, f"{language} is offered for pages, but is not complete"
