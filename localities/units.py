"""Units and coded words of the catalogue in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The units of indicators and cost benchmarks, as the catalogue spells them.
UNITS: dict[str, str | Promise] = {
    "million VND per person per month": _("million VND per person and month"),
    "million VND per person per year": _("million VND per person and year"),
    "USD per person per year": _("USD per person and year"),
    "VND per month": _("VND/month"),
    "trillion VND": _("trillion VND"),
    "million USD": _("million USD"),
    "index (0-1)": _("index, 0 to 1"),
    "points (0-100)": _("points, 0 to 100"),
    "points": _("points"),
    "percent": "%",
    "projects": _("projects"),
    "parks": _("parks"),
    "rank": _("rank"),
    "ha": "ha",
    "USD/month": _("USD/month"),
    "USD/year": _("USD/year"),
    "VND/month": _("VND/month"),
    "VND/hour": _("VND/hour"),
    "VND/kWh": "VND/kWh",
    "USD/m2/lease term": _("USD/m² for the lease term"),
    "USD/m2/remaining term": _("USD/m² for the remaining term"),
    "USD/m2/month": _("USD/m²/month"),
    "USD/m2/year": _("USD/m²/year"),
    "USD/1000 m2/year": _("USD/1,000 m²/year"),
    "USD/m3": "USD/m³",
    "VND/m3": "VND/m³",
    "m2 per USD 1,000/month": _("m² for USD 1,000 a month"),
    "JPY/USD": "JPY/USD",
    "VND/USD": "VND/USD",
}

# The items of cost benchmarks.
COST_ITEMS: dict[str, str | Promise] = {
    "industrial-land-rent-lease-term": _("Industrial land rent, whole lease term"),
    "industrial-land-rent-remaining-term": _("Industrial land rent, remaining term"),
    "industrial-land-price": _("Industrial land price"),
    "industrial-land-price-new-foreign-parks": _("Industrial land price, new foreign-run parks"),
    "industrial-park-management-fee": _("Management fee of a park"),
    "industrial-park-infrastructure-fee": _("Infrastructure fee of a park"),
    "rental-factory-management-fee": _("Management fee of a rental factory"),
    "ready-built-factory-rent": _("Ready-built factory rent"),
    "ready-built-warehouse-rent": _("Ready-built warehouse rent"),
    "logistics-warehouse-rent": _("Logistics warehouse rent"),
    "office-rent": _("Office rent"),
    "office-rent-all-grades": _("Office rent, all grades"),
    "office-rent-grade-a": _("Office rent, grade A"),
    "office-rent-prime": _("Office rent, prime"),
    "office-area-per-1000-usd-grade-a": _("Grade A office area for USD 1,000 a month"),
    "electricity-industrial-normal-hours": _("Industrial electricity, normal hours"),
    "electricity-industrial-offpeak-to-peak": _("Industrial electricity, off-peak to peak"),
    "electricity-average-retail": _("Electricity, average retail price"),
    "electricity-average-retail-legal-band": _("Electricity, legal band of the retail price"),
    "water-supply": _("Water supply"),
    "wastewater-treatment": _("Waste-water treatment"),
    "minimum-wage-monthly": _("Minimum wage, monthly"),
    "minimum-wage-hourly": _("Minimum wage, hourly"),
    "average-pay-enterprise-employee-monthly": _("Average pay of employees of firms, monthly"),
    "wage-worker-manufacturing-monthly": _("Worker's wage, manufacturing, monthly"),
    "wage-worker-manufacturing-annual": _("Worker's wage, manufacturing, annual"),
    "wage-worker-manufacturing-median": _("Worker's wage, manufacturing, median"),
    "wage-worker-chemicals-metal-food-median": _("Worker's wage, chemicals, metal, food, median"),
    "wage-worker-general-machinery-median": _("Worker's wage, general machinery, median"),
    "wage-worker-steel-median": _("Worker's wage, steel, median"),
    "labour-cost-worker-manufacturing-annual-total": _(
        "Total labour cost of a worker, manufacturing, annual"
    ),
    "wage-engineer-manufacturing-monthly": _("Engineer's wage, manufacturing, monthly"),
    "wage-engineer-chemicals-median": _("Engineer's wage, chemicals, median"),
    "wage-engineer-general-machinery-median": _("Engineer's wage, general machinery, median"),
    "wage-engineer-metal-products-median": _("Engineer's wage, metal products, median"),
    "wage-engineer-steel-median": _("Engineer's wage, steel, median"),
    "wage-line-leader-manufacturing-median": _("Line leader's wage, manufacturing, median"),
    "wage-supervisor-median": _("Supervisor's wage, median"),
    "wage-section-manager-median": _("Section manager's wage, median"),
    "wage-department-manager-median": _("Department manager's wage, median"),
    "wage-manager-manufacturing-monthly": _("Manager's wage, manufacturing, monthly"),
    "wage-manager-manufacturing-annual": _("Manager's wage, manufacturing, annual"),
    "wage-manager-non-manufacturing-monthly": _("Manager's wage, other industries, monthly"),
    "wage-manager-software-median": _("Manager's wage, software, median"),
    "wage-staff-non-manufacturing-monthly": _("Staff wage, other industries, monthly"),
    "wage-staff-non-manufacturing-annual": _("Staff wage, other industries, annual"),
    "wage-staff-software-median": _("Staff wage, software, median"),
    "wage-office-staff-median": _("Office staff's wage, median"),
    "exchange-rate-jpy-per-usd": _("Exchange rate, yen for a US dollar"),
    "exchange-rate-vnd-per-usd": _("Exchange rate, dong for a US dollar"),
}


def unit_label(unit: str) -> str:
    """The unit in the reader's language; one that is not in the table stands as it is."""
    return str(UNITS.get(unit, unit))


def cost_item_label(item: str) -> str:
    """What a cost benchmark is of, in the reader's language."""
    return str(COST_ITEMS.get(item, item.replace("-", " ")))
