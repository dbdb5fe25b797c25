"""The config app: it has no models, only the commands of `portico`."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "portico.config"
    label = "config"
    verbose_name = "Portico"
