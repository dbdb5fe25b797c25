"""What a file is, judged by its content and never by its name alone (S9.1).

Only types that business papers come in are taken, and none that a browser would run. What is taken is served as a
download, or drawn into a picture, so a file that is two things at once gains nothing by it.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Final

import puremagic
from django.utils.translation import gettext as _

from portico.kit.errors import InvalidError

HEAD: Final = 65_536
LONGEST_NAME: Final = 120
LONGEST_ENDING: Final = 10
MOST_ENTRIES: Final = 20_000
LONGEST_MEDIA_TYPE: Final = 100
LARGEST_UNPACKED: Final = 500_000_000
"""What an office document may unpack to; a bomb unpacks to more."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type of file that is taken.

    Attributes:
        media_type: as it is served.
        label: a few letters for the list.
        endings: what its name may end with; the first is given to a name without one.
        preview: “image” where a browser shows it, “pages” where we draw it, or empty.
    """

    media_type: str
    label: str
    endings: tuple[str, ...]
    preview: str = ""


PDF: Final = Type("application/pdf", "PDF", (".pdf",), "pages")
TEXT: Final = Type("text/plain", "TXT", (".txt", ".csv", ".tsv", ".md", ".log"))
CSV: Final = Type("text/csv", "CSV", (".csv",))
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
TYPES: Final[dict[str, Type]] = {
    each.media_type: each
    for each in (
        PDF,
        Type("image/png", "PNG", (".png",), "image"),
        Type("image/jpeg", "JPG", (".jpg", ".jpeg", ".jpe", ".jfif"), "image"),
        Type("image/gif", "GIF", (".gif",), "image"),
        Type("image/webp", "WEBP", (".webp",), "image"),
        Type("image/tiff", "TIFF", (".tif", ".tiff")),
        Type("image/heic", "HEIC", (".heic", ".heif")),
        Type(f"{_OFFICE}wordprocessingml.document", "DOCX", (".docx",)),
        Type(f"{_OFFICE}spreadsheetml.sheet", "XLSX", (".xlsx",)),
        Type(f"{_OFFICE}presentationml.presentation", "PPTX", (".pptx",)),
        Type(f"{_ODF}text", "ODT", (".odt",)),
        Type(f"{_ODF}spreadsheet", "ODS", (".ods",)),
        Type(f"{_ODF}presentation", "ODP", (".odp",)),
        TEXT,
        CSV,
    )
}
ACCEPT: Final = ",".join(sorted({ending for each in TYPES.values() for ending in each.endings}))
"""For the file input, which then offers only these."""

_FOLDERS: Final = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet",
                   "ppt/": "presentationml.presentation"}  # fmt: skip
_MACROS: Final = ("vbaproject.bin", "vbadata.xml")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:\"|?*]")


def judge(content: IO[bytes], name: str) -> Type:
    """What the content is.

    Args:
        content: open at any place; left at its beginning.
        name: as it was given, for the ending.

    Raises:
        InvalidError: it is empty, of a type that is not taken, or named as something else.
    """
    content.seek(0)
    head = content.read(HEAD)
    shown = safe_name(name)
    if not head:
        raise InvalidError(_("“%(name)s” is empty.") % {"name": shown}, field="file")
    found = _office(content) if head[:4] == b"PK\x03\x04" else _by_signature(head)
    content.seek(0)
    ending = PurePath(shown).suffix.lower()
    if found is None:
        raise InvalidError(
            _(
                "“%(name)s” cannot be taken: %(what)s. Send a PDF, a picture, or an office document without macros."
            )
            % {"name": shown, "what": _what(head)},
            field="file",
        )
    if found is TEXT and ending in CSV.endings:
        found = CSV
    if ending and ending not in found.endings:
        raise InvalidError(
            _(
                "“%(name)s” ends with %(ending)s, but what it holds is %(label)s. Rename it, or choose another file."
            )
            % {"name": shown, "ending": ending, "label": found.label},
            field="file",
        )
    return found


def safe_name(name: str) -> str:
    """A name that is safe to show and to save under: no folders, no control or direction signs, not too long."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join(_UNSAFE.sub("", plain).split()).lstrip(". ").rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= LONGEST_ENDING:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:LONGEST_NAME] or _("file")


def type_of(media_type: str) -> Type:
    """The type that a stored file was judged to be."""
    return TYPES[media_type]


def _by_signature(head: bytes) -> Type | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim"}:
        return TYPES["image/heic"]
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return TEXT if _is_text(head) else None
    best = max(matches, key=lambda each: each.confidence)
    if best.mime_type in TYPES and TYPES[best.mime_type].media_type.startswith("image/"):
        return TYPES[best.mime_type]
    # A list or a letter may begin like something else; markup may not pass for a text.
    return TEXT if _is_text(head) and not _is_markup(head) and best.confidence < _SURE else None


_SURE: Final = 0.8


def _is_text(head: bytes) -> bool:
    if _is_markup(head) or b"\x00" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a letter that the head's end has cut
            text = head.decode("cp1252", errors="replace")
            return "\ufffd" not in text and not _has_controls(text)
        text = head[: error.start].decode("utf-8")
    return not _has_controls(text)


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\x0c" for sign in text)


def _is_markup(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c").startswith(b"<") or b"<script" in head.lower()


def _office(content: IO[bytes]) -> Type | None:
    """Which office document a ZIP is, read from its directory alone: nothing is unpacked."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            if _is_bomb(entries) or any(each.filename.lower().endswith(_MACROS) for each in entries):
                return None
            if entries[0].filename == "mimetype" and entries[0].file_size <= LONGEST_MEDIA_TYPE:
                return TYPES.get(archive.read("mimetype").decode("ascii", "replace"))
    except (zipfile.BadZipFile, IndexError, KeyError, RuntimeError, OSError):
        return None
    return _open_xml([each.filename for each in entries])


def _is_bomb(entries: list[zipfile.ZipInfo]) -> bool:
    return len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > LARGEST_UNPACKED


def _open_xml(names: list[str]) -> Type | None:
    if "[Content_Types].xml" not in names:
        return None
    kinds = (kind for folder, kind in _FOLDERS.items() if any(name.startswith(folder) for name in names))
    return next((TYPES[f"{_OFFICE}{kind}"] for kind in kinds), None)


def _what(head: bytes) -> str:
    """What was sent instead, in a few words."""
    if head[:4] == b"PK\x03\x04":
        return _("it is an archive, or a document with macros")
    if _is_markup(head):
        return _("it holds a web page or a drawing with markup")
    if head[:2] == b"MZ" or head[:4] == b"\x7fELF":
        return _("it is a program")
    return _("its type is not known here")
