"""Addresses of forwarding."""

from __future__ import annotations

from django.urls import path

from portico.sharing.forwarding import views

urlpatterns = [path("forward/<slug:kind>/<uuid:document_id>/", views.forward, name="forward")]
