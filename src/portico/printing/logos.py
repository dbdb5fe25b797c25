"""An organisation's logo: bytes of a PNG, JPEG or SVG, with the words for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

from portico.kit.errors import InvalidError

LARGEST_LOGO = 512 * 1024
"""In bytes. A logo is part of every PDF, so a large one makes every PDF large and slow."""

_STARTS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))


@dataclass(frozen=True)
class Logo:
    """A picture and its words (`alt`), which PDF/UA asks for.

    Raises:
        InvalidError: it is empty, larger than LARGEST_LOGO, neither PNG nor JPEG nor SVG, or has no `alt`.
    """

    data: bytes
    alt: str

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise InvalidError("Say in words what the logo shows.", field="logo")
        if len(self.data) > LARGEST_LOGO:
            raise InvalidError(f"The logo may have at most {LARGEST_LOGO // 1024} KB.", field="logo")
        if not self.format:
            raise InvalidError("The logo is not a PNG, JPEG or SVG picture.", field="logo")

    @property
    def format(self) -> str:
        """“png”, “jpg” or “svg” by content, "" for anything else."""
        for start, name in _STARTS:
            if self.data.startswith(start):
                return name
        head = self.data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
        return "svg" if head.startswith(b"<") and b"<svg" in self.data[:4096] else ""
