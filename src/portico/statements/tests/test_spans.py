"""Which days a preset comes to."""

from __future__ import annotations

from datetime import date

import pytest

from portico.statements.spans import Preset, Span, preset_span


@pytest.mark.parametrize(
    ("preset", "today", "first", "last"),
    [
        (Preset.THIS_MONTH, "2026-02-10", "2026-02-01", "2026-02-28"),
        (Preset.THIS_MONTH, "2024-02-29", "2024-02-01", "2024-02-29"),
        (Preset.THIS_MONTH, "2026-12-31", "2026-12-01", "2026-12-31"),
        (Preset.LAST_MONTH, "2026-01-31", "2025-12-01", "2025-12-31"),
        (Preset.LAST_MONTH, "2026-03-31", "2026-02-01", "2026-02-28"),
        (Preset.THIS_QUARTER, "2026-05-15", "2026-04-01", "2026-06-30"),
        (Preset.THIS_QUARTER, "2026-12-01", "2026-10-01", "2026-12-31"),
        (Preset.THIS_YEAR, "2026-07-01", "2026-01-01", "2026-12-31"),
        (Preset.LAST_YEAR, "2026-07-01", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_preset_is_whole_months_quarters_or_years(
    preset: Preset, today: str, first: str, last: str
) -> None:
    assert preset_span(preset, date.fromisoformat(today)) == Span(
        date.fromisoformat(first), date.fromisoformat(last)
    )


def test_all_and_custom_dates_have_no_days_of_their_own() -> None:
    for preset in (Preset.ALL, Preset.CUSTOM):
        with pytest.raises(ValueError, match="no days"):
            preset_span(preset, date(2026, 1, 1))


def test_a_span_does_not_end_before_it_begins() -> None:
    assert Span(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(ValueError, match="before it begins"):
        Span(date(2026, 1, 2), date(2026, 1, 1))
