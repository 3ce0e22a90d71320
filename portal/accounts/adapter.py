"""Where sign-in leads, and what it says when something is wrong."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.invitations import IN_SESSION

_WRONG_CODE = _("This code is not right. Codes change every 30 seconds; try the next one.")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Leads people who came by an invitation back to it."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("The main address stays until another one is the main."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_password_mismatch": _("Address and password do not belong together."),
        "email_taken": _("This address has an account already."),
        "enter_current_password": _("This is not your password so far."),
        "incorrect_code": _WRONG_CODE,
        "incorrect_password": _("This is not your password."),
        "invalid_login": _("Address and password do not belong together."),
        "invalid_or_expired_key": _(
            "This link does not work any more: it was used, or is too old."
        ),
        "invalid_password_reset": _(
            "This link does not work any more: it was used, or is too old."
        ),
        "max_email_addresses": _("An account has at most %d addresses."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes."),
        "unknown_email": _("This address has no account."),
        "unverified_primary_email": _("The main address has to be a confirmed one."),
        "same_as_current": _("That is what it is already."),
        "rate_limited": _("Too many attempts. Please wait a few minutes."),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The invitation that the reader came by, else the reader's own page."""
        if token := request.session.get(IN_SESSION):
            return reverse("accept-invitation", args=[token])
        return reverse("account")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """As after signing in."""
        return self.get_login_redirect_url(request)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Words of the second factor."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("An account with a second factor takes no further address."),
        "cannot_delete_authenticator": _("The second factor cannot be taken out."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app first."),
        "incorrect_code": _WRONG_CODE,
        "unverified_email": _("Confirm all your e-mail addresses first."),
    }
