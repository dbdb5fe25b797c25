"""The Django app of the ui kit."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Layout, macros, stylesheet, icons; no models."""

    name = "portico.ui"
    label = "ui"
