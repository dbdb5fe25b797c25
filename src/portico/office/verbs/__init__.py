"""Every page of the office that does something, by the name of its address."""

from __future__ import annotations

from typing import Final

from portico.office.pages import ActionPage
from portico.office.verbs.customers import CUSTOMER_PAGES
from portico.office.verbs.documents import DOCUMENT_PAGES
from portico.office.verbs.money import MONEY_PAGES
from portico.office.verbs.notices import office_read_notification
from portico.office.verbs.settings import SETTINGS_PAGES

PAGES: Final[dict[str, ActionPage]] = CUSTOMER_PAGES | DOCUMENT_PAGES | MONEY_PAGES | SETTINGS_PAGES

__all__ = ["PAGES", "office_read_notification"]
