"""What a dump holds: every record of the catalogue as plain values, active or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from localities.curation.values import Stored, stored
from localities.models import KINDS, Catalogue, Changeset

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
ATTRIBUTION = "Tsunagari, catalogue version {version}"


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of the catalogue. `records` are by kind and by key, in the order of both."""

    version: int
    applied_at: str  # ISO 8601; '' where nothing was ever applied
    records: Mapping[str, Mapping[str, Stored]]

    def head(self) -> dict[str, Any]:
        """What every dump says of itself. Each record's sources are records, too."""
        return {
            "name": "tsunagari-catalogue",
            "catalogue_version": self.version,
            "applied_at": self.applied_at,
            "licence": LICENCE,
            "attribution": ATTRIBUTION.format(version=self.version),
            "sources": "Records of the kind “source”; records of the kind “citation” say which"
            " source backs which record.",
        }


def read() -> Contents:
    """The catalogue as it is: all of one version, since nothing can be applied meanwhile."""
    with transaction.atomic():
        catalogue = Catalogue.objects.select_for_update().first()
        version = catalogue.version if catalogue else 0
        made = Changeset.objects.filter(version=version).values_list("decided_at", flat=True)
        applied_at = made.first()
        records = {kind: dict(sorted(stored(model).items())) for kind, model in KINDS.items()}
    at = timezone.localtime(applied_at).isoformat() if applied_at else ""
    return Contents(version, at, records)
