"""Rankings that know nothing of the firm: what any matching has to beat."""

import numpy as np

from localities.models import Province
from matching.engine.facts import Facts, Floats
from matching.snapshot.geography import great_circle_km

HUBS = ("ha-noi", "ho-chi-minh")


def chance(facts: Facts) -> Floats:
    """Return [N]: every place the same."""
    return np.zeros(facts.provinces)


def japanese_projects(facts: Facts) -> Floats:
    """Return [N]: the number of Japanese projects, the middle of a range; unknown comes last."""
    low, high = facts.japanese_projects.T
    middle = (np.where(np.isnan(low), high, low) + np.where(np.isnan(high), low, high)) / 2
    return np.where(np.isnan(middle), -np.inf, middle)


def near_a_hub(facts: Facts) -> Floats:
    """Return [N]: nearness of the provincial centre to Ha Noi or Ho Chi Minh City. One query."""
    rows = Province.objects.values_list("key", "admin_centre_lat", "admin_centre_lon")
    centres = {key: (lat, lon) for key, lat, lon in rows}
    here = np.array([centres[slug] for slug in facts.province_slugs], dtype=float)
    there = np.array([centres[slug] for slug in HUBS], dtype=float)
    return np.asarray(-great_circle_km(here, there).min(axis=1))


BASELINES = {"chance": chance, "projects": japanese_projects, "hubs": near_a_hub}
