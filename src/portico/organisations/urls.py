"""Addresses of organisations: a portal's front door, and its logo there."""

from __future__ import annotations

from django.urls import path

from portico.organisations import views

urlpatterns = [
    path("at/<str:portal_name>/", views.front_door, name="portal"),
    path("at/<str:portal_name>/logo", views.logo, name="portal-logo"),
]
