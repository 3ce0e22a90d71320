"""Forms about people."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation, Scope
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


class NamesForm(forms.ModelForm):  # type: ignore[type-arg]  # stubs make it generic
    """What an organisation is called, in three languages."""

    class Meta:
        model = Organisation
        fields = ("name_ja", "name_en", "name_vi")


class FoundingForm(NamesForm):
    """A new organisation. The portal has one operator, which this founds no second of."""

    class Meta:
        model = Organisation
        fields = ("name_ja", "name_en", "name_vi", "kind", "key")
        labels: ClassVar = {"key": _("short name in addresses")}
        error_messages: ClassVar = {
            "key": {"unique": _("There is an organisation of this short name already.")}
        }
        help_texts: ClassVar = {
            "key": _("Small Latin letters, digits and hyphens, such as osaka-pref. It stays.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in Organisation.Kind.choices if one[0] != Organisation.Kind.OPERATOR]
        self.fields["kind"] = forms.ChoiceField(
            label=_("kind"), choices=[("", _("Choose")), *kinds]
        )
