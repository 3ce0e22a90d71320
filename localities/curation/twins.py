"""Two records that are the same: told before one of them is written, never by a constraint."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from localities.curation.errors import Clash, Conflict, Refusal, Refused
from localities.curation.plan import Target
from localities.curation.values import Model, Stored, stored
from localities.identity import Owners, rivals, telling
from localities.models import Citation
from localities.queries.record_names import Names


def check_twins(targets: Sequence[Target]) -> None:
    """Raises Conflict where the catalogue has one of `targets` under another key already.

    And Refused where two of them are the same.
    """
    by_model: dict[Model, list[Target]] = {}
    for target in targets:
        if target.model is not Citation:  # made one by one, each in its own place
            by_model.setdefault(target.model, []).append(target)
    clashes: list[Clash] = []
    refusals: list[Refusal] = []
    for model, own in by_model.items():
        if new := [target for target in own if _is_moved(target)]:
            clashes += _with_catalogue(model, own, new)
            refusals += _among(model, own, new)
    if clashes:  # settled first: what is left is judged again
        raise Conflict(clashes)
    if refusals:
        raise Refused(refusals)


def _is_moved(target: Target) -> bool:
    """Whether it becomes, or becomes again, what another record may be."""
    if target.before is None:
        return True
    changed = set(target.changed)
    return bool(changed & telling(target.model)) or (target.active and "is_active" in changed)


def _with_catalogue(model: Model, own: Sequence[Target], new: Sequence[Target]) -> list[Clash]:
    keys = {target.key for target in own}
    known = rivals(model, [target.values or {} for target in new])
    owners = Owners(model, (one for one in known if one.key not in keys))
    found = [
        (target, *other)
        for target in new
        if (other := owners.other(target.key, target.values or {}, target.active))
    ]
    there = stored(model, {key for _target, key, _names in found})
    return [_clash(target, key, names, there[key]) for target, key, names in found]


def _clash(target: Target, twin: str, names: Sequence[str], there: Stored) -> Clash:
    changed = target.changed
    field = "" if "is_active" in changed else next((n for n in changed if n in names), "")
    values = target.values or {}
    base = target.before.values.get(field) if target.before and field else None
    return Clash(
        target.model.kind,
        target.key,
        field,
        base,
        there.values,
        values.get(field) if field else values,
        twin,
    )


def _among(model: Model, own: Sequence[Target], new: Sequence[Target]) -> list[Refusal]:
    owners, moved = Owners(model), {target.key for target in new}
    for target in own:
        if target.key not in moved:
            owners.take(target.key, target.values or {}, target.active)
    found = []
    for target in new:
        other = owners.other(target.key, target.values or {}, target.active)
        owners.take(target.key, target.values or {}, target.active)
        if other is not None:
            text = gettext("Record “%(key)s” has the same.") % {"key": other[0]}
            found.append(Refusal(model.kind, target.key, "", text))
    return found


def said(clashes: Sequence[Clash]) -> list[str]:
    """What is said of each of `clashes`, '' where no other record is meant: one query, or none."""
    names = Names([(clash.kind, clash.twin) for clash in clashes if clash.twin])
    text = gettext("The catalogue has this record already: %(name)s.")
    return [text % {"name": _called(names, clash)} if clash.twin else "" for clash in clashes]


def _called(names: Names, clash: Clash) -> str:
    """The name of the record, and its key where that does not say the same."""
    name = names.of(clash.kind, clash.twin).whole
    return name if name == clash.twin else f"{name} ({clash.twin})"


def refusals_of(clashes: Sequence[Clash]) -> list[Refusal]:
    """Those of `clashes` that mean another record, as refusals: so they are told to who adds it."""
    return [
        Refusal(clash.kind, clash.record, "", text, clash.twin)
        for clash, text in zip(clashes, said(clashes), strict=True)
        if text
    ]
