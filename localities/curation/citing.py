"""The sources of a changeset's edits, as citations of the records that they change.

They are edits of the same changeset, made when it is applied: so history and change feed know them,
and two changesets never clash over the place of a citation in its list.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from localities.models import Changeset, Citation, Edit, Source
from localities.models.records import KEY_LENGTH

Record = tuple[str, str]
Group = tuple[str, str | None, str | None]  # source, note, as of
_CHUNK = 500
_COMPANIONS = (Source.kind, Citation.kind)


def citation_edits(edits: Iterable[Edit], reverted: Changeset | None = None) -> list[Edit]:
    """The edits of citations that follow from `edits`: a field is backed by what its value is from.

    That is the source of its edit; of a value that is taken back, what backed it by name before the
    `reverted` changeset. A new record is backed as a whole. Call it before `edits` are written.
    """
    followed: defaultdict[Record, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.record_kind not in _COMPANIONS and (
            is_sourced(edit) or (reverted is not None and edit.action == Edit.Action.UPDATE)
        ):
            followed[edit.record_kind, edit.record].append(edit)
    records = list(followed)
    found: list[Edit] = []
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        existing = _existing(chunk)
        before = _named_before(reverted, existing)
        for record in chunk:
            found += _List(record, existing[record], before).follow(followed[record])
    return found


def is_sourced(edit: Edit) -> bool:
    """Whether `edit` says a value and where it was read."""
    return edit.source_id is not None and edit.action in (Edit.Action.CREATE, Edit.Action.UPDATE)


def _existing(records: Sequence[Record]) -> dict[Record, list[Citation]]:
    rows: dict[Record, list[Citation]] = {record: [] for record in records}
    citations = Citation.objects.filter(
        record_kind__in={kind for kind, _key in records}, record__in={key for _kind, key in records}
    )
    for citation in citations.order_by("position"):
        if (record := (citation.record_kind, citation.record)) in rows:
            rows[record].append(citation)
    return rows


def _named_before(
    reverted: Changeset | None, existing: Mapping[Record, Sequence[Citation]]
) -> dict[str, set[str]]:
    """By citation, the fields that each named in the version before the `reverted` changeset."""
    if reverted is None:
        return {}
    keys = [citation.key for citations in existing.values() for citation in citations]
    edits = Edit.objects.filter(
        record_kind=Citation.kind, record__in=keys, changeset__version__lt=reverted.version
    )
    told = edits.order_by("changeset__version", "position")
    named: dict[str, set[str]] = {}
    active: dict[str, bool] = {}
    for key, action, new in told.values_list("record", "action", "new"):
        match action:
            case Edit.Action.CREATE if isinstance(new, dict):
                named[key], active[key] = set(new["fields"]), True
            case Edit.Action.UPDATE if isinstance(new, list):
                named[key] = set(new)
            case Edit.Action.DEACTIVATE | Edit.Action.REACTIVATE:
                active[key] = action == Edit.Action.REACTIVATE
    return {key: names for key, names in named.items() if active.get(key)}


@dataclass
class _List:
    """The citations of one record, and what becomes of them."""

    record: Record
    citations: list[Citation]
    before: Mapping[str, set[str]]  # by citation, the fields that it named before the reverted
    edits: list[Edit] = field(default_factory=list)

    def follow(self, changes: Sequence[Edit]) -> list[Edit]:
        groups: defaultdict[Group, set[str]] = defaultdict(set)
        for edit in filter(is_sourced, changes):
            group = (edit.source_id or "", edit.source_note or None, edit.as_of)
            groups[group] |= {edit.field} - {""}
        changed = {edit.field for edit in changes}
        taken_back = {edit.field for edit in changes if not is_sourced(edit)}
        for citation in self.citations:
            names = taken_back & self.before.get(citation.key, set())
            if citation.is_active and citation.fields:
                names |= set(citation.fields) - changed
                names |= groups.pop(_group(citation), set())
            self._name(citation, sorted(names))
        for group, fields in groups.items():
            self._add(group, sorted(fields))
        return self.edits

    def _name(self, citation: Citation, names: list[str]) -> None:
        """Has `citation` back the fields with `names`; none: it backs nothing by name any more."""
        if citation.is_active and citation.fields and not names:
            self._edit(Edit.Action.DEACTIVATE, citation.key, "", None, None)
        if names and not citation.is_active:
            self._edit(Edit.Action.REACTIVATE, citation.key, "", None, None)
        if names and names != sorted(citation.fields):
            self._edit(Edit.Action.UPDATE, citation.key, "fields", citation.fields, names)

    def _add(self, group: Group, names: list[str]) -> None:
        source, note, as_of = group
        position = max((citation.position for citation in self.citations), default=0) + 1
        kind, key = self.record
        values = {
            "source": source,
            "record_kind": kind,
            "record": key,
            "position": position,
            "fields": names,
            "note": note,
            "as_of": as_of,
        }
        self.citations.append(Citation(position=position))
        self._edit(Edit.Action.CREATE, _key(kind, key, position), "", None, values)

    def _edit(self, action: str, key: str, name: str, old: Any, new: Any) -> None:
        edit = Edit(
            action=action, record_kind=Citation.kind, record=key, field=name, old=old, new=new
        )
        self.edits.append(edit)


def _group(citation: Citation) -> Group:
    return citation.source_id, citation.note or None, citation.as_of


def _key(kind: str, key: str, position: int) -> str:
    plain = f"{kind}--{key}--{position}"
    if len(plain) <= KEY_LENGTH:
        return plain
    digest = sha256(plain.encode()).hexdigest()[:8]
    return f"{plain[: KEY_LENGTH - 16]}-{digest}--{position}"
