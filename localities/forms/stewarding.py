"""The form that names a steward: an organisation, for places and kinds of records."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from localities import periods
from localities.curation.stewarding import CURATED
from localities.forms.inputs import read_period
from localities.models import KINDS, IndustrialPark, Province
from localities.naming import plain_name
from localities.rules import Scope
from portal.accounts.models import Organisation

ALL = "all"
_CHOOSE = {"required": _("Choose at least one.")}


class StewardForm(forms.Form):
    """Who is to curate what, and the decision or agreement that says so."""

    organisation = forms.ChoiceField(
        label=_("Organisation"), error_messages={"required": _("Choose one of the list.")}
    )
    provinces = forms.MultipleChoiceField(
        label=_("Provinces"), widget=forms.CheckboxSelectMultiple, required=False
    )
    parks = forms.MultipleChoiceField(
        label=_("Single industrial parks"), widget=forms.CheckboxSelectMultiple, required=False
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of records"), widget=forms.CheckboxSelectMultiple, error_messages=_CHOOSE
    )
    title = forms.CharField(label=_("Decision or agreement"), max_length=300)
    published = forms.CharField(label=_("Its date"), max_length=24, help_text="2026-10-02")
    url = forms.URLField(
        label=_("Web address"), max_length=600, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.filter(is_active=True)
        provinces = Province.objects.filter(is_active=True).order_by("code")
        parks = IndustrialPark.objects.filter(is_active=True).select_related("province")
        placed = [
            (park.key, f"{plain_name(park)} · {plain_name(park.province)}")
            for park in parks.order_by("province__code", "key")
        ]
        names = [(kind, str(capfirst(KINDS[kind]._meta.verbose_name_plural))) for kind in CURATED]
        self._choices("organisation", [("", gettext("Choose")), *_named(organisations)])
        self._choices("provinces", [(ALL, gettext("All provinces")), *_named(provinces)])
        self._choices("parks", placed)
        self._choices("kinds", [(ALL, gettext("All kinds")), *names])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # each of the four is one
        field.choices = choices

    def clean_provinces(self) -> list[str | None]:
        """The keys; None is all."""
        return _all_or_some(self.cleaned_data["provinces"])

    def clean_kinds(self) -> list[str | None]:
        """The kinds; None is all."""
        return _all_or_some(self.cleaned_data["kinds"])

    def clean(self) -> None:
        """Raises ValidationError unless provinces or parks are chosen, and not both."""
        chosen = [name for name in ("provinces", "parks") if self.cleaned_data.get(name)]
        if not chosen and "provinces" not in self.errors:
            self.add_error("provinces", gettext("Choose at least one."))
        elif len(chosen) > 1:
            self.add_error("parks", gettext("Choose provinces or single parks: not both."))

    @property
    def scopes(self) -> list[Scope]:
        """Each place that is chosen with each kind."""
        told = self.cleaned_data
        wide = [Scope(*each) for each in product(told["provinces"], told["kinds"])]
        return wide + [
            Scope(None, kind, park) for park, kind in product(told["parks"], told["kinds"])
        ]

    def clean_published(self) -> str:
        """A date as every source has it."""
        found = read_period(self.cleaned_data["published"])
        periods.validate(found)
        return found

    @property
    def source(self) -> dict[str, str | None]:
        """The decision, as a source of the catalogue."""
        told = self.cleaned_data
        return {
            "title": told["title"],
            "url": told["url"] or None,
            "publisher": None,
            "published": told["published"],
        }


def _named(records: Any) -> list[tuple[str, str]]:
    return [(one.key, plain_name(one)) for one in records]


def _all_or_some(chosen: Sequence[str]) -> list[str | None]:
    if ALL not in chosen:
        return list(chosen)
    if len(chosen) > 1:
        raise forms.ValidationError(gettext("Choose all of them, or single ones: not both."))
    return [None]
