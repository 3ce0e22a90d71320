"""How goods and people move: ports, airports, border gates, expressways, and how far they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from localities.models.constraints import between, not_negative, position
from localities.models.places import Province
from localities.models.records import (
    CatalogueRecord,
    NamedRecord,
    PartOfProvince,
    PeriodField,
    list_of_texts,
)


class TransportNode(NamedRecord, PartOfProvince):
    """A seaport, airport, border gate, inland port or rail terminal that matters to industry."""

    kind = "transport-node"

    class Kind(models.TextChoices):
        SEAPORT = "seaport", _("Seaport")
        AIRPORT = "airport", _("Airport")
        BORDER_GATE = "border-gate", _("Border gate")
        INLAND_PORT = "inland-port", _("Inland port")
        RAIL_TERMINAL = "rail-terminal", _("Rail terminal")

    class Status(models.TextChoices):
        OPERATING = "operating", _("Operating")
        UNDER_CONSTRUCTION = "under-construction", _("Under construction")
        PLANNED = "planned", _("Planned")

    class Basis(models.TextChoices):
        COMMUNE = "commune-centre", _("Centre of the commune")
        AIRPORT = "airport-reference", _("Reference point of the airport")
        PORT = "port-point", _("Point in the port")

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="transport_nodes", verbose_name=_("province")
    )
    node_kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    coord_basis = models.CharField(
        _("what the position is"), max_length=20, choices=Basis, null=True, blank=True
    )
    iata = models.CharField(_("IATA code"), max_length=3, null=True, blank=True)
    icao = models.CharField(_("ICAO code"), max_length=4, null=True, blank=True)
    international = models.BooleanField(_("international"), null=True, blank=True)
    grade = models.CharField(_("class"), max_length=20, null=True, blank=True)
    deep_water = models.BooleanField(_("deep-water port"), null=True, blank=True)
    capacity_mt_year = models.FloatField(_("capacity (million tonnes/year)"), null=True, blank=True)
    capacity_teu_year = models.FloatField(_("capacity (TEU/year)"), null=True, blank=True)
    capacity_mpax_year = models.FloatField(
        _("capacity (million passengers/year)"), null=True, blank=True
    )
    longest_runway_m = models.FloatField(_("longest runway (m)"), null=True, blank=True)
    max_vessel_dwt = models.FloatField(_("largest ship (DWT)"), null=True, blank=True)
    direct_flights_to_japan = models.JSONField(
        _("direct flights to Japan (IATA codes)"),
        null=True,
        blank=True,
        validators=[list_of_texts],
    )
    direct_flights_period = models.CharField(
        _("period of the flights"), max_length=80, null=True, blank=True
    )
    direct_container_service_to_japan = models.BooleanField(
        _("direct container service to Japan"), null=True, blank=True
    )
    direct_container_service_period = models.CharField(
        _("period of the container service"), max_length=80, null=True, blank=True
    )
    neighbour_country = models.CharField(
        _("country beyond the gate (ISO 3166)"), max_length=2, null=True, blank=True
    )
    counterpart = models.CharField(
        _("gate on the other side"), max_length=80, null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=20, choices=Status)
    status_as_of = PeriodField(_("status as of"))
    opening_year = models.PositiveSmallIntegerField(_("opened"), null=True, blank=True)
    notes_en = models.TextField(_("notes"), null=True, blank=True)

    class Meta:
        verbose_name = _("port, airport or gate")
        verbose_name_plural = _("ports, airports and gates")
        ordering = ["key"]
        constraints = [
            *position("node"),
            *not_negative(
                "node",
                "capacity_mt_year",
                "capacity_teu_year",
                "capacity_mpax_year",
                "longest_runway_m",
                "max_vessel_dwt",
            ),
            models.UniqueConstraint(fields=["iata"], name="node_iata_unique"),
            models.UniqueConstraint(fields=["icao"], name="node_icao_unique"),
            between("node", "opening_year", 1850, 2100),
        ]


class Expressway(NamedRecord):
    """A section of an expressway, and the provinces that it crosses."""

    kind = "expressway"

    class Status(models.TextChoices):
        OPERATING = "operating", _("Operating")
        OPENING = "opening", _("Opening")
        PARTLY_OPEN = "partly-open", _("Partly open")
        UNDER_CONSTRUCTION = "under-construction", _("Under construction")
        PLANNED = "planned", _("Planned")

    provinces = models.ManyToManyField(
        Province, related_name="expressways", verbose_name=_("provinces")
    )
    length_km = models.FloatField(_("length (km)"), null=True, blank=True)
    opened_year = models.PositiveSmallIntegerField(_("opened"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status)
    status_as_of = PeriodField(_("status as of"))
    due_year = models.PositiveSmallIntegerField(_("due"), null=True, blank=True)
    notes_en = models.TextField(_("notes"), null=True, blank=True)

    class Meta:
        verbose_name = _("expressway section")
        verbose_name_plural = _("expressway sections")
        ordering = ["key"]
        constraints = [
            *not_negative("expressway", "length_km"),
            between("expressway", "opened_year", 1990, 2100),
            between("expressway", "due_year", 1990, 2100),
        ]


class ProvinceInfrastructure(CatalogueRecord):
    """How far a province's centre is from ports and airports, and which expressways serve it."""

    kind = "province-infrastructure"

    class Method(models.TextChoices):
        GREAT_CIRCLE = "great-circle", _("Great circle")
        ROAD = "road", _("By road")

    province = models.OneToOneField(
        Province, models.PROTECT, related_name="infrastructure", verbose_name=_("province")
    )
    centre_name_en = models.CharField(_("centre measured from"), max_length=80)
    centre_lat = models.FloatField(_("latitude of the centre"))
    centre_lon = models.FloatField(_("longitude of the centre"))
    nearest_international_airport = models.ForeignKey(
        TransportNode, models.PROTECT, related_name="+", verbose_name=_("international airport")
    )
    km_to_international_airport = models.FloatField(_("to the international airport (km)"))
    nearest_airport_with_japan_flights = models.ForeignKey(
        TransportNode,
        models.PROTECT,
        related_name="+",
        verbose_name=_("airport with Japan flights"),
    )
    km_to_airport_with_japan_flights = models.FloatField(
        _("to the airport with Japan flights (km)")
    )
    nearest_deep_seaport = models.ForeignKey(
        TransportNode, models.PROTECT, related_name="+", verbose_name=_("deep seaport")
    )
    km_to_deep_seaport = models.FloatField(_("to the deep seaport (km)"))
    distance_method = models.CharField(
        _("how distances are measured"), max_length=16, choices=Method
    )
    has_expressway = models.BooleanField(_("has an expressway"))
    expressways = models.ManyToManyField(
        Expressway, blank=True, related_name="+", verbose_name=_("expressways in use")
    )
    expressways_under_construction = models.ManyToManyField(
        Expressway, blank=True, related_name="+", verbose_name=_("expressways being built")
    )
    metro = models.BooleanField(_("has a metro"))
    industrial_water_or_power_notes_en = models.TextField(
        _("notes on water and power"), null=True, blank=True
    )
    power_shortage_reported = models.BooleanField(
        _("power shortage reported"), null=True, blank=True
    )
    power_shortage_period = models.CharField(
        _("period of the shortage"), max_length=40, null=True, blank=True
    )

    class Meta:
        verbose_name = _("province's infrastructure")
        verbose_name_plural = _("provinces' infrastructure")
        ordering = ["key"]
        constraints = [
            *position("infrastructure", "centre_lat", "centre_lon"),
            *not_negative(
                "infrastructure",
                "km_to_international_airport",
                "km_to_airport_with_japan_flights",
                "km_to_deep_seaport",
            ),
        ]
