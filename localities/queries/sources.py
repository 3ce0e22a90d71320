"""Sources, and the records that each of them backs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from localities.models import KINDS, Citation, IndustrialPark, Province, Source


@dataclass(frozen=True, slots=True)
class Backed:
    """A citation beside the record that it backs."""

    citation: Citation
    record: object
    place: Province | IndustrialPark | None  # the place that the record speaks of

    @property
    def record_label(self) -> str:
        """What kind of record it is, in the reader's language."""
        return str(KINDS[self.citation.record_kind]._meta.verbose_name)

    @property
    def place_url(self) -> str:
        """The name of the place's address."""
        is_park = isinstance(self.place, IndustrialPark)
        return "localities:park" if is_park else "localities:province"


def listing() -> QuerySet[Source]:
    """Active sources with `backs`, the number of records that cite each."""
    cited = Count("citations", filter=Q(citations__is_active=True), distinct=True)
    return Source.objects.filter(is_active=True).annotate(backs=cited)


def find(key: str) -> Source | None:
    """The active source with the key."""
    return Source.objects.filter(is_active=True, key=key).first()


def citations(source: Source) -> QuerySet[Citation]:
    """The active citations of a source, in the order of the records."""
    return source.citations.filter(is_active=True)


def backed(cited: Sequence[Citation]) -> list[Backed]:
    """Each citation with its record, one query a kind of record."""
    keys: dict[str, set[str]] = defaultdict(set)
    for citation in cited:
        keys[citation.record_kind].add(citation.record)
    records = {
        (kind, record.key): record
        for kind, kind_keys in keys.items()
        for record in _with_place(kind).filter(key__in=kind_keys)
    }
    rows = []
    for citation in cited:
        if record := records.get((citation.record_kind, citation.record)):
            rows.append(Backed(citation, record, _place(record)))
    return rows


def _with_place(kind: str) -> QuerySet:  # type: ignore[type-arg]
    model = KINDS[kind]
    related = [
        name
        for name in ("province", "former_province__province", "former_province", "park")
        if name.partition("__")[0] in {field.name for field in model._meta.get_fields()}
    ]
    return model._default_manager.select_related(*related)


def _place(record: object) -> Province | IndustrialPark | None:
    if isinstance(record, Province | IndustrialPark):
        return record
    own = getattr(record, "park", None) or getattr(record, "province", None)
    former = getattr(record, "former_province", None)
    return own or (former.province if former else None)
