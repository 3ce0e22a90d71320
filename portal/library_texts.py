"""Refusals of Django that Django itself has in no Vietnamese, to be translated with our own texts.

Without a translation they would be told in Japanese, which stands behind every language.
"""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("Constraint “%(name)s” is violated."),
    _("Enter a valid %(protocol)s address."),
    _("Enter a valid UUID."),
    _("Enter a valid domain name."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("Null characters are not allowed."),
    _("“%(pk)s” is not a valid value."),
    _("“%(value)s” is not a valid UUID."),
    _("“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format."),
    _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
    _("“%(value)s” value must be a decimal number."),
    _("“%(value)s” value must be a float."),
    _("“%(value)s” value must be an integer."),
    _("“%(value)s” value must be either True or False."),
    _("“%(value)s” value must be either True, False, or None."),
)
