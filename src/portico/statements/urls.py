"""Addresses of the statement of account."""

from __future__ import annotations

from django.urls import path

from portico.statements import views

urlpatterns = [
    path("statements/", views.statement_page, name="statement"),
    path("statements/print", views.print_view, name="statement_print"),
    path("statements/pdf", views.pdf, name="statement_pdf"),
    path("statements/csv", views.as_csv, name="statement_csv"),
]
