"""Where sources differ: the other values, beside the one on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, Value

from localities.models import KINDS, CatalogueRecord, Citation, Discrepancy
from localities.naming import Wording, localized
from localities.queries.citations import backing, citations_of
from localities.queries.differences import field_label, pointed_by, value_text
from localities.queries.record_names import Names
from localities.queries.staleness import park_column, province_column

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
        return _backing(self.citations, "value")

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
class Question:
    """A discrepancy, and the province and the park that it is about."""

    discrepancy: Discrepancy
    province: str | None
    park: str | None

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


def questions(*, decided: bool) -> list[Question]:
    """What somebody, or nobody, has decided, in the order of records: two queries."""
    rows = list(Discrepancy.objects.filter(DECIDED if decided else ~DECIDED, is_active=True))
    places = _places({(row.record_kind, row.record) for row in rows})
    nowhere = (None, None)
    return [Question(row, *places.get((row.record_kind, row.record), nowhere)) for row in rows]


@dataclass(frozen=True, slots=True)
class BothSides:
    """What is on record and what another source says, each with where it was read."""

    discrepancy: Discrepancy
    on_record: str
    backing: Citation | None
    other: Citation | None
    reason: Wording | None


def both_sides(rows: Sequence[Discrepancy]) -> dict[str, BothSides]:
    """Both sides of each of `rows`, by key: two queries, and one or two for each kind of record."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        keys[row.record_kind].add(row.record)
    records: dict[Key, CatalogueRecord] = {
        (kind, key): record
        for kind, own in keys.items()
        for key, record in KINDS[kind]._default_manager.in_bulk(own).items()
    }
    cited = citations_of([*rows, *records.values()])
    values = {
        row.key: _value(records.get((row.record_kind, row.record)), row.field) for row in rows
    }
    pointed = (pointed_by(KINDS[row.record_kind], row.field, values[row.key]) for row in rows)
    names = Names([key for found in pointed for key in found])
    return {
        row.key: BothSides(
            row,
            value_text(KINDS[row.record_kind], row.field, values[row.key], names),
            _backing(cited.get((row.record_kind, row.record), []), row.field),
            _backing(cited[row.kind, row.key], "value"),
            localized(row, "reason"),
        )
        for row in rows
    }


def _value(record: CatalogueRecord | None, name: str) -> Any:
    """What the record says of a field, as edits say it: others by their keys."""
    if record is None:
        return None
    column = record._meta.get_field(name)
    if column.many_to_many:
        return sorted(getattr(record, name).values_list("pk", flat=True))
    return getattr(record, getattr(column, "attname", name))


def _backing(cited: Sequence[Citation], name: str) -> Citation | None:
    """What certainly backs a field, else the first."""
    return backing(cited, name) or next(iter(cited), None)


def _places(records: Iterable[Key]) -> dict[Key, tuple[str | None, str | None]]:
    """Province and park of each of `records`; None where it is about no single one: one query."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in records:
        keys[kind].add(key)
    queries = [
        KINDS[kind]
        ._default_manager.filter(pk__in=own)
        .order_by()
        .annotate(
            a=Value(kind, output_field=CharField()),
            b=F("key"),
            c=province_column(KINDS[kind]),
            d=park_column(KINDS[kind]),
        )
        .values_list("a", "b", "c", "d")
        for kind, own in keys.items()
    ]
    if not queries:
        return {}
    first, *others = queries
    rows = first.union(*others, all=True) if others else first
    return {(kind, key): (province or None, park or None) for kind, key, province, park in rows}
