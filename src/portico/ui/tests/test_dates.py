"""Dates carry their year and say how far away they are, in the words of the reader."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from portico.ui.dates import date_long, date_short, day, days_away, moment, month_name, month_short

TODAY = date(2026, 11, 24)


def test_a_document_has_the_long_date_and_a_list_the_short_one() -> None:
    assert date_long(TODAY) == "24 November 2026"
    assert date_short(TODAY) == "24 Nov 2026"
    assert month_short(TODAY) == "Nov 2026"
    assert month_name(TODAY) == "Nov"


def test_other_languages_write_dates_their_own_way() -> None:
    with translation.override("de"):
        assert date_long(TODAY) == "24. November 2026"
        assert date_short(TODAY) == "24.11.2026"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-13, "13 days late"),
        (-1, "1 day late"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
    ],
)
def test_a_due_date_says_how_far_it_is(days: int, words: str) -> None:
    assert days_away(TODAY + timedelta(days), TODAY) == words


def test_a_moment_is_told_in_the_zone_of_the_page() -> None:
    at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    with timezone.override("America/Los_Angeles"):
        assert moment(at) == '<time datetime="2026-11-19T18:30:00-08:00">19 November 2026, 18:30</time>'
        assert "19 Nov 2026, 18:30" in moment(at, "short")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        moment(datetime(2026, 11, 20, 2, 30))  # noqa: DTZ001 (the point of the test)


def test_a_day_is_a_day_in_every_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        assert day(TODAY) == '<time datetime="2026-11-24">24 November 2026</time>'
