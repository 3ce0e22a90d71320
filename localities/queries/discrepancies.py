"""Where sources differ: the other values, beside the one on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import CharField, F, Q, Value

from localities.models import KINDS, CatalogueRecord, Citation, Discrepancy
from localities.naming import Wording, localized
from localities.queries.citations import backing, citations_of
from localities.queries.differences import field_label
from localities.queries.staleness import province_column

Key = tuple[str, str]  # a record's kind and key
DECIDED = ~Q(reason_ja=None, reason_en=None, reason_vi=None)


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What another source says of a field."""

    discrepancy: Discrepancy
    citations: Sequence[Citation]

    @property
    def citation(self) -> Citation | None:
        """The one that certainly backs the value, else the first."""
        found = backing(self.citations, "value")
        return found or next(iter(self.citations), None)

    @property
    def label(self) -> str:
        """What the field is called."""
        return field_label(KINDS[self.discrepancy.record_kind], self.discrepancy.field)

    @property
    def reason(self) -> Wording | None:
        """Why the value on record stands; None where nobody has decided."""
        return localized(self.discrepancy, "reason")


OtherValues = Mapping[Key, Sequence[OtherValue]]


def other_values(records: Iterable[CatalogueRecord]) -> OtherValues:
    """What other sources say of `records`, by kind and key: two queries, or one for none."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        keys[record.kind].add(record.key)
    found = Discrepancy.objects.filter(
        is_active=True,
        record_kind__in=list(keys),
        record__in={key for own in keys.values() for key in own},
    )
    rows = [row for row in found if row.record in keys[row.record_kind]]
    cited = citations_of(rows)
    values: defaultdict[Key, list[OtherValue]] = defaultdict(list)
    for row in rows:
        values[row.record_kind, row.record].append(OtherValue(row, cited[row.kind, row.key]))
    return dict(values)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A discrepancy that nobody has decided."""

    discrepancy: Discrepancy
    province: str | None

    @property
    def kind(self) -> str:
        """The kind of the record on which sources differ."""
        return self.discrepancy.record_kind

    @property
    def key(self) -> str:
        """The key of that record."""
        return self.discrepancy.record

    @property
    def field(self) -> str:
        """The field on which they differ."""
        return self.discrepancy.field


def open_questions() -> list[OpenQuestion]:
    """What nobody has decided, in the order of records: two queries."""
    rows = list(Discrepancy.objects.filter(~DECIDED, is_active=True))
    provinces = _provinces({(row.record_kind, row.record) for row in rows})
    return [OpenQuestion(row, provinces.get((row.record_kind, row.record))) for row in rows]


def _provinces(records: Iterable[Key]) -> dict[Key, str | None]:
    """The province of each of `records`; None where it is about no single one: one query."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in records:
        keys[kind].add(key)
    queries = [
        KINDS[kind]
        ._default_manager.filter(pk__in=own)
        .order_by()
        .annotate(
            a=Value(kind, output_field=CharField()), b=F("key"), c=province_column(KINDS[kind])
        )
        .values_list("a", "b", "c")
        for kind, own in keys.items()
    ]
    if not queries:
        return {}
    first, *others = queries
    rows = first.union(*others, all=True) if others else first
    return {(kind, key): province or None for kind, key, province in rows}
