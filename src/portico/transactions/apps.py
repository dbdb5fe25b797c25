"""The app of what all documents share: puts the triggers of searching in place after each migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TransactionsConfig(AppConfig):
    name = "portico.transactions"
    label = "transactions"
    verbose_name = "Transactions"

    def ready(self) -> None:
        post_migrate.connect(_apply_searching, sender=self)


def _apply_searching(using: str, **_: Any) -> None:
    from portico.transactions import searching

    if using == "owner":
        searching.apply()
