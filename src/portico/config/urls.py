"""Every address of the portal."""

from __future__ import annotations

from django.urls import include, path

from portico.config import health
from portico.office import lists as office_lists
from portico.office.site import office

handler400 = "portico.access.errors.bad_request"
handler403 = "portico.access.errors.forbidden"
handler404 = "portico.access.errors.not_found"
handler500 = "portico.access.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("account/", include("portico.access.urls")),
    path("account/", include("portico.customers.urls")),
    path("office/", office.urls),
    path("", include("portico.home.urls")),
    path("", include("portico.statements.urls")),
    path("", include("portico.transactions.urls")),
    path("", include("portico.invoices.urls")),
    path("", include("portico.payments.made_urls")),
    path("", include("portico.transfers.urls")),
    path("", include("portico.payments.pay_urls")),
    path("", include("portico.autopay.urls")),
    path("", include("portico.sales_orders.urls")),
    path("", include("portico.retainers.urls")),
    path("", include("portico.credit_notes.urls")),
    path("", include("portico.subscriptions.urls")),
    path("", include("portico.comments.urls")),
    path("", include("portico.sharing.files.urls")),
    path("", include("portico.sharing.forwarding.urls")),
    path("", include("portico.sharing.links.urls")),
    path("", include("portico.profile.urls")),
    path("", include("portico.notifications.urls")),
    path("", include("portico.organisations.urls")),
]

assert office_lists  # registers what the office shows
