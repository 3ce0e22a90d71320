"""The sources of a changeset's edits, as citations of the records that they change.

They are edits of the same changeset, made when it is applied: so history, revert and change feed
know them, and two changesets never clash over the place of a citation in its list.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from localities.models import Citation, Edit, Source
from localities.models.records import KEY_LENGTH

Record = tuple[str, str]
Group = tuple[str, str | None, str | None]  # source, note, as of
_CHUNK = 500
_COMPANIONS = (Source.kind, Citation.kind)


def citation_edits(edits: Iterable[Edit]) -> list[Edit]:
    """The edits of citations that follow from the sources of `edits`.

    A field that is changed is no longer backed by what backed it by name before; a new record is
    backed as a whole. Call it before `edits` are written.
    """
    sourced: defaultdict[Record, list[Edit]] = defaultdict(list)
    for edit in edits:
        writes = edit.action in (Edit.Action.CREATE, Edit.Action.UPDATE)
        if writes and edit.source_id and edit.record_kind not in _COMPANIONS:
            sourced[edit.record_kind, edit.record].append(edit)
    records = list(sourced)
    found: list[Edit] = []
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        existing = _existing(chunk)
        for record in chunk:
            found += _List(record, existing[record]).follow(sourced[record])
    return found


def _existing(records: Sequence[Record]) -> dict[Record, list[Citation]]:
    rows: dict[Record, list[Citation]] = {record: [] for record in records}
    citations = Citation.objects.filter(
        record_kind__in={kind for kind, _key in records}, record__in={key for _kind, key in records}
    )
    for citation in citations.order_by("position"):
        if (record := (citation.record_kind, citation.record)) in rows:
            rows[record].append(citation)
    return rows


@dataclass
class _List:
    """The citations of one record, and what becomes of them."""

    record: Record
    citations: list[Citation]
    edits: list[Edit] = field(default_factory=list)

    def follow(self, changes: Sequence[Edit]) -> list[Edit]:
        groups: defaultdict[Group, list[str]] = defaultdict(list)
        for edit in changes:
            group = (edit.source_id or "", edit.source_note or None, edit.as_of)
            groups[group] += [edit.field] if edit.field else []
        fields = {edit.field for edit in changes if edit.field}
        named = {}
        for citation in self.citations:
            if citation.is_active and citation.fields:
                own = groups.get(_group(citation), [])
                named[citation.key] = citation
                self._name(citation, [*(set(citation.fields) - fields), *own])
        told = {_group(citation) for citation in named.values()}
        for group, names in groups.items():
            if group not in told:
                self._add(group, sorted(names))
        return self.edits

    def _name(self, citation: Citation, names: Iterable[str]) -> None:
        """Has `citation` back the fields with `names`; none: it backs nothing any more."""
        new = sorted(set(names))
        if not new:
            self._edit(Edit.Action.DEACTIVATE, citation.key, "", None, None)
        elif new != sorted(citation.fields):
            self._edit(Edit.Action.UPDATE, citation.key, "fields", citation.fields, new)

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
