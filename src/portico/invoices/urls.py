"""Addresses of invoices."""

from __future__ import annotations

from django.urls import path

from portico.invoices.views import document, listing

urlpatterns = [
    path("invoices/", listing.invoices, name="invoices"),
    path("invoices/pay", listing.pay_chosen, name="invoices_pay"),
    path("invoices/<uuid:invoice_id>/", document.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/pdf", document.pdf, name="invoice_pdf"),
    path("invoices/<uuid:invoice_id>/print", document.print_view, name="invoice_print"),
]
