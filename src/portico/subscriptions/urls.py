"""Addresses of subscriptions."""

from __future__ import annotations

from django.urls import path

from portico.subscriptions import views

urlpatterns = [
    path("subscriptions/", views.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>/", views.subscription, name="subscription"),
]
