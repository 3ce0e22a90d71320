"""Forms about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Scope
from portal.accounts.roles import Role


class ClientForm(forms.Form):
    """A new API client: what it is called, and what it may do."""

    name = forms.CharField(label=_("Name of the system"), max_length=120)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class RotationForm(forms.Form):
    """Whether the secret so far ends at once."""

    at_once = forms.BooleanField(required=False)

    def wants(self, name: str) -> bool:
        """Whether the box is ticked."""
        return self.is_valid() and bool(self.cleaned_data[name])


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
