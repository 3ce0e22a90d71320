"""What a password has to be, said in every language of the portal."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
)
from django.utils.translation import gettext, ngettext


class LongEnough(MinimumLengthValidator):
    """The password has `min_length` characters or more."""

    def get_error_message(self) -> str:
        """What is wrong with a shorter one."""
        return self.get_help_text()

    def get_help_text(self) -> str:
        """What to type."""
        text = ngettext(
            "At least %(count)d character.", "At least %(count)d characters.", self.min_length
        )
        return text % {"count": self.min_length}


class NotCommon(CommonPasswordValidator):
    """The password is not among the twenty thousand most common ones."""

    def get_error_message(self) -> str:
        """What is wrong with a common one."""
        return gettext("Too many people use this password; it would be guessed.")

    def get_help_text(self) -> str:
        """What to type."""
        return gettext("None that many people use.")
