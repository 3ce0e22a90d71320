"""Distances where no source states one."""

import numpy as np

from matching.engine.facts import Floats

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG 1980


def great_circle_km(from_deg: Floats, to_deg: Floats) -> Floats:
    """Distances in km, shape [A, B], from points [A, 2] to points [B, 2] (latitude, longitude).

    The haversine formula on a sphere (Sinnott 1984). NaN where a position is unknown.
    """
    here, there = np.radians(from_deg)[:, None, :], np.radians(to_deg)[None, :, :]
    half = np.sin((there - here) / 2) ** 2
    chord = half[..., 0] + np.cos(here[..., 0]) * np.cos(there[..., 0]) * half[..., 1]
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))))
