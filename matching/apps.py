"""Who asks, and how places fit."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        """Has a snapshot made in the background of every new version of the catalogue."""
        from localities.curation.hooks import on_applied
        from matching.tasks import ask_for_snapshot

        on_applied(ask_for_snapshot)
