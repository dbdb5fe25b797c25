"""Every page of the office that does something, by the name of its address; and the few that are no form."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any, Final

from portico.access.middleware import own_scope
from portico.office.pages import ActionPage
from portico.office.verbs.autopay import AUTOPAY_PAGES
from portico.office.verbs.comments import conversation_page
from portico.office.verbs.customers import CUSTOMER_PAGES
from portico.office.verbs.documents import DOCUMENT_PAGES
from portico.office.verbs.files import FILE_PAGES, office_download
from portico.office.verbs.going_back import GOING_BACK_PAGES
from portico.office.verbs.links import LINK_PAGES
from portico.office.verbs.methods import METHOD_PAGES
from portico.office.verbs.money import MONEY_PAGES
from portico.office.verbs.notices import (
    NOTICE_PAGES,
    office_mark_read,
    office_read_all,
    office_read_notification,
)
from portico.office.verbs.orders import ORDER_PAGES
from portico.office.verbs.people import PEOPLE_PAGES
from portico.office.verbs.preview import PREVIEW_PAGES
from portico.office.verbs.reconciling import reconcile_report
from portico.office.verbs.settings import SETTINGS_PAGES
from portico.office.verbs.statements import STATEMENT_PAGES
from portico.office.verbs.subscriptions import SUBSCRIPTION_PAGES
from portico.office.verbs.transfers import TRANSFER_PAGES, office_proof
from portico.office.verbs.views import VIEW_PAGES

PAGES: Final[Mapping[str, ActionPage]] = ChainMap(
    AUTOPAY_PAGES,
    CUSTOMER_PAGES,
    DOCUMENT_PAGES,
    FILE_PAGES,
    GOING_BACK_PAGES,
    LINK_PAGES,
    METHOD_PAGES,
    MONEY_PAGES,
    NOTICE_PAGES,
    ORDER_PAGES,
    PEOPLE_PAGES,
    PREVIEW_PAGES,
    SETTINGS_PAGES,
    STATEMENT_PAGES,
    SUBSCRIPTION_PAGES,
    TRANSFER_PAGES,
    VIEW_PAGES,
)


def same(view: Any) -> Any:
    """A view that runs in the request's scope, as most do."""
    return view


OTHERS: Final[tuple[tuple[str, str, Callable[..., Any], Callable[[Any], Any]], ...]] = (
    ("open_notification", "notifications/<uuid:object_id>/open/", office_read_notification, same),
    ("read_notification", "notifications/<uuid:object_id>/read/", office_mark_read, same),
    ("read_all_notifications", "notifications/read-all/", office_read_all, same),
    ("conversation", "conversations/<uuid:object_id>/", conversation_page, same),
    ("reconcile_report", "payouts/compare/", reconcile_report, own_scope),
    ("download_file", "files/<uuid:object_id>/download/", office_download, own_scope),
    ("download_proof", "transfers/<uuid:object_id>/proof/", office_proof, own_scope),
)
"""Name, address, view, and `same` or `own_scope`."""
