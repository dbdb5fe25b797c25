"""Addresses of the statement of account."""

from __future__ import annotations

from django.urls import path

from portico.statements.views import files, pages, schedule

urlpatterns = [
    path("statements/", pages.statement_page, name="statement"),
    path("statements/print", pages.print_view, name="statement_print"),
    path("statements/pdf", pages.pdf, name="statement_pdf"),
    path("statements/csv", files.as_csv, name="statement_csv"),
    path("statements/xlsx", files.as_xlsx, name="statement_xlsx"),
    path("statements/schedule", schedule.schedule, name="statement_schedule"),
]
