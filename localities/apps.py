"""What is known about places."""

from django.apps import AppConfig


class LocalitiesConfig(AppConfig):
    name = "localities"
