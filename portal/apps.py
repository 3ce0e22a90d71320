"""The site itself."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Registers the checks."""
        from portal import checks  # noqa: F401 - registers by being read
