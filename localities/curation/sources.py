"""Sources stand as long as a published value names them.

What that means for a changeset: which sources come and go with its values, and which may not go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext, ngettext

from localities.curation.citing import is_sourced
from localities.curation.errors import Refusal
from localities.models import KINDS, Changeset, Citation, Edit, Source

Action = Edit.Action
Record = tuple[str, str]


def source_edits(
    edits: Iterable[Edit], citations: Iterable[Edit], reverted: Changeset | None = None
) -> list[Edit]:
    """The edits of sources that follow from `edits` and `citations`, which are written already.

    What is put back, a record or a citation, brings its sources back. A source that the `reverted`
    changeset brought, and that no published record cites any more, goes with it.
    """
    own = {edit.record for edit in edits if edit.record_kind == Source.kind and not edit.field}
    back = _missing([*edits, *citations]) - own
    idle = _brought(reverted) - own
    idle -= published(idle).keys()
    return [
        Edit(action=action, record_kind=Source.kind, record=key)
        for action, keys in ((Action.REACTIVATE, back), (Action.DEACTIVATE, idle))
        for key in sorted(keys)
    ]


def published(sources: Collection[str]) -> dict[str, set[Record]]:
    """By source, the records of the catalogue that cite it; those taken out don't count."""
    cited: defaultdict[Record, set[str]] = defaultdict(set)
    if sources:
        rows = Citation.objects.filter(source__in=list(sources), is_active=True)
        for source, kind, key in rows.values_list("source", "record_kind", "record"):
            cited[kind, key].add(source)
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in cited:
        keys[kind].add(key)
    found: defaultdict[str, set[Record]] = defaultdict(set)
    for kind, named in keys.items():
        there = KINDS[kind]._default_manager.filter(pk__in=named, is_active=True)
        for key in there.values_list("pk", flat=True):
            for source in cited[kind, key]:
                found[source].add((kind, key))
    return found


def unknown_sources(edits: Iterable[Edit]) -> list[Refusal]:
    """A refusal for each of `edits` whose source is not in the catalogue, once they are written."""
    sourced = [edit for edit in edits if is_sourced(edit)]
    named = {edit.source_id for edit in sourced}
    there = Source.objects.filter(pk__in=named, is_active=True) if named else Source.objects.none()
    missing = named - set(there.values_list("pk", flat=True))
    text = gettext("There is no source “%(key)s” in the catalogue.")
    return [
        Refusal(edit.record_kind, edit.record, edit.field, text % {"key": edit.source_id})
        for edit in sourced
        if edit.source_id in missing
    ]


def takes_out(edit: Edit) -> bool:
    """Whether `edit` takes a source out of the catalogue."""
    return edit.record_kind == Source.kind and edit.action == Action.DEACTIVATE


def still_cited(edits: Iterable[Edit]) -> list[Refusal]:
    """A refusal for each source that `edits` take out, and that published records cite."""
    gone = [edit.record for edit in edits if takes_out(edit)]
    return [
        Refusal(
            Source.kind,
            key,
            "",
            ngettext(
                "%(count)d record cites it: give its values another source first.",
                "%(count)d records cite it: give their values another source first.",
                len(records),
            )
            % {"count": len(records)},
        )
        for key, records in sorted(published(gone).items())
    ]


def _missing(edits: Sequence[Edit]) -> set[str]:
    """The sources that were taken out, of the records and citations that `edits` put back."""
    back: defaultdict[str, set[str]] = defaultdict(set)
    for edit in edits:
        if edit.action == Action.REACTIVATE:
            back[edit.record_kind].add(edit.record)
    found: set[str] = set()
    out = Citation.objects.filter(is_active=True, source__is_active=False)
    for kind, keys in back.items():
        own = Q(key__in=keys) if kind == Citation.kind else Q(record_kind=kind, record__in=keys)
        found |= set(out.filter(own).values_list("source", flat=True))
    return found


def _brought(reverted: Changeset | None) -> set[str]:
    """The sources that `reverted` added or put back, and that stand."""
    if reverted is None:
        return set()
    came = reverted.edits.filter(
        record_kind=Source.kind, action__in=(Action.CREATE, Action.REACTIVATE)
    )
    there = Source.objects.filter(pk__in=came.values("record"), is_active=True)
    return set(there.values_list("pk", flat=True))
