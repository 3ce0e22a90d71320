"""Signing in: its forms in our words, as allauth knows fewer languages, and whose sessions end."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.usersessions.models import UserSession
from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User

_LABELS: dict[str, Promise] = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "oldpassword": _("Password so far"),
    "remember": _("Stay signed in on this device"),
    "code": _("Code"),
}
_DIFFERENT = _("This is not the password above.")


def end_other_sessions(request: HttpRequest, user: User, **_told: object) -> None:
    """Ends the sessions that were begun before a second factor was set up: they gave no code."""
    others = UserSession.objects.filter(user=user)
    for other in others.exclude(session_key=request.session.session_key):
        other.end()


class InOurWords(forms.Form):
    """Labels every field by its name, and takes the placeholders out: a label says it already."""

    labels: ClassVar[dict[str, Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = {**_LABELS, **self.labels}[name]  # type: ignore[assignment]
            field.widget.attrs.pop("placeholder", None)


class TypedTwice(InOurWords):
    """Says in our words that the second password is not the first."""

    def add_error(self, field: str | None, error: Any) -> None:
        """As every form; the one error of `password2` that allauth words itself is ours."""
        super().add_error(field, _DIFFERENT if field == "password2" and _is_text(error) else error)


def _is_text(error: object) -> bool:
    return isinstance(error, (str, Promise))


class LoginForm(InOurWords, account.LoginForm):  # type: ignore[misc]
    """Address and password."""


class SignupForm(InOurWords, account.SignupForm):  # type: ignore[misc]
    """A new account."""

    labels: ClassVar[dict[str, Promise]] = {"password1": _("Password")}


class AddEmailForm(InOurWords, account.AddEmailForm):  # type: ignore[misc]
    """One more address."""


class ChangePasswordForm(TypedTwice, account.ChangePasswordForm):  # type: ignore[misc]
    """The password so far and the new one."""


class SetPasswordForm(TypedTwice, account.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link to a new password."""


class ResetPasswordKeyForm(TypedTwice, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, behind that link."""


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class AuthenticateForm(InOurWords, second_factor.AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor."""


class ReauthenticateByCodeForm(InOurWords, second_factor.ReauthenticateForm):  # type: ignore[misc]
    """The code once more."""


class SetUpAppForm(InOurWords, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    labels: ClassVar[dict[str, Promise]] = {"code": _("Code that the app shows")}
