"""The app of disputes; it follows every word of a gateway about a payment that has succeeded."""

from __future__ import annotations

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "portico.disputes"

    def ready(self) -> None:
        from portico.disputes.actions.follow import follow
        from portico.payments.followers import register

        register(follow)
