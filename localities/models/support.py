"""Who helps a small firm on its way, and with what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.models.constraints import RowRule, between, not_negative, prefecture, unique
from localities.models.facts import Sector
from localities.models.places import IndustrialPark, Province
from localities.models.records import (
    CatalogueRecord,
    NamedRecord,
    PeriodField,
    codes,
    list_of_prefecture_codes,
    prefecture_code,
)


class SupportFunction(models.TextChoices):
    """What a support organisation does."""

    INFORMATION = "information", _("Information")
    CONSULTATION = "consultation", _("Advice")
    SEMINAR = "seminar", _("Seminars")
    MATCHING = "matching", _("Business matching")
    MISSION = "mission", _("Missions")
    FINANCE = "finance", _("Finance")
    SETUP = "setup", _("Company set-up")
    AFTER_CARE = "after-care", _("Care after entry")
    TRAINING = "training", _("Training")
    RECRUITMENT = "recruitment", _("Recruiting")
    LEGAL = "legal", _("Legal help")
    INCUBATION = "incubation", _("Incubation")
    SITE_VISIT = "site-visit", _("Site visits")


class ProgrammeStage(models.TextChoices):
    """A stage of going abroad."""

    CONSIDER = "consider", _("Considering")
    PREPARE = "prepare", _("Preparing")
    ENTER = "enter", _("Entering")
    OPERATE = "operate", _("Operating")
    WITHDRAW = "withdraw", _("Withdrawing")


class Language(models.TextChoices):
    """A language that help is given in."""

    JAPANESE = "ja", _("Japanese")
    VIETNAMESE = "vi", _("Vietnamese")
    ENGLISH = "en", _("English")


class SupportOrganisation(NamedRecord):
    """An organisation that helps firms go abroad, in Japan or on the spot."""

    kind = "support-organisation"

    class Kind(models.TextChoices):
        NATIONAL = "national", _("National body")
        PREFECTURE = "prefecture", _("Prefecture")
        CITY = "city", _("City")
        CHAMBER = "chamber", _("Chamber of commerce")
        BANK = "bank", _("Bank")
        NPO = "npo", _("Non-profit organisation")
        PRIVATE = "private", _("Private firm")
        PROVINCE_DESK = "vietnam-province-desk", _("Desk of a Vietnamese province")
        VIETNAM_NATIONAL = "vietnam-national", _("National body of Viet Nam")

    class Country(models.TextChoices):
        JAPAN = "japan", _("Japan")
        VIETNAM = "vietnam", _("Viet Nam")

    organisation_kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    prefecture_code = models.CharField(
        _("prefecture (JIS X 0401)"),
        max_length=2,
        null=True,
        blank=True,
        validators=[prefecture_code],
    )
    located_in = models.CharField(_("located in"), max_length=8, choices=Country)
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="support_organisations", null=True, blank=True
    )
    functions = models.JSONField(
        _("what it does"), default=list, blank=True, validators=[codes(SupportFunction)]
    )
    languages = models.JSONField(
        _("languages"), default=list, blank=True, validators=[codes(Language)]
    )
    website = models.URLField(_("website"), max_length=300, null=True, blank=True)

    class Meta:
        verbose_name = _("support organisation")
        verbose_name_plural = _("support organisations")
        ordering = ["key"]
        constraints = [
            prefecture("support_prefecture_range", "prefecture_code"),
        ]


class SupportProgramme(NamedRecord):
    """A scheme that pays, lends, trains or advises."""

    kind = "support-programme"

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        UNKNOWN = "unknown", _("Unknown")

    organisation = models.ForeignKey(SupportOrganisation, models.PROTECT, related_name="programmes")
    stages = models.JSONField(
        _("stages"), default=list, blank=True, validators=[codes(ProgrammeStage)]
    )
    offers_en = models.TextField(_("offer in English"))
    offers_ja = models.TextField(_("offer in Japanese"))
    subsidy_rate_pct = models.FloatField(_("subsidy rate (%)"), null=True, blank=True)
    subsidy_cap_jpy = models.FloatField(_("subsidy up to (JPY)"), null=True, blank=True)
    loan_cap_jpy = models.FloatField(_("loan up to (JPY)"), null=True, blank=True)
    fee_jpy = models.FloatField(_("fee (JPY)"), null=True, blank=True)
    any_sector = models.BooleanField(_("open to every sector"))
    eligible_sectors = models.ManyToManyField(Sector, blank=True, related_name="programmes")
    eligible_prefectures = models.JSONField(
        _("prefectures (JIS X 0401); none: every one"),
        default=list,
        blank=True,
        validators=[list_of_prefecture_codes],
    )
    eligibility_en = models.TextField(_("who may apply"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status)
    as_of = PeriodField(_("status as of"))
    website = models.URLField(_("website"), max_length=300, null=True, blank=True)

    class Meta:
        verbose_name = _("support programme")
        verbose_name_plural = _("support programmes")
        ordering = ["key"]
        constraints = [
            between("programme", "subsidy_rate_pct", 0, 100),
            *not_negative("programme", "subsidy_cap_jpy", "loan_cap_jpy", "fee_jpy"),
        ]


class Stewardship(CatalogueRecord):
    """Which organisation curates the listings of a province or of one industrial park.

    Without either, all of them.
    """

    kind = "stewardship"

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="stewardships"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="stewardships", null=True, blank=True
    )
    park = models.ForeignKey(
        IndustrialPark, models.PROTECT, related_name="stewardships", null=True, blank=True
    )
    record_kind = models.SlugField(_("kind of record; none: every kind"), null=True, blank=True)

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")
        ordering = ["key"]
        constraints = [
            unique(
                "stewardship_unique", nullable=["province", "park", "record_kind"], is_active=True
            ),
            RowRule(
                "stewardship_one_place",
                "park",
                Q(province=None) | Q(park=None),
                holds=lambda one: one.province_id is None or one.park_id is None,
                message=_("A province or an industrial park is needed, not both."),
            ),
        ]
