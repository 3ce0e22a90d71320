"""Forms of an import: the file, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from localities import periods
from localities.imports.archive import MOST_FILE_BYTES, letters, too_big
from localities.imports.fields import SOURCE, fields_of, kinds
from localities.imports.plan import Order
from localities.models import KINDS, Source
from localities.naming import localized
from portal.accounts.models import Organisation

LANGUAGES = (
    ("ja", _("Japanese: 1,500.5")),
    ("en", _("English: 1,500.5")),
    ("vi", _("Vietnamese: 1.500,5")),
)
_SOURCE = ("key", "title", "url", "publisher", "published", "note", "as_of")


class LongSelect(forms.Select):
    """A list to choose from, written in one go: Django's own renders a template for each choice.

    A file of 200 columns has some 20,000 choices.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The list as HTML; a choice whose label is a list is a group."""
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        chosen = "" if value is None else str(value)
        return format_html("<select{}>{}</select>", flatatt(own), _options(self.choices, chosen))


def _options(choices: Iterable[Any], chosen: str) -> SafeString:
    options = ([_option(value, label, chosen)] for value, label in choices)
    return format_html_join("", "{}", options)


def _option(value: Any, label: Any, chosen: str) -> SafeString:
    if isinstance(label, list):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    if str(value) == chosen:
        return format_html('<option value="{}" selected>{}</option>', value, label)
    return format_html('<option value="{}">{}</option>', value, label)


class UploadForm(forms.Form):
    """A file, what its rows are, and for whom it is given."""

    kind = forms.ChoiceField(label=_("what the rows are"))
    file = forms.FileField(label=_("file (XLSX or CSV)"), max_length=255)
    organisation = forms.ModelChoiceField(
        label=_("organisation"), queryset=Organisation.objects.none(), empty_label=None
    )

    def __init__(self, own: QuerySet[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(kind, capfirst(str(KINDS[kind]._meta.verbose_name_plural))) for kind in kinds()]
        self.fields["kind"] = forms.ChoiceField(
            label=_("what the rows are"), choices=labels, initial="industrial-park"
        )
        found = self.fields["organisation"]
        assert isinstance(found, forms.ModelChoiceField)  # noqa: S101  # declared above
        found.queryset = own
        found.initial = own.first()
        found.label_from_instance = _name  # type: ignore[method-assign,assignment]

    def clean_file(self) -> Any:
        """The file, if it is not too big to be read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            raise ValidationError(too_big(), code="too_big")
        return file


def _name(organisation: Organisation) -> str:
    found = localized(organisation, "name")
    return found.text if found else organisation.key


class OrderForm(forms.Form):
    """What each column is, in which language numbers are written, and the source of the file."""

    language = forms.ChoiceField(label=_("numbers are written as in"), choices=LANGUAGES)
    source_key = forms.ChoiceField(label=_("source of the catalogue"), required=False)
    source_title = forms.CharField(label=_("new source: title"), max_length=300, required=False)
    source_url = forms.URLField(
        label=_("new source: address"), max_length=600, required=False, assume_scheme="https"
    )
    source_publisher = forms.CharField(
        label=_("new source: publisher"), max_length=120, required=False
    )
    source_published = forms.CharField(
        label=_("new source: published"), max_length=24, required=False
    )
    source_note = forms.CharField(label=_("page or note"), max_length=200, required=False)
    source_as_of = forms.CharField(label=_("values as of"), max_length=24, required=False)

    def __init__(
        self,
        kind: str,
        titles: Sequence[str],
        columns: Mapping[int, str],
        order: Order,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        kept = {f"source_{name}": value for name, value in order.source.items()}
        super().__init__(data, initial={"language": order.language, **kept})
        self._titles = titles
        own = fields_of(kind)
        choices = [("", "—")]
        choices += [(name, field.label) for name, field in own.items() if name not in SOURCE]
        of_source = [(name, own[name].label) for name in SOURCE]
        for column in range(len(titles)):
            self.fields[f"column_{column}"] = forms.ChoiceField(
                choices=[*choices, (gettext("Source"), of_source)],
                required=False,
                initial=columns.get(column, ""),
                widget=LongSelect(
                    {"class": "select", "aria-labelledby": f"head-{letters(column)}"}
                ),
            )
        known = Source.objects.filter(is_active=True).order_by("title")
        self.fields["source_key"] = forms.ChoiceField(
            label=_("source of the catalogue"),
            required=False,
            widget=LongSelect,
            choices=[
                ("", "—"),
                *(
                    (key, f"{title} ({published})" if published else title)
                    for key, title, published in known.values_list("key", "title", "published")
                ),
            ],
        )

    @property
    def column_fields(self) -> list[tuple[int, BoundField]]:
        """The field of each column."""
        return [(column, self[f"column_{column}"]) for column in range(len(self._titles))]

    @property
    def source_fields(self) -> list[BoundField]:
        """The fields about the source."""
        return [self[f"source_{name}"] for name in _SOURCE]

    @property
    def columns(self) -> dict[int, str]:
        """What each column was named."""
        found = ((at, self.cleaned_data[f"column_{at}"]) for at in range(len(self._titles)))
        return {at: name for at, name in found if name}

    @property
    def source(self) -> dict[str, str]:
        """The source of the file, as far as it is given."""
        found = ((name, self.cleaned_data[f"source_{name}"]) for name in _SOURCE)
        return {name: value for name, value in found if value}

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a field named twice, no field at all, and a wrong date."""
        cleaned = super().clean() or {}
        named: dict[str, int] = {}
        for at in range(len(self._titles)):
            name = cleaned.get(f"column_{at}")
            if name and named.setdefault(name, at) != at:
                self.add_error(f"column_{at}", gettext("Another column is this field already."))
        if not named:
            self.add_error(None, gettext("Name at least one column."))
        for name in ("source_published", "source_as_of"):
            if cleaned.get(name):
                try:
                    periods.validate(cleaned[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned
