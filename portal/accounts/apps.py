"""People, organisations and roles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Has every other session of a person end when a second factor is set up."""
        from allauth.mfa.signals import authenticator_added

        from portal.accounts.signing_in import end_other_sessions

        authenticator_added.connect(end_other_sessions)
