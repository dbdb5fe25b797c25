"""Addresses of credit notes, and of all credit that is left."""

from __future__ import annotations

from django.urls import path

from portico.credit_notes.views import available, document, listing

urlpatterns = [
    path("credits/", available.credits_left, name="credits"),
    path("credit-notes/", listing.credit_notes, name="credit_notes"),
    path("credit-notes/<uuid:credit_note_id>/", document.credit_note, name="credit_note"),
    path("credit-notes/<uuid:credit_note_id>/pdf", document.pdf, name="credit_note_pdf"),
    path("credit-notes/<uuid:credit_note_id>/print", document.print_view, name="credit_note_print"),
]
