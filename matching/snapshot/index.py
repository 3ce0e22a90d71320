"""Where each place, sector and field stands in the arrays."""

from dataclasses import dataclass

import numpy as np

from localities.models import IndustrialPark, Province, Sector, TalentField
from matching.engine.facts import PREFECTURES, Ints


@dataclass(frozen=True, eq=False)
class Index:
    """The order of places, sectors and talent fields, and the records behind it."""

    provinces: tuple[Province, ...]  # by slug
    parks: tuple[IndustrialPark, ...]  # by slug
    sectors: tuple[Sector, ...]
    province: dict[str, int]
    park: dict[str, int]
    sector: dict[str, int]
    talent_field: dict[str, int]

    @classmethod
    def read(cls) -> "Index":
        """The active provinces and parks, and every sector of the catalogue."""
        provinces = tuple(
            Province.objects.filter(is_active=True)
            .select_related("region")
            .prefetch_related("neighbours")
            .order_by("key")
        )
        parks = tuple(
            IndustrialPark.objects.filter(is_active=True, province__is_active=True)
            .prefetch_related("target_sectors")
            .order_by("key")
        )
        # A sector that was taken out keeps its place: records and old profiles still name it.
        sectors = tuple(Sector.objects.order_by("key"))
        return cls(
            provinces,
            parks,
            sectors,
            {province.key: i for i, province in enumerate(provinces)},
            {park.key: i for i, park in enumerate(parks)},
            {sector.key: i for i, sector in enumerate(sectors)},
            {code: i for i, code in enumerate(TalentField.values)},
        )

    @property
    def sector_parent(self) -> Ints:
        """[S] index of each sector's parent, -1 for a parent."""
        parents = [self.sector.get(sector.parent_id or "", -1) for sector in self.sectors]
        return np.array(parents, dtype=np.intp)


def prefecture_index(code: str | None) -> int | None:
    """The index of a JIS X 0401 prefecture code; None where there is none."""
    number = int(code) - 1 if code else -1
    return number if 0 <= number < PREFECTURES else None
