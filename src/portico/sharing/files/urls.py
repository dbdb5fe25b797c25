"""Addresses of shared documents."""

from __future__ import annotations

from django.urls import path

from portico.sharing.files import views

urlpatterns = [
    path("documents/", views.documents, name="documents"),
    path("documents/zip", views.chosen, name="documents_zip"),
    path("documents/<uuid:file_id>/", views.document, name="document"),
    path("documents/<uuid:file_id>/download", views.download, name="document_download"),
    path("documents/<uuid:file_id>/picture", views.picture, name="document_picture"),
    path("documents/<uuid:file_id>/preview", views.preview, name="document_preview"),
    path("documents/<uuid:file_id>/page", views.page_drawn, name="document_page"),
    path("documents/<uuid:file_id>/remove", views.remove, name="document_remove"),
    path("documents/<uuid:file_id>/restore", views.restore, name="document_restore"),
]
