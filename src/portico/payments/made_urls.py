"""Addresses of payments made and their receipts."""

from __future__ import annotations

from django.urls import path

from portico.payments.views import payments_made

urlpatterns = [
    path("payments/", payments_made.payments, name="payments"),
    path("payments/<uuid:payment_id>/", payments_made.payment, name="payment"),
    path("payments/<uuid:payment_id>/pdf", payments_made.pdf, name="payment_pdf"),
    path("payments/<uuid:payment_id>/print", payments_made.print_view, name="payment_print"),
]
