"""The office app."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "portico.office"
    label = "office"
    verbose_name = "Office"
