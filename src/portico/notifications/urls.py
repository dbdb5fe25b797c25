"""Addresses of notifications."""

from __future__ import annotations

from django.urls import URLPattern, path

from portico.notifications import views

urlpatterns: list[URLPattern] = [
    path("mail/stop/<str:token>/", views.stop_mails, name="stop_mails"),
]
