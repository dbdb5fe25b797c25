"""Addresses of the kit itself; whoever includes them opens them to all."""

from __future__ import annotations

from django.urls import path

from portico.ui.brand import branded_stylesheet

urlpatterns = [
    path("brand/<str:accent>-<str:version>.css", branded_stylesheet, name="branded-stylesheet"),
]
