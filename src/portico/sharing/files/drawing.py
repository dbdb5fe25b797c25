"""Draws one page of a PDF as a PNG: a process of its own, `python -m portico.sharing.files.drawing PAGE < pdf > png`.

The PDF comes from outside, so what reads it has no database, no settings, little memory and little time.
"""

from __future__ import annotations

import resource
import sys
from typing import Final

MEMORY: Final = 1_500_000_000
SECONDS: Final = 15
LONGEST_SIDE: Final = 1_600
"""In pixels."""


def main(page: int) -> int:
    """Write the PNG of the page (counted from 0) to standard output, and how many pages there are to standard error."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    import pypdfium2

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())  # type: ignore[no-untyped-call]
    sys.stderr.write(str(len(document)))
    shown = document[page]
    scale = LONGEST_SIDE / max(*shown.get_size(), 1)
    picture = shown.render(scale=min(scale, 4)).to_pil()
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000_000, 50_000_000))
    picture.convert("RGB").save(sys.stdout.buffer, format="PNG", optimize=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
