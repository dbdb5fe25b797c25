"""Addresses that every list of documents shares."""

from __future__ import annotations

from django.urls import path

from portico.transactions.views import custom_views, files

urlpatterns = [
    path("lists/<str:kind>/export.<str:ending>", files.export, name="list_export"),
    path("lists/<str:kind>/pdfs", files.pdfs, name="list_pdfs"),
    path("lists/<str:kind>/views/", custom_views.views, name="list_views"),
    path("lists/<str:kind>/views/new", custom_views.new_view, name="list_view_new"),
    path("lists/views/<uuid:view_id>/", custom_views.view, name="list_view"),
    path("lists/views/<uuid:view_id>/delete", custom_views.delete, name="list_view_delete"),
]
