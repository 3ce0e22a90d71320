"""What every record of the catalogue has in common."""

from collections.abc import Sequence
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from localities import periods
from localities.text import fold

KEY_LENGTH = 120

prefecture_code = RegexValidator(
    r"\A(0[1-9]|[1-3][0-9]|4[0-7])\Z", _("A code of JIS X 0401 is needed: 01 to 47."), "prefecture"
)


def list_of_texts(value: object) -> None:
    """Raises ValidationError unless `value` is a list of texts, none of them empty."""
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValidationError(_("A list of texts is needed."), code="list_of_texts")


def list_of_prefecture_codes(value: object) -> None:
    """Raises ValidationError unless `value` is a list of codes of prefectures."""
    list_of_texts(value)
    for code in value if isinstance(value, list) else ():
        prefecture_code(code)


class CatalogueRecord(models.Model):
    """A record of the catalogue: changed by an applied changeset only, and never deleted.

    Its permanent key is its primary key, so fixtures, edits, addresses and foreign keys all name
    a record by the same word.
    """

    kind: ClassVar[str]

    key = models.SlugField(_("key"), primary_key=True, max_length=KEY_LENGTH)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key

    def fill_derived(self) -> None:
        """Sets the columns that follow from others. Called before every write."""


class NamedRecord(CatalogueRecord):
    """A record with a name in the three languages, found by any of them."""

    name_ja = models.CharField(_("name in Japanese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=200, null=True, blank=True)
    other_names = models.JSONField(
        _("other names and spellings"), default=list, blank=True, validators=[list_of_texts]
    )
    search_text = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en

    def fill_derived(self) -> None:
        """Sets `search_text`: the folded names, one a line."""
        names = (self.name_ja, self.name_en, self.name_vi, *self.other_names)
        self.search_text = "\n".join(dict.fromkeys(fold(name) for name in names if name))


class PartOfProvince(models.Model):
    """Something in a province, perhaps told of the part that was a province until June 2025."""

    province = models.ForeignKey(
        "localities.Province", models.PROTECT, related_name="+", verbose_name=_("province")
    )
    former_province = models.ForeignKey(
        "localities.FormerProvince",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("former province"),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError where the former province is no part of the province."""
        super().clean()
        former = self.former_province
        if former is not None and former.province_id != self.province_id:
            raise ValidationError(
                {
                    "former_province": ValidationError(
                        _("“%(former)s” is not a part of “%(province)s”."),
                        code="former_province",
                        params={"former": former.key, "province": self.province_id},
                    )
                }
            )


class PeriodField(models.CharField):  # type: ignore[type-arg]  # stubs make it generic
    """A date as its source states it (see `localities.periods`); NULL is unknown."""

    default_validators = [periods.validate]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


@deconstructible
class ListOfCodes:
    """Validates a JSON list of codes, each of `allowed` and at most once."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ListOfCodes) and self.allowed == other.allowed

    def __hash__(self) -> int:
        return hash(self.allowed)

    def __call__(self, value: object) -> None:
        """Raises ValidationError for anything but a list of allowed codes, each once."""
        items = value if isinstance(value, list) else [value]
        wrong = [item for item in items if item not in self.allowed]
        if not isinstance(value, list) or wrong or len(set(items)) != len(items):
            raise ValidationError(
                _("%(wrong)s: allowed is a list of %(allowed)s, each once."),
                code="codes",
                params={"wrong": wrong or value, "allowed": ", ".join(self.allowed)},
            )


def codes(allowed: type[models.TextChoices]) -> ListOfCodes:
    """A validator: the value is a list of codes of `allowed`, each once."""
    return ListOfCodes(allowed.values)
