"""The address of an invitation, under /account/."""

from __future__ import annotations

from django.urls import path

from portico.customers import views

urlpatterns = [path("invitation/<str:token>/", views.invitation, name="invitation")]
