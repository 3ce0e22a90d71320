"""How a park is shown in few words."""

from django import template
from django.utils.translation import gettext, pgettext

from localities.models import IndustrialPark

register = template.Library()


@register.simple_tag
def blanks_of(park: IndustrialPark) -> str:
    """What a card would say of the park and nobody has written about; '' where nothing is."""
    known = {
        gettext("Rental units"): park.rental_factory is not None or bool(park.rental_units_m2),
        gettext("Factory rent"): park.factory_rent_usd_m2_month_min is not None
        or park.factory_rent_usd_m2_month_max is not None,
        gettext("Seaport"): park.seaport_km is not None,
        gettext("Airport"): park.airport_km is not None,
        gettext("Japanese tenants"): park.japanese_tenants_count is not None,
        gettext("Japanese-speaking staff"): park.japanese_speaking_staff is not None,
        gettext("Sectors"): bool(park.target_sectors.all()),
    }
    return pgettext("list", ", ").join(label for label, there in known.items() if not there)
