"""Places: regions, provinces, what they were called, industrial parks."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from localities.models.constraints import RowRule, between, not_negative, ordered, position
from localities.models.records import (
    NamedRecord,
    PartOfProvince,
    PeriodField,
    list_of_texts,
)

PARK_SERVICES = (
    "one_stop_setup",
    "japanese_speaking_staff",
    "accounting_tax",
    "labour_recruitment",
    "procurement",
    "interpreter",
    "customs_office_on_site",
    "tenants_association_meetings",
    "worker_dormitory",
    "training_centre",
    "clinic",
    "bank",
)
PARK_OFFERS = (
    "rental_factory",
    "sme_zone",
    "sublease_allowed",
    "incubation_without_company",
    "power_dual_source",
    "fire_station",
)


class Region(NamedRecord):
    """One of the six socio-economic regions (Resolution 306/NQ-CP of 2025-10-05)."""

    kind = "region"

    class Macro(models.TextChoices):
        NORTH = "north", _("North")
        CENTRAL = "central", _("Central")
        SOUTH = "south", _("South")

    macro = models.CharField(_("part of the country"), max_length=8, choices=Macro)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["key"]


class Province(NamedRecord):
    """One of the 34 provincial units in force since 2025-07-01."""

    kind = "province"

    class Kind(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("Centrally run city")

    code = models.CharField(_("official code"), max_length=2, unique=True)
    status = models.CharField(_("kind"), max_length=8, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="provinces")
    admin_centre = models.CharField(_("administrative centre"), max_length=80)
    admin_centre_lat = models.FloatField(_("latitude of the centre"))
    admin_centre_lon = models.FloatField(_("longitude of the centre"))
    area_km2 = models.FloatField(_("area (km²)"))
    population = models.PositiveIntegerField(_("population"))
    population_year = models.PositiveSmallIntegerField(
        _("year of the population"), null=True, blank=True
    )
    coastal = models.BooleanField(_("on the coast"))
    neighbours = models.ManyToManyField("self", blank=True, verbose_name=_("neighbours"))

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["code"]
        constraints = [
            *position("province", "admin_centre_lat", "admin_centre_lon"),
            *not_negative("province", "area_km2"),
        ]


class FormerProvince(NamedRecord):
    """One of the 63 provincial units of before July 2025, and the unit it is a part of today."""

    kind = "former-province"

    province = models.ForeignKey(Province, models.PROTECT, related_name="predecessors")

    class Meta:
        verbose_name = _("former province")
        verbose_name_plural = _("former provinces")
        ordering = ["key"]


LARGEST_PARK_HA = 100_000  # the largest zone on record has 22,700; what is more is in another unit


class IndustrialPark(NamedRecord, PartOfProvince):
    """An industrial park and its offer, as officers edit it on one form. NULL is unknown."""

    kind = "industrial-park"

    class Status(models.TextChoices):
        OPERATING = "operating", _("Operating")
        UNDER_CONSTRUCTION = "under-construction", _("Under construction")
        PLANNED = "planned", _("Planned")

    class Precision(models.TextChoices):
        COMMUNE = "commune", _("Centre of the commune")
        DISTRICT = "district", _("Centre of the district")

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="parks", verbose_name=_("province")
    )
    commune = models.CharField(_("commune"), max_length=80, null=True, blank=True)
    address_en = models.CharField(
        pgettext_lazy("of a place", "address"), max_length=250, null=True, blank=True
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    location_precision = models.CharField(
        _("what the position is"), max_length=8, choices=Precision, null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=20, choices=Status)
    developer = models.CharField(_("developer"), max_length=250, null=True, blank=True)
    developer_country = models.CharField(
        _("developer's country"), max_length=80, null=True, blank=True
    )
    japanese_developer = models.BooleanField(_("Japanese developer"), null=True, blank=True)
    established_year = models.PositiveSmallIntegerField(_("established"), null=True, blank=True)

    total_area_ha = models.FloatField(_("total area (ha)"), null=True, blank=True)
    leasable_area_ha = models.FloatField(_("area for lease (ha)"), null=True, blank=True)
    available_area_ha = models.FloatField(_("area still free (ha)"), null=True, blank=True)
    occupancy_pct = models.FloatField(_("occupancy (%)"), null=True, blank=True)
    tenants_count = models.PositiveIntegerField(_("tenants"), null=True, blank=True)
    japanese_tenants_count = models.PositiveIntegerField(
        _("Japanese tenants"), null=True, blank=True
    )
    notable_tenants = models.JSONField(
        _("tenants by name"), default=list, blank=True, validators=[list_of_texts]
    )
    target_sectors = models.ManyToManyField(
        "localities.Sector", blank=True, related_name="parks", verbose_name=_("sectors")
    )

    land_lease_until_year = models.PositiveSmallIntegerField(
        _("land leased until"), null=True, blank=True
    )
    land_rent_usd_m2_min = models.FloatField(
        _("land rent, from (USD/m² for the term)"), null=True, blank=True
    )
    land_rent_usd_m2_max = models.FloatField(
        _("land rent, to (USD/m² for the term)"), null=True, blank=True
    )
    land_rent_period = models.CharField(
        _("term of the land rent"), max_length=120, null=True, blank=True
    )
    land_rent_as_of = PeriodField(_("land rent as of"))
    factory_rent_usd_m2_month_min = models.FloatField(
        _("factory rent, from (USD/m²/month)"), null=True, blank=True
    )
    factory_rent_usd_m2_month_max = models.FloatField(
        _("factory rent, to (USD/m²/month)"), null=True, blank=True
    )
    factory_rent_as_of = PeriodField(_("factory rent as of"))
    management_fee_usd_m2_year = models.FloatField(
        _("management fee (USD/m²/year)"), null=True, blank=True
    )
    rental_factory = models.BooleanField(_("rental factory"), null=True, blank=True)
    rental_units_m2 = models.JSONField(_("sizes of rental units (m²)"), null=True, blank=True)
    sme_zone = models.BooleanField(_("zone for small firms"), null=True, blank=True)
    sublease_allowed = models.BooleanField(_("sublease allowed"), null=True, blank=True)
    incubation_without_company = models.BooleanField(
        _("start without a company of one's own"), null=True, blank=True
    )

    power_mva = models.FloatField(_("power (MVA)"), null=True, blank=True)
    power_description = models.TextField(_("about the power"), null=True, blank=True)
    power_dual_source = models.BooleanField(_("power from two sources"), null=True, blank=True)
    water_m3_day = models.FloatField(_("water (m³/day)"), null=True, blank=True)
    wastewater_m3_day = models.FloatField(_("waste water (m³/day)"), null=True, blank=True)
    water_price_usd_m3 = models.FloatField(_("water price (USD/m³)"), null=True, blank=True)
    wastewater_price_usd_m3 = models.FloatField(
        _("waste water price (USD/m³)"), null=True, blank=True
    )
    telecom = models.CharField(_("telecom"), max_length=120, null=True, blank=True)
    fire_station = models.BooleanField(_("fire station"), null=True, blank=True)

    city_name = models.CharField(_("nearest city"), max_length=80, null=True, blank=True)
    city_km = models.FloatField(_("to the city (km)"), null=True, blank=True)
    airport_name = models.CharField(_("nearest airport"), max_length=80, null=True, blank=True)
    airport_km = models.FloatField(_("to the airport (km)"), null=True, blank=True)
    seaport_name = models.CharField(_("nearest seaport"), max_length=80, null=True, blank=True)
    seaport_km = models.FloatField(_("to the seaport (km)"), null=True, blank=True)
    expressway_name = models.CharField(
        _("nearest expressway"), max_length=80, null=True, blank=True
    )
    expressway_km = models.FloatField(_("to the expressway (km)"), null=True, blank=True)

    one_stop_setup = models.BooleanField(_("one-stop set-up help"), null=True, blank=True)
    japanese_speaking_staff = models.BooleanField(
        _("Japanese-speaking staff"), null=True, blank=True
    )
    accounting_tax = models.BooleanField(_("accounting and tax help"), null=True, blank=True)
    labour_recruitment = models.BooleanField(_("recruiting help"), null=True, blank=True)
    procurement = models.BooleanField(_("procurement help"), null=True, blank=True)
    interpreter = models.BooleanField(_("interpreters"), null=True, blank=True)
    customs_office_on_site = models.BooleanField(_("customs office on site"), null=True, blank=True)
    tenants_association_meetings = models.BooleanField(
        _("meetings of the tenants"), null=True, blank=True
    )
    worker_dormitory = models.BooleanField(_("workers' dormitory"), null=True, blank=True)
    training_centre = models.BooleanField(_("training centre"), null=True, blank=True)
    clinic = models.BooleanField(_("clinic"), null=True, blank=True)
    bank = models.BooleanField(_("bank"), null=True, blank=True)

    incentives_en = models.TextField(_("incentives"), null=True, blank=True)
    notes_en = models.TextField(_("notes"), null=True, blank=True)

    services: ClassVar[tuple[str, ...]] = PARK_SERVICES
    offers: ClassVar[tuple[str, ...]] = PARK_OFFERS

    class Meta:
        verbose_name = _("industrial park")
        verbose_name_plural = _("industrial parks")
        ordering = ["key"]
        constraints = [
            *position("park"),
            RowRule(
                "park_position_whole",
                "lat",
                models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__isnull=False, lon__isnull=False),
                holds=lambda park: (park.lat is None) == (park.lon is None),
                message=_("Latitude and longitude are needed together, or neither of them."),
            ),
            between("park", "established_year", 1950, 2100),
            between("park", "land_lease_until_year", 1990, 2150),
            between("park", "occupancy_pct", 0, 100),
            *(
                between("park", field, 0, LARGEST_PARK_HA)
                for field in ("total_area_ha", "leasable_area_ha", "available_area_ha")
            ),
            *not_negative(
                "park",
                "land_rent_usd_m2_min",
                "land_rent_usd_m2_max",
                "factory_rent_usd_m2_month_min",
                "factory_rent_usd_m2_month_max",
                "management_fee_usd_m2_year",
                "power_mva",
                "water_m3_day",
                "wastewater_m3_day",
                "water_price_usd_m3",
                "wastewater_price_usd_m3",
                "city_km",
                "airport_km",
                "seaport_km",
                "expressway_km",
            ),
            ordered("park", "land_rent_usd_m2_min", "land_rent_usd_m2_max"),
            ordered("park", "factory_rent_usd_m2_month_min", "factory_rent_usd_m2_month_max"),
            ordered("park", "leasable_area_ha", "total_area_ha"),
            ordered("park", "available_area_ha", "leasable_area_ha"),
            ordered("park", "japanese_tenants_count", "tenants_count"),
        ]

    def clean(self) -> None:
        """Raises ValidationError unless the unit sizes are positive numbers, smallest first."""
        super().clean()
        sizes = self.rental_units_m2
        if sizes is None:
            return
        numbers = isinstance(sizes, list) and all(
            isinstance(size, (int, float)) and not isinstance(size, bool) and size > 0
            for size in sizes
        )
        if not sizes or not numbers or sorted(set(sizes)) != sizes:
            raise ValidationError(
                {"rental_units_m2": _("Sizes are positive numbers of m², smallest first.")}
            )
