"""Whatever colour an organisation chooses, text and buttons keep their contrast (WCAG AA), light and dark (S1.1)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

SHEET: Final = Path(__file__).parents[1] / "static" / "portico" / "portico.css"
TEXT: Final = 4.5
EDGE: Final = 3.0
PAIRS: Final = (
    ("--on-accent", "--accent-fill", TEXT),
    ("--on-accent", "--accent-press", TEXT),
    *(
        ("--accent-ink", ground, TEXT)
        for ground in ("--surface", "--canvas", "--raised", "--accent-soft", "--hover")
    ),
    *(
        (ink, ground, TEXT)
        for ink in ("--ink", "--ink-2")
        for ground in ("--surface", "--canvas", "--raised")
    ),
    *(("--ink-3", ground, TEXT) for ground in ("--surface", "--canvas", "--raised")),
    ("--line-strong", "--surface", EDGE),
)
EXTREMES: Final = (
    "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#808080", "#7f7f00",
    "#fefefe", "#010101", "#005a6b", "#e6ff00", "#ff6a00",
)  # fmt: skip

# Painted and read back: what the screen shows, after the browser has fitted each colour into its gamut.
MEASURE: Final = """
([accents, pairs, theme]) => {
  const root = document.documentElement;
  root.dataset.theme = theme;
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const probe = document.body.appendChild(document.createElement("i"));
  const painted = (name) => {
    probe.style.color = `var(${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const accent of accents) {
    root.style.setProperty("--accent", accent);
    for (const [ink, ground, least] of pairs) {
      const [a, b] = [luminance(painted(ink)), luminance(painted(ground))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < least) found.push([accent, ink, ground, contrast]);
    }
  }
  return found;
}
"""


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_accent_keeps_its_contrast(page: Page, theme: str) -> None:
    chance = random.Random(theme)
    accents = [*EXTREMES, *(f"#{chance.randrange(1 << 24):06x}" for _ in range(400))]
    page.set_content(f"<!doctype html><style>{SHEET.read_text(encoding='utf-8')}</style><body></body>")
    weak: list[Any] = page.evaluate(MEASURE, [accents, PAIRS, theme])
    assert weak == []
