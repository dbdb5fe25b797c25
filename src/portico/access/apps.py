"""The access app: puts grants and policies in place after each migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "portico.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        post_migrate.connect(_apply_walls, sender=self)


def _apply_walls(using: str, **_: Any) -> None:
    from portico.access import walls

    if using == "owner":
        walls.apply()
