"""What a province is, asks for and promises, and its ties with Japan."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.models.constraints import RowRule, between, prefecture, unique
from localities.models.facts import Sector
from localities.models.places import FormerProvince, Province
from localities.models.records import (
    CatalogueRecord,
    PartOfProvince,
    PeriodField,
    list_of_texts,
    prefecture_code,
)


class ProvinceProfile(CatalogueRecord):
    """A province's traits in words, and how many Japanese firms are there."""

    kind = "province-profile"

    province = models.OneToOneField(Province, models.PROTECT, related_name="profile")
    geography_en = models.TextField(_("geography in English"))
    geography_ja = models.TextField(_("geography in Japanese"))
    existing_industry_en = models.TextField(_("industry in English"))
    existing_industry_ja = models.TextField(_("industry in Japanese"))
    japanese_companies_count = models.PositiveIntegerField(
        _("Japanese companies"), null=True, blank=True
    )
    japanese_companies_count_period = models.CharField(
        _("period of the companies"), max_length=80, null=True, blank=True
    )
    japanese_fdi_projects_count = models.PositiveIntegerField(
        _("Japanese projects"), null=True, blank=True
    )
    japanese_fdi_projects_period = models.CharField(
        _("period of the projects"), max_length=80, null=True, blank=True
    )
    japanese_fdi_projects_scope = models.CharField(
        _("scope of the projects"), max_length=80, null=True, blank=True
    )

    class Meta:
        verbose_name = _("province profile")
        verbose_name_plural = _("province profiles")
        ordering = ["key"]


class Strength(CatalogueRecord):
    """A sector that a province is strong in; the level is our reading of the evidence."""

    kind = "strength"

    province = models.ForeignKey(Province, models.PROTECT, related_name="strengths")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="strengths")
    level = models.PositiveSmallIntegerField(_("level (1 to 3)"))
    evidence_en = models.TextField(_("evidence in English"))
    evidence_ja = models.TextField(_("evidence in Japanese"))

    class Meta:
        verbose_name = _("strength")
        verbose_name_plural = _("strengths")
        ordering = ["key"]
        constraints = [
            between("strength", "level", 1, 3),
            models.UniqueConstraint(fields=["province", "sector"], name="strength_unique"),
        ]


class AnchorCompany(CatalogueRecord, PartOfProvince):
    """A large company that others supply, or learn from."""

    kind = "anchor-company"

    province = models.ForeignKey(Province, models.PROTECT, related_name="anchor_companies")
    former_province = models.ForeignKey(
        FormerProvince, models.PROTECT, related_name="+", null=True, blank=True
    )
    name_en = models.CharField(_("name"), max_length=160)
    activity_en = models.CharField(_("activity"), max_length=200, null=True, blank=True)
    is_japanese = models.BooleanField(_("Japanese"), null=True, blank=True)

    class Meta:
        verbose_name = _("anchor company")
        verbose_name_plural = _("anchor companies")
        ordering = ["key"]
        constraints = [
            unique("anchor_unique", "province", "name_en", nullable=["former_province"]),
        ]


class InvestmentPriority(CatalogueRecord, PartOfProvince):
    """A sector that a province asks for: 1 implied, 2 named, 3 named as a top priority."""

    kind = "investment-priority"

    province = models.ForeignKey(Province, models.PROTECT, related_name="priorities")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="priorities")
    priority = models.PositiveSmallIntegerField(_("priority (1 to 3)"))
    wants_japan = models.BooleanField(_("asks Japan for it"))
    statement_en = models.TextField(_("statement in English"))
    statement_ja = models.TextField(_("statement in Japanese"))
    policy_document = models.CharField(_("document"), max_length=120, null=True, blank=True)
    period = models.CharField(_("period"), max_length=60, null=True, blank=True)

    class Meta:
        verbose_name = _("investment priority")
        verbose_name_plural = _("investment priorities")
        ordering = ["key"]
        constraints = [
            between("priority", "priority", 1, 3),
            unique("priority_unique", "province", "sector", nullable=["former_province"]),
        ]


class Commitment(CatalogueRecord, PartOfProvince):
    """A pledge to investors, with its target where it can be measured."""

    kind = "commitment"

    class Category(models.TextChoices):
        LICENSING = "licensing", _("Licences")
        LAND = "land", _("Land")
        HOTLINE = "hotline", _("Hotline or desk")
        INFRASTRUCTURE = "infrastructure", _("Infrastructure")
        LABOUR = "labour", _("Labour")
        TAX = "tax", _("Tax")
        FLEXIBILITY = "flexibility", _("Flexibility")
        POWER = "power", _("Power")
        HOUSING = "housing", _("Housing")
        SECURITY = "security", _("Security")
        STRIKES = "strike-prevention", _("Prevention of strikes")
        OTHER = "other", _("Other")

    province = models.ForeignKey(Province, models.PROTECT, related_name="commitments")
    pledge_en = models.TextField(_("pledge in English"))
    pledge_ja = models.TextField(_("pledge in Japanese"))
    category = models.CharField(_("category"), max_length=20, choices=Category)
    measurable = models.BooleanField(_("can be measured"))
    target_value = models.FloatField(_("target"), null=True, blank=True)
    target_unit = models.CharField(_("unit of the target"), max_length=60, null=True, blank=True)
    made_by = models.CharField(_("made by"), max_length=120)
    made_on = PeriodField(_("made on"))

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["key"]
        constraints = [
            RowRule(
                "commitment_target_has_unit",
                "target_unit",
                Q(target_value=None, target_unit=None)
                | Q(target_value__isnull=False, target_unit__isnull=False)
                | Q(target_value=None, target_unit__isnull=False),
                holds=lambda one: one.target_value is None or one.target_unit is not None,
                message=_("A target value needs its unit."),
            )
        ]


class CooperationAgreement(CatalogueRecord, PartOfProvince):
    """A tie between a Japanese prefecture or city and a province."""

    kind = "agreement"

    class Kind(models.TextChoices):
        MOU = "mou", _("Memorandum")
        FRIENDSHIP = "friendship", _("Friendship agreement")
        SISTER_CITY = "sister-city", _("Sister cities")
        TRAINING = "training-project", _("Training project")
        DESK = "desk", _("Desk")
        OTHER = "other", _("Visit or talks without a reported agreement")

    province = models.ForeignKey(Province, models.PROTECT, related_name="agreements")
    japan_locality_en = models.CharField(_("Japanese locality in English"), max_length=120)
    japan_locality_ja = models.CharField(_("Japanese locality"), max_length=120)
    japan_prefecture_code = models.CharField(
        _("prefecture (JIS X 0401)"),
        max_length=2,
        null=True,
        blank=True,
        validators=[prefecture_code],
    )
    agreement_kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    sectors = models.ManyToManyField(Sector, blank=True, related_name="agreements")
    other_fields = models.JSONField(
        _("fields beside the sectors"), default=list, blank=True, validators=[list_of_texts]
    )
    signed_on = PeriodField(_("signed on"))
    active = models.BooleanField(_("in force"), null=True, blank=True)

    class Meta:
        verbose_name = _("cooperation agreement")
        verbose_name_plural = _("cooperation agreements")
        ordering = ["key"]
        constraints = [
            prefecture("agreement_prefecture_range", "japan_prefecture_code"),
        ]
