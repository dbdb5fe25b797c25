"""The one script a page loads: htmx and our own, one after the other. `python -m portico.ui.bundle` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static" / "portico"
PARTS: Final = ("htmx.min.js", "portico.js")
BUNDLE: Final = STATIC / "app.js"


def bundled() -> str:
    """What app.js must contain."""
    return "".join(
        f"/* {name} */\n{(STATIC / name).read_text(encoding='utf-8').rstrip()}\n" for name in PARTS
    )


if __name__ == "__main__":
    BUNDLE.write_text(bundled(), encoding="utf-8")
