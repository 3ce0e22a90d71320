"""What records are called, whatever their kind: one query for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext

from localities.models import (
    KINDS,
    AnchorCompany,
    CatalogueRecord,
    Citation,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Discrepancy,
    IndustrialPark,
    InvestmentPriority,
    NamedRecord,
    Observation,
    Province,
    Source,
    StageIssue,
    Stewardship,
    Strength,
)
from localities.naming import ORDER, worded
from localities.periods import written
from localities.units import cost_item_label, unit_label

Key = tuple[str, str]  # a record's kind and key

# Where the name of a record without one of its own stands, by language; "": nowhere.
_OWN: dict[type[CatalogueRecord], tuple[str, str, str]] = {
    Source: ("title", "title", "title"),
    Observation: ("indicator__name_ja", "indicator__name_en", "indicator__name_vi"),
    CostBenchmark: ("place", "place", "place"),
    Strength: ("sector__name_ja", "sector__name_en", "sector__name_vi"),
    InvestmentPriority: ("sector__name_ja", "sector__name_en", "sector__name_vi"),
    AnchorCompany: ("name_en", "name_en", "name_en"),
    Commitment: ("pledge_ja", "pledge_en", ""),
    CooperationAgreement: ("japan_locality_ja", "japan_locality_en", ""),
    StageIssue: ("issue_ja", "issue_en", ""),
    Stewardship: ("organisation__name_ja", "organisation__name_en", "organisation__name_vi"),
}
_DETAIL = {Observation: "period", CostBenchmark: "item", Source: "published"}
_UNIT = {Observation: "indicator__unit", CostBenchmark: "unit", Source: "url"}
_PLACES = ("province", "former_province", "park")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Name:
    """What a record is called in the reader's language."""

    kind: str
    key: str
    title: str  # the place, where it is told of one; else its own name
    detail: str = ""  # what of the place
    unit: str = ""
    url: str = ""
    published: str | None = None

    @property
    def kind_label(self) -> str:
        """What kind of record it is."""
        model = KINDS.get(self.kind)
        return str(model._meta.verbose_name) if model else self.kind

    @property
    def whole(self) -> str:
        """Title and detail in one line."""
        return f"{self.title}: {self.detail}" if self.detail else self.title

    @property
    def history(self) -> str:
        """The address of the record's history on the desk."""
        return reverse("desk:record-history", args=[self.kind, self.key])


class Names:
    """The names of the records asked for; of those only proposed, from the values that they get."""

    def __init__(
        self, wanted: Iterable[Key], new: Mapping[Key, Mapping[str, Any]] | None = None
    ) -> None:
        self._new = dict(new or {})
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for kind, key in wanted:
            if kind in KINDS and kind != Citation.kind:
                keys[kind].add(key)
        asked = keys.pop(Discrepancy.kind, set())
        disputed = list(Discrepancy.objects.filter(pk__in=asked)) if asked else []
        for found in disputed:
            keys[found.record_kind].add(found.record)
        self._found = {(name.kind, name.key): name for name in _read(keys)}
        for found in disputed:
            self._found[found.kind, found.key] = self._disputed(found.key, vars(found))

    def of(self, kind: str, key: str) -> Name:
        """What the record is called; its key where nothing says."""
        if found := self._found.get((kind, key)):
            return found
        return self._proposed(kind, key, self._new.get((kind, key), {}))

    def known(self, kind: str, key: str) -> bool:
        """Whether the catalogue holds the record."""
        return (kind, key) in self._found

    def _proposed(self, kind: str, key: str, new: Mapping[str, Any]) -> Name:
        if kind == Source.kind:
            title, url = str(new.get("title") or key), str(new.get("url") or "")
            return Name(kind, key, title, url=url, published=new.get("published"))
        if kind == Discrepancy.kind:
            return self._disputed(key, new)
        own = ""
        for pointer, pointed in (("indicator", "indicator"), ("sector", "sector")):
            if isinstance(target := new.get(pointer), str):
                own = self.of(pointed, target).title
        named = worded(lambda code: new.get(f"name_{code}"))
        own = named.text if named else own
        for pointer, pointed in (("province", "province"), ("park", "industrial-park")):
            if isinstance(target := new.get(pointer), str) and kind != IndustrialPark.kind:
                period = new.get("period")
                detail = f"{own} ({written(period)})" if own and isinstance(period, str) else own
                return Name(kind, key, self.of(pointed, target).title, detail)
        return Name(kind, key, own or key)

    def _disputed(self, key: str, values: Mapping[str, Any]) -> Name:
        """The record on which sources differ, and on which field."""
        of, record = str(values.get("record_kind") or ""), str(values.get("record") or key)
        detail = _column_label(of, str(values.get("field") or ""))
        known = self._found.get((of, record))
        return Name(Discrepancy.kind, key, known.whole if known else record, detail)


def _column_label(kind: str, field: str) -> str:
    model = KINDS.get(kind)
    names = {one.name: one for one in model._meta.fields} if model else {}
    return str(names[field].verbose_name) if field in names else field


def _read(keys: Mapping[str, Iterable[str]]) -> Iterator[Name]:
    queries = [_rows(KINDS[kind], own) for kind, own in keys.items() if own]
    if not queries:
        return
    first, *others = queries
    for row in first.union(*others, all=True) if others else first:
        yield _name(*row)


def _rows(model: type[CatalogueRecord], keys: Iterable[str]) -> QuerySet[Any, Any]:
    """Kind, key, names in three languages, place's names, detail, unit: as texts."""
    own = [f"name_{code}" for code in ORDER] if issubclass(model, NamedRecord) else _OWN.get(model)
    fields = {field.name for field in model._meta.get_fields()}
    at = () if issubclass(model, Province) else [name for name in _PLACES if name in fields]
    places = [[f"{name}__name_{code}" for name in at] for code in ORDER]
    columns = [
        Value(model.kind, output_field=CharField()),
        F("key"),
        *(_text([path]) for path in own or ("", "", "")),
        *(_text(paths) for paths in places),
        _text([_DETAIL.get(model, "")]),
        _text([_UNIT.get(model, "")]),
    ]
    named = {f"column_{index}": column for index, column in enumerate(columns)}
    rows = model._default_manager.filter(pk__in=sorted(keys)).order_by()
    return rows.annotate(**named).values_list(*named)


def _text(paths: Iterable[str]) -> Any:
    found = [F(path) for path in paths if path]
    empty = Value("", output_field=CharField())
    return Coalesce(*found, empty, output_field=CharField()) if found else empty


def _name(kind: str, key: str, *texts: str) -> Name:
    own = worded(lambda code: texts[ORDER.index(code)])
    place = worded(lambda code: texts[3 + ORDER.index(code)])
    detail, unit = texts[6:]
    called = _shortened(own.text) if own else ""
    if kind == Source.kind:
        return Name(kind, key, own.text if own else key, url=unit, published=detail or None)
    if kind == Observation.kind:
        called = f"{called} ({written(detail)})"
    elif kind == CostBenchmark.kind:
        return Name(kind, key, called, cost_item_label(detail), unit_label(unit))
    if place is None or kind == IndustrialPark.kind:
        return Name(kind, key, called or key)
    return Name(kind, key, place.text, called, unit_label(unit) if unit else "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def kind_label(kind: str) -> str:
    """What records of `kind` are called."""
    model = KINDS.get(kind)
    return str(model._meta.verbose_name) if model else gettext("unknown")
