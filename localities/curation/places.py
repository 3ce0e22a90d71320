"""Which place and kind an edit is about: who curates it follows from that."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from localities.curation.values import columns
from localities.models import (
    KINDS,
    Changeset,
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
from localities.models.records import KEY_LENGTH

Key = tuple[str, str]  # a record's kind and key
# What stands beside another record and is where that one is, and what it may stand beside.
_BESIDE = {Discrepancy.kind: (), Citation.kind: (Discrepancy.kind,)}
_CHUNK = 5000
# The fields that lead from a record to its province, by what they point to.
_POINTERS = {"former_province": FormerProvince.kind, "park": IndustrialPark.kind}
_POINTERS_OF = {SupportProgramme.kind: {"organisation": SupportOrganisation.kind}}
_POINTING = ("province", *_POINTERS, *(name for own in _POINTERS_OF.values() for name in own))


def locate(edits: Sequence[Edit]) -> None:
    """Sets `province_id`, `other_province_id`, `park_id` and `beside` of each of `edits`.

    None where it is about no single province, moves nothing, is about no park or moves its record
    from one place to another, and where its record stands for itself. Records that the same edits
    make are known. Who curates what is nobody's own place.
    """
    finder = _Finder(edits)
    before = [finder.place(edit.record_kind, edit.record) for edit in edits]
    finder.move(edits)
    for edit, (own, park) in zip(edits, before, strict=True):
        place = finder.place(edit.record_kind, edit.record) if _points(edit) else (own, park)
        edit.park_id = park if place == (own, park) else None
        after = place[0]
        # A record that leaves its province for none is about the whole country, too.
        edit.province_id, edit.other_province_id = (own, after) if after else (None, own)
        if edit.other_province_id == edit.province_id:
            edit.other_province_id = None
        edit.beside = finder.beside(edit.record_kind, edit.record)


def relocate(changeset: Changeset) -> None:
    """Locates the edits of `changeset` again: of records that were moved since, or are no more."""
    edits = list(changeset.edits.all())
    before = [_place(edit) for edit in edits]
    locate(edits)
    moved = [edit for edit, was in zip(edits, before, strict=True) if _place(edit) != was]
    Edit.objects.bulk_update(
        moved, ["province", "other_province", "park", "beside"], batch_size=500
    )


def relocate_waiting(applied: Changeset) -> None:
    """Locates what waits for review again, where `applied` may have moved a record."""
    if any(map(_points, applied.edits.filter(field__in=_POINTING))):
        for changeset in Changeset.objects.filter(state=Changeset.State.PROPOSED):
            relocate(changeset)


def _place(edit: Edit) -> tuple[str | None, ...]:
    return edit.province_id, edit.other_province_id, edit.park_id, edit.beside


def _points(edit: Edit) -> bool:
    """Whether `edit` changes what leads from its record to a province."""
    return edit.field == "province" or edit.field in _pointers(edit.record_kind)


class _Finder:
    """Follows records to their places."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._values: dict[Key, dict[str, Any]] = {}
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for edit in edits:
            if edit.action == Edit.Action.CREATE and isinstance(edit.new, dict):
                self._values[edit.record_kind, edit.record] = edit.new
            elif edit.record_kind in KINDS:
                wanted[edit.record_kind].add(edit.record)
            pointed = _pointers(edit.record_kind).get(edit.field)
            if pointed and isinstance(edit.new, str):
                wanted[pointed].add(edit.new)
        for kind in sorted(wanted, key=lambda kind: kind not in _BESIDE):
            self._load(kind, wanted[kind])
        self._load_pointed()

    def place(self, kind: str, key: str) -> tuple[str | None, str | None]:
        """The keys of the province and of the park of a record."""
        return self.province(kind, key), self._park(kind, key)

    def _park(self, kind: object, key: object) -> str | None:
        if not isinstance(kind, str) or not isinstance(key, str) or kind == Stewardship.kind:
            return None
        if kind == IndustrialPark.kind:
            return key
        if kind in _BESIDE:
            return self._park(*self._other(kind, key))
        own = self._values.get((kind, key), {}).get("park") if "park" in _pointers(kind) else None
        return own if isinstance(own, str) and len(own) <= KEY_LENGTH else None

    def province(self, kind: object, key: object) -> str | None:
        """The key of the province of a record."""
        if not isinstance(kind, str) or not isinstance(key, str) or kind == Stewardship.kind:
            return None
        if kind == Province.kind:
            return key
        values = self._values.get((kind, key), {})
        if kind in _BESIDE:
            return self.province(*self._other(kind, key))
        if isinstance(own := values.get("province"), str):
            return own if len(own) <= KEY_LENGTH else None  # no province has so long a key
        for name, pointed in _pointers(kind).items():
            if found := self.province(pointed, values.get(name)):
                return found
        return None

    def move(self, edits: Iterable[Edit]) -> None:
        """Has the records point where `edits` make them point."""
        for edit in filter(_points, edits):
            values = self._values.get((edit.record_kind, edit.record), {})
            self._values[edit.record_kind, edit.record] = {**values, edit.field: edit.new}
        self._load_pointed()

    def beside(self, kind: str, key: object) -> str | None:
        """The kind of the record that a record stands beside, if it does."""
        if kind not in _BESIDE:
            return None
        of, other = self._other(kind, key)
        return of if of is None or of not in _BESIDE else self.beside(of, other)

    def _other(self, kind: str, key: object) -> tuple[str | None, object]:
        """The kind and the key of the record that one stands beside, as far as that is told."""
        values = self._values.get((kind, key), {}) if isinstance(key, str) else {}
        of = values.get("record_kind")
        known = isinstance(of, str) and of in KINDS and (of not in _BESIDE or of in _BESIDE[kind])
        return (of, values.get("record")) if known else (None, None)

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
