"""Turn a paper into a PDF with Typst: tagged (PDF/UA-1), the same bytes for the same paper, nothing fetched."""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import typst

from portico.kit.errors import PorticoError
from portico.printing.glyphs import FONTS
from portico.printing.logos import Logo
from portico.printing.papers import Paper
from portico.printing.payload import payload

TEMPLATES = Path(__file__).parent / "typst"
"""Typst's root: its templates can read in here and nowhere else."""


class PrintingError(PorticoError):
    """A paper could not be made into a PDF; the message says what Typst said."""

    code = "not_printed"
    status = 500


class BrokenLogoError(PrintingError):
    """The logo looks like a picture but cannot be read as one."""

    code = "broken_logo"
    status = 422


def render_pdf(paper: Paper) -> bytes:
    """The paper as a tagged PDF/UA-1 file; the same paper gives the same bytes.

    Safe to call from several threads: Typst works outside Python's lock, one thread a core at most.

    Raises:
        BrokenLogoError: the logo's bytes are no picture.
        PrintingError: anything else Typst refuses.
    """
    try:
        with _compiler() as compiler:
            pdf = compiler.compile(
                input=TEMPLATES / f"{paper.template}.typ",
                sys_inputs={"paper": payload(paper)},
                format="pdf",
                pdf_standards=["ua-1"],
            )
            if len(paper.entries) > _LARGE:
                _forget(compiler)
    except typst.TypstError as error:
        if paper.letterhead.logo is not None and _is_about_a_picture(error):
            raise _broken_logo(error) from error
        raise PrintingError(f"{paper.heading} could not be printed: {error.message}.") from error
    if not isinstance(pdf, bytes):
        raise PrintingError(f"{paper.heading} could not be printed: Typst gave no file.")
    return pdf


def check_logo(logo: Logo) -> None:
    """See whether a logo can be printed, so that a bad one is refused when it is uploaded.

    Raises:
        BrokenLogoError: it cannot; the message says what is wrong with it.
    """
    try:
        with _compiler() as compiler:
            compiler.compile(
                input=b"#image(bytes(json(bytes(sys.inputs.logo))), format: sys.inputs.format)",
                sys_inputs={"logo": json.dumps(list(logo.data)), "format": logo.format},
                format="pdf",
            )
    except typst.TypstError as error:
        raise _broken_logo(error) from error


def _is_about_a_picture(error: typst.TypstError) -> bool:
    return any(word in error.message for word in ("decode image", "linked image", "SVG"))


def _broken_logo(error: typst.TypstError) -> BrokenLogoError:
    return BrokenLogoError(f"The logo cannot be read: {error.message.strip()}.", field="logo")


# Typst keeps fonts and parsed templates in a compiler, so compilers are kept. More at once than there are cores
# would only cost memory. The one used last is taken first: a quiet server works with one.
_idle: deque[typst.Compiler] = deque()
_room = threading.BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def _compiler() -> Iterator[typst.Compiler]:
    with _room:
        try:
            compiler = _idle.pop()
        except IndexError:
            compiler = typst.Compiler(root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
        try:
            yield compiler
        finally:
            _idle.append(compiler)


# Typst remembers the parts of its latest ten documents, about 100 KB a row: 1 GB for 10,000 rows. Ten empty
# documents make it forget, which costs more than an ordinary paper, so only large ones are followed by them.
_LARGE = 500
_REMEMBERED = 10


def _forget(compiler: typst.Compiler) -> None:
    for _ in range(_REMEMBERED + 1):
        compiler.compile(input=b"", format="pdf", sys_inputs=None)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
