"""Addresses of Home and of the frame around every page."""

from __future__ import annotations

from django.urls import path

from portico.access.middleware import open_to_all
from portico.home import views
from portico.ui.brand import branded_stylesheet

urlpatterns = [
    path("", views.home, name="home"),
    path("logo", views.logo, name="logo"),
    path("brand/<str:accent>-<str:version>.css", open_to_all(branded_stylesheet), name="branded-stylesheet"),
]
