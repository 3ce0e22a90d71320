"""Forms about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)


class NameForm(forms.Form):
    """What the person is called beside their changesets."""

    name = forms.CharField(label=_("Your name"), max_length=120, required=False)


class RoleForm(forms.Form):
    """A member's new role; empty: they leave."""

    role = forms.ChoiceField(choices=[("", _("Remove")), *Role.choices], required=False)
