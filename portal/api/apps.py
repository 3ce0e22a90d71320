"""What every address of the API stands on, and the answers that it keeps for repeated requests."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "portal.api"
    label = "api"
