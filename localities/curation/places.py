"""Which province an edit is about: who curates it follows from that."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from localities.curation.values import columns
from localities.models import (
    KINDS,
    Citation,
    Discrepancy,
    Edit,
    FormerProvince,
    IndustrialPark,
    Province,
    Stewardship,
    SupportOrganisation,
    SupportProgramme,
)

Key = tuple[str, str]  # a record's kind and key
# What stands beside another record and is where that one is, and what it may stand beside.
_BESIDE = {Discrepancy.kind: (), Citation.kind: (Discrepancy.kind,)}
_CHUNK = 5000
# The fields that lead from a record to its province, by what they point to.
_POINTERS = {"former_province": FormerProvince.kind, "park": IndustrialPark.kind}
_POINTERS_OF = {SupportProgramme.kind: {"organisation": SupportOrganisation.kind}}


def locate(edits: Sequence[Edit]) -> None:
    """Sets `province_id` of each of `edits`; None where it is about no single province.

    Records that the same edits make are known. Who curates what is nobody's own province.
    """
    finder = _Finder(edits)
    for edit in edits:
        edit.province_id = finder.province(edit.record_kind, edit.record)


class _Finder:
    """Follows records to their provinces."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._values: dict[Key, dict[str, Any]] = {}
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for edit in edits:
            if edit.action == Edit.Action.CREATE and isinstance(edit.new, dict):
                self._values[edit.record_kind, edit.record] = edit.new
            elif edit.record_kind in KINDS:
                wanted[edit.record_kind].add(edit.record)
        for kind in sorted(wanted, key=lambda kind: kind not in _BESIDE):
            self._load(kind, wanted[kind])
        self._load_pointed()

    def province(self, kind: object, key: object) -> str | None:
        """The key of the province of a record."""
        if not isinstance(kind, str) or not isinstance(key, str) or kind == Stewardship.kind:
            return None
        if kind == Province.kind:
            return key
        values = self._values.get((kind, key), {})
        if kind in _BESIDE:
            of = values.get("record_kind")
            follows = of not in _BESIDE or of in _BESIDE[kind]
            return self.province(of, values.get("record")) if follows else None
        if isinstance(own := values.get("province"), str):
            return own
        for name, pointed in _pointers(kind).items():
            if found := self.province(pointed, values.get(name)):
                return found
        return None

    def _load_pointed(self) -> None:
        """Reads what the records found so far lead through, until there is nothing left to read."""
        while wanted := self._unread():
            for kind, keys in wanted.items():
                self._load(kind, keys)

    def _unread(self) -> dict[str, set[str]]:
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for (kind, _key), values in self._values.items():
            for name, pointed in _pointers(kind).items():
                if isinstance(target := values.get(name), str) and not values.get("province"):
                    wanted[pointed].add(target)
            cited = values.get("record_kind")
            if kind in _BESIDE and cited in KINDS and isinstance(values.get("record"), str):
                wanted[cited].add(values["record"])
        return {
            kind: unread
            for kind, keys in wanted.items()
            if (unread := {key for key in keys if (kind, key) not in self._values})
        }

    def _load(self, kind: str, keys: Collection[str]) -> None:
        """Reads what leads from records to their province; a missing record has nothing."""
        model = KINDS[kind]
        names = [
            name
            for name in ("province", *_pointers(kind), "record_kind", "record")
            if name in columns(model)
        ]
        self._values.update({(kind, key): {} for key in keys})
        if not names:
            return
        every = sorted(keys)
        for start in range(0, len(every), _CHUNK):
            rows = model._default_manager.filter(pk__in=every[start : start + _CHUNK])
            for key, *values in rows.values_list("key", *names):
                self._values[kind, key] = dict(zip(names, values, strict=True))


def _pointers(kind: str) -> dict[str, str]:
    return _POINTERS_OF.get(kind, _POINTERS)
