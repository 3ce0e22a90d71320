"""Who buys from whom: supply links between sectors, from 0 (none) to 1 (the main outlet).

Reasoning: read row by row as 'the sector sells its goods or services to ...'. The levels are our
own reading, on the pattern of intermediate sales in national input-output tables (Japan's 2020
table by the Ministry of Internal Affairs and Communications, Viet Nam's 2019 table by the General
Statistics Office) and of what small Japanese makers supply: 0.9 most of the output goes there,
0.6 to 0.7 a standard outlet, 0.3 to 0.5 a regular but smaller one, below that occasional. Process
makers (pressing, cutting, plating) also work for each other, hence a small link of a sector with
itself where subcontracting is usual. A change here is a new engine version.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from matching.engine.facts import Floats

BUYERS: dict[str, dict[str, float]] = {
    # Food goes to shops, hotels and canteens, and as an ingredient to other food makers.
    "food-processing": {"retail-services": 0.8, "tourism": 0.6, "food-processing": 0.3},
    # Cloth and leather: shops first; seats and belts for vehicles, gowns for hospitals.
    "textiles-apparel": {
        "retail-services": 0.7,
        "textiles-apparel": 0.4,
        "transport-equipment": 0.3,
        "medical-devices": 0.3,
    },
    # Furniture and building wood, and the packaging of everybody who ships.
    "wood-paper": {
        "construction-smart-city": 0.6,
        "retail-services": 0.5,
        "food-processing": 0.4,
        "wood-paper": 0.4,
        "electronics": 0.3,
        "logistics-ports": 0.2,
    },
    # Resins, coatings, process chemicals, medicines.
    "chemicals-pharma": {
        "plastics-rubber": 0.7,
        "healthcare": 0.6,
        "semiconductors": 0.5,
        "electronics": 0.4,
        "textiles-apparel": 0.4,
        "hightech-agriculture": 0.4,
        "transport-equipment": 0.3,
    },
    # Mouldings for vehicles and devices, packaging for food.
    "plastics-rubber": {
        "transport-equipment": 0.8,
        "electronics": 0.8,
        "electrical-equipment": 0.7,
        "medical-devices": 0.5,
        "food-processing": 0.4,
        "machinery": 0.4,
        "construction-smart-city": 0.3,
    },
    # Tiles and glass for building, fine ceramics for electronics, refractories for steel.
    "ceramics-materials": {
        "construction-smart-city": 0.7,
        "semiconductors": 0.5,
        "electronics": 0.4,
        "electrical-equipment": 0.4,
        "basic-metals": 0.4,
        "transport-equipment": 0.2,
    },
    # Steel and castings go to those who form metal.
    "basic-metals": {
        "fabricated-metal": 0.9,
        "machinery": 0.6,
        "transport-equipment": 0.6,
        "construction-smart-city": 0.6,
        "electrical-equipment": 0.5,
    },
    # Pressing, cutting, plating, moulds: parts for machines and vehicles before all.
    "fabricated-metal": {
        "machinery": 0.9,
        "transport-equipment": 0.8,
        "electrical-equipment": 0.7,
        "electronics": 0.6,
        "construction-smart-city": 0.4,
        "fabricated-metal": 0.3,
        "medical-devices": 0.3,
        "energy": 0.2,
    },
    # Machines and jigs go to every plant that automates.
    "machinery": {
        "electronics": 0.6,
        "transport-equipment": 0.5,
        "food-processing": 0.4,
        "fabricated-metal": 0.4,
        "plastics-rubber": 0.4,
        "semiconductors": 0.4,
        "machinery": 0.3,
        "textiles-apparel": 0.3,
        "hightech-agriculture": 0.3,
        "energy": 0.2,
    },
    # Boards, connectors and sensors into devices, vehicles and machines.
    "electronics": {
        "electrical-equipment": 0.7,
        "transport-equipment": 0.6,
        "electronics": 0.5,
        "medical-devices": 0.5,
        "machinery": 0.4,
        "it-dx": 0.3,
        "semiconductors": 0.3,
    },
    # Chips go onto boards, and from there into vehicles and appliances.
    "semiconductors": {"electronics": 0.9, "electrical-equipment": 0.5, "transport-equipment": 0.4},
    # Motors, wiring and batteries: vehicles, machines, grids, buildings.
    "electrical-equipment": {
        "transport-equipment": 0.7,
        "energy": 0.6,
        "machinery": 0.5,
        "construction-smart-city": 0.5,
        "electronics": 0.4,
    },
    # Parts makers sell to assemblers; assemblers to carriers.
    "transport-equipment": {"transport-equipment": 0.8, "logistics-ports": 0.3, "machinery": 0.2},
    "medical-devices": {"healthcare": 0.9, "medical-devices": 0.3},
    "other-manufacturing": {"retail-services": 0.6, "tourism": 0.3},
    # Farms and fishers feed the food makers.
    "hightech-agriculture": {"food-processing": 0.9, "retail-services": 0.5, "tourism": 0.2},
    "fisheries": {"food-processing": 0.9, "retail-services": 0.4, "tourism": 0.3},
    # Energy saving and supply are bought by those who burn most.
    "energy": {
        "basic-metals": 0.6,
        "chemicals-pharma": 0.6,
        "ceramics-materials": 0.5,
        "semiconductors": 0.4,
        "electronics": 0.3,
        "energy": 0.3,
    },
    # Water, waste and emission control: plants with wet or hot processes, and power stations.
    "environment-gx": {
        "basic-metals": 0.6,
        "chemicals-pharma": 0.6,
        "textiles-apparel": 0.6,
        "food-processing": 0.5,
        "energy": 0.5,
        "fisheries": 0.4,
        "wood-paper": 0.4,
        "electronics": 0.3,
        "construction-smart-city": 0.4,
    },
    "construction-smart-city": {"tourism": 0.5, "logistics-ports": 0.4, "energy": 0.4},
    # Goods movers live on exporters of bulk and of boxes.
    "logistics-ports": {
        "retail-services": 0.6,
        "electronics": 0.6,
        "transport-equipment": 0.5,
        "food-processing": 0.5,
        "basic-metals": 0.4,
        "textiles-apparel": 0.4,
        "chemicals-pharma": 0.4,
        "fisheries": 0.3,
    },
    # Software: start-ups, shops, banks and the makers who digitise.
    "it-dx": {
        "startups-innovation": 0.7,
        "it-dx": 0.6,
        "retail-services": 0.6,
        "electronics": 0.5,
        "semiconductors": 0.5,
        "logistics-ports": 0.3,
        "transport-equipment": 0.3,
        "healthcare": 0.4,
    },
    "startups-innovation": {"it-dx": 0.6, "electronics": 0.4, "healthcare": 0.3},
    "tourism": {"retail-services": 0.4},
    # Trainers follow the employers of trained people.
    "education-hr": {
        "it-dx": 0.6,
        "electronics": 0.5,
        "machinery": 0.5,
        "transport-equipment": 0.5,
        "healthcare": 0.5,
        "tourism": 0.4,
    },
    "healthcare": {"tourism": 0.2},
    "retail-services": {"tourism": 0.6},
}


@cache
def links(sector_codes: tuple[str, ...]) -> Floats:
    """Return [S, S], not to be written to: row sells to column, 0 to 1; 0 without an entry."""
    index = {code: i for i, code in enumerate(sector_codes)}
    matrix = np.zeros((len(sector_codes), len(sector_codes)))
    for seller, buyers in BUYERS.items():
        for buyer, strength in buyers.items():
            if seller in index and buyer in index:
                matrix[index[seller], index[buyer]] = strength
    matrix.flags.writeable = False
    return matrix


def reached(matrix: Floats, presence: Floats) -> Floats:
    """Return [S, n]: how far a sector finds its counterparts at a place, NaN where none is known.

    `matrix` [S, S] of links, `presence` [n, S] in [0, 1], NaN unknown. Each present counterpart
    closes its share of the gap that is left: 1 - product of (1 - link x presence), so that more
    counterparts are never worse and none counts twice.
    """
    present = np.nan_to_num(presence, nan=0.0)
    value = 1.0 - np.prod(1.0 - matrix[:, None, :] * present[None, :, :], axis=2)
    evidence = (matrix > 0).astype(float) @ (~np.isnan(presence)).astype(float).T
    return np.where(evidence > 0, value, np.nan)
