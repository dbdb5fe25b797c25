"""Addresses of retainer invoices."""

from __future__ import annotations

from django.urls import path

from portico.retainers.views import document, listing

urlpatterns = [
    path("retainer-invoices/", listing.retainers, name="retainers"),
    path("retainer-invoices/<uuid:retainer_id>/", document.retainer, name="retainer"),
    path("retainer-invoices/<uuid:retainer_id>/pdf", document.pdf, name="retainer_pdf"),
    path("retainer-invoices/<uuid:retainer_id>/print", document.print_view, name="retainer_print"),
]
