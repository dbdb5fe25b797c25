"""Preview as customer: who may start one. What one sees then is in test_preview."""

from __future__ import annotations

from typing import Final

from tests.access.answers import EVERY_ROLE, Route

ROUTES: Final = (
    Route("GET", "leave_preview", "302" + " 405" * 11),
    Route("POST", "leave_preview", "302" + " 302" * 11, why="to the office, preview or not"),
)

OFFICE_PAGES: Final = {
    "preview-contact": ("contact", EVERY_ROLE),
    "preview-customer": ("customer", EVERY_ROLE),
}
