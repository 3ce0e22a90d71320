"""What is known of a place on each criterion, in one sentence of the reader's language."""

from collections.abc import Callable

from matching.sentences import province, sector, site
from matching.sentences.reading import Reading, Readings, Statement

Sentence = Callable[[Reading], Statement | None]

# By criterion. `power_shortage` is no criterion but a fact known only as bad.
SENTENCES: dict[str, Sentence] = {
    "sector.priority": sector.priority,
    "sector.asks_japan": sector.asks_japan,
    "sector.cluster": sector.cluster,
    "sector.customers": sector.customers,
    "sector.park_targets": sector.park_targets,
    "sector.park_customers": sector.park_customers,
    "sector.cooperation": sector.cooperation,
    "hard.offers": site.hard_offers,
    "hard.unit_size": site.unit_size,
    "hard.free_land": site.free_land,
    "hard.power": site.power,
    "hard.water": site.water,
    "hard.wastewater": site.wastewater,
    "hard.seaport": site.seaport,
    "hard.airport": site.airport,
    "hard.japan_flights": province.japan_flights,
    "hard.expressway": province.expressway,
    "hard.expressway_near": site.expressway_near,
    "hard.room": site.room,
    "soft.offers": site.soft_offers,
    "soft.prefecture_tie": province.prefecture_tie,
    "soft.home_desk": province.home_desk,
    "soft.support": province.support,
    "soft.pledges": province.pledges,
    "soft.japanese_developer": site.japanese_developer,
    "soft.procedures": province.procedures,
    "soft.integrity": province.integrity,
    "soft.law_and_order": province.law_and_order,
    "soft.e_government": province.e_government,
    "talent.fields": province.fields,
    "talent.sector_fields": province.sector_fields,
    "talent.offers": site.talent_offers,
    "talent.people_tie": province.people_tie,
    "talent.japanese": province.japanese,
    "talent.japan_partners": province.japan_partners,
    "talent.labour_pool": province.labour_pool,
    "market.customers_near": site.customers_near,
    "market.ties": province.ties,
    "market.buyers": sector.buyers,
    "market.suppliers": sector.suppliers,
    "market.japanese_makers": province.japanese_makers,
    "market.japanese_tenants": site.japanese_tenants,
    "market.growth": province.growth,
    "market.purchasing_power": province.purchasing_power,
    "market.exports": province.exports,
    "cost.rent": site.rent,
    "cost.wage": province.wage,
    "cost.minimum_wage": province.wage,
    "cost.land_rent": site.land_rent,
    "cost.land_benchmark": province.land_benchmark,
    "cost.incentives": site.incentives,
    "power_shortage": province.power_shortage,
}

__all__ = ["SENTENCES", "Reading", "Readings", "Sentence", "Statement"]
