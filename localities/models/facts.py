"""What is measured of places, and where it was read."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.models.constraints import RowRule, between, not_negative, ordered, unique
from localities.models.places import FormerProvince, IndustrialPark, Province
from localities.models.records import (
    KEY_LENGTH,
    CatalogueRecord,
    NamedRecord,
    PeriodField,
    list_of_texts,
)


class Dimension(models.TextChoices):
    """The six dimensions that a place is judged on."""

    SECTOR = "sector", _("Sector")
    HARD = "hard", _("Hard infrastructure")
    SOFT = "soft", _("Soft infrastructure")
    TALENT = "talent", _("Talent")
    MARKET = "market", _("Market and supply")
    COST = "cost", _("Cost")


class Source(CatalogueRecord):
    """A publication. Without an address it is a printed or archived document."""

    kind = "source"

    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=600, null=True, blank=True)
    publisher = models.CharField(_("publisher"), max_length=120, null=True, blank=True)
    published = PeriodField(_("published"))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]
        constraints = [
            unique("source_unique", "title", nullable=["url", "published"]),
        ]


class Citation(CatalogueRecord):
    """The tie between a source and the record, or the fields of it, that the source backs."""

    kind = "citation"

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    record_kind = models.SlugField(_("kind of the record"), max_length=40)
    record = models.SlugField(_("key of the record"), max_length=KEY_LENGTH, db_index=False)
    position = models.PositiveSmallIntegerField(_("place in the list"))
    fields = models.JSONField(
        _("fields it backs, where it names them"),
        default=list,
        blank=True,
        validators=[list_of_texts],
    )
    note = models.TextField(_("note"), null=True, blank=True)
    as_of = PeriodField(_("as of, where it is not the source's date"))

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["record_kind", "record", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record", "position"], name="citation_position_unique"
            )
        ]


class Sector(NamedRecord):
    """A sector of industry, with its codes in the Japanese and the international classification."""

    kind = "sector"

    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True
    )
    jsic = models.JSONField(_("JSIC codes"), default=list, blank=True, validators=[list_of_texts])
    isic = models.JSONField(_("ISIC codes"), default=list, blank=True, validators=[list_of_texts])

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["key"]
        constraints = [
            RowRule(
                "sector_not_its_own_parent",
                "parent",
                Q(parent__isnull=True) | ~Q(parent=models.F("key")),
                holds=lambda sector: sector.parent_id != sector.key,
                message=_("A sector is no part of itself."),
            )
        ]


class Indicator(NamedRecord):
    """A measured quantity."""

    kind = "indicator"

    class Direction(models.TextChoices):
        HIGHER = "higher", _("Higher is better")
        LOWER = "lower", _("Lower is better")
        NEUTRAL = "neutral", _("Neither")

    unit = models.CharField(_("unit"), max_length=60)
    dimension = models.CharField(
        _("dimension"), max_length=8, choices=Dimension, null=True, blank=True
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    intensive = models.BooleanField(
        _("intensive"),
        help_text=_("A score, a wage or a rate; a total, which is added up, is extensive."),
    )
    shelf_life_months = models.PositiveSmallIntegerField(_("shelf life (months)"))
    lowest = models.FloatField(_("lowest possible value"), null=True, blank=True)
    highest = models.FloatField(_("highest possible value"), null=True, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["key"]
        constraints = [ordered("indicator", "lowest", "highest")]


class Observation(CatalogueRecord):
    """One value of an indicator, for one place and period; a range has two ends."""

    kind = "observation"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="observations", null=True, blank=True
    )
    former_province = models.ForeignKey(
        FormerProvince, models.PROTECT, related_name="observations", null=True, blank=True
    )
    park = models.ForeignKey(
        IndustrialPark, models.PROTECT, related_name="observations", null=True, blank=True
    )
    period = PeriodField(_("period"), null=False, blank=False)
    value_min = models.FloatField(_("value, from"))
    value_max = models.FloatField(_("value, to"))

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["key"]
        constraints = [
            ordered("observation", "value_min", "value_max"),
            RowRule(
                "observation_one_place",
                "province",
                Q(province__isnull=False, former_province=None, park=None)
                | Q(province=None, former_province__isnull=False, park=None)
                | Q(province=None, former_province=None, park__isnull=False),
                holds=lambda one: (
                    [one.province_id, one.former_province_id, one.park_id].count(None) == 2
                ),
                message=_(
                    "Exactly one place is needed: a province, a former province or an industrial "
                    "park."
                ),
            ),
            *(
                models.UniqueConstraint(
                    fields=["indicator", place, "period"],
                    condition=Q(**{f"{place}__isnull": False}),
                    name=f"observation_{place}_unique",
                )
                for place in ("province", "former_province", "park")
            ),
        ]

    def clean(self) -> None:
        """Raises ValidationError where a value lies outside what the indicator can be."""
        super().clean()
        low, high = self.indicator.lowest, self.indicator.highest
        for field in ("value_min", "value_max"):
            value = getattr(self, field)
            if (low is not None and value < low) or (high is not None and value > high):
                raise ValidationError(
                    {
                        field: ValidationError(
                            _("%(value)s lies outside %(low)s to %(high)s."),
                            code="outside",
                            params={"value": value, "low": low, "high": high},
                        )
                    }
                )


class CostBenchmark(CatalogueRecord):
    """What labour, land, power or water costs at a place, often as a range."""

    kind = "cost-benchmark"

    place = models.CharField(_("place as the source names it"), max_length=80)
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="cost_benchmarks", null=True, blank=True
    )
    item = models.SlugField(_("item"), max_length=60)
    value_min = models.FloatField(_("value, from"))
    value_max = models.FloatField(_("value, to"))
    unit = models.CharField(_("unit"), max_length=40)
    period = PeriodField(_("period"))

    class Meta:
        verbose_name = _("cost benchmark")
        verbose_name_plural = _("cost benchmarks")
        ordering = ["key"]
        constraints = [
            *not_negative("cost", "value_min"),
            ordered("cost", "value_min", "value_max"),
            unique("cost_unique", "place", "item", "unit", nullable=["period"]),
        ]


class StageIssue(CatalogueRecord):
    """How many of the firms of a survey named an issue as their gravest, at a stage of entry."""

    kind = "stage-issue"

    class Stage(models.TextChoices):
        BEFORE = "before", _("Before entry")
        ENTERING = "entering", _("While entering")
        AFTER = "after", _("After entry")

    stage = models.CharField(_("stage"), max_length=8, choices=Stage)
    rank = models.PositiveSmallIntegerField(_("rank"))
    issue = models.SlugField(_("issue"), max_length=40)
    issue_en = models.CharField(_("issue in English"), max_length=120)
    issue_ja = models.CharField(_("issue in Japanese"), max_length=120)
    percent = models.FloatField(_("share of firms (%)"))
    theme = models.SlugField(_("theme"), max_length=40)
    survey_n = models.PositiveIntegerField(_("firms asked"))

    class Meta:
        verbose_name = _("issue at a stage")
        verbose_name_plural = _("issues at the stages")
        ordering = ["key"]
        constraints = [
            between("stage_issue", "percent", 0, 100),
            models.UniqueConstraint(fields=["stage", "issue"], name="stage_issue_unique"),
            models.UniqueConstraint(fields=["stage", "rank"], name="stage_issue_rank_unique"),
        ]
