"""Addresses of autopay."""

from __future__ import annotations

from django.urls import path

from portico.autopay import views

urlpatterns = [
    path("autopay/", views.autopay, name="autopay"),
    path("autopay/start/<uuid:method_id>/", views.start, name="autopay_start"),
    path("autopay/stop/", views.stop, name="autopay_stop"),
]
