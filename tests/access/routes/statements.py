"""What statements have beside their page: files, and having them by e-mail."""

from __future__ import annotations

from typing import Final

from tests.access.answers import BILLING, KEEPERS, Route

OFFICE_PAGES: Final = {"send-statement": ("customer", KEEPERS)}
ROUTES: Final = (
    Route("GET", "statement_xlsx", BILLING),
    Route("GET", "statement", BILLING, data={"kind": "ageing"}),
    Route("GET", "statement_pdf", BILLING, data={"kind": "outstanding"}),
    Route(
        "POST",
        "statement_schedule",
        #      nobody nils ines leo pia vera maya rita sam amy olive otto
        "         302  302  302 403 403  302  302  403 403 403   403  403",
        data={"every": "month", "kind": "activity"},
        why="back to the statements",
    ),
)
