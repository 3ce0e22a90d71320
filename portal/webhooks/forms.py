"""The form of a webhook."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.webhooks.endpoints import LONGEST_URL
from portal.webhooks.models import Event


class WebhookForm(forms.Form):
    """Where to send what."""

    url = forms.CharField(
        label=_("Address (https://)"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"),
        choices=Event.choices,
        initial=Event.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
