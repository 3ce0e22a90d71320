"""What a changeset's edits make of the records that they name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localities.curation.errors import Clash, Conflict, Refusal, Refused
from localities.curation.values import Model, Stored, Values, canonical, stored
from localities.models import KINDS, Edit


@dataclass(slots=True)
class Target:
    """A record before the changeset (None: it is new) and after it."""

    model: Model
    key: str
    before: Stored | None
    values: Values | None = None
    active: bool = True

    @property
    def changed(self) -> list[str]:
        """The fields whose value moves, `is_active` among them."""
        if self.before is None or self.values is None:
            return []
        old = self.before.values
        names = [name for name, value in self.values.items() if old.get(name) != value]
        return names + ["is_active"] * (self.active != self.before.active)

    @property
    def stays_out(self) -> bool:
        """Whether it was taken out of the catalogue, and nothing puts it back."""
        return self.before is not None and not self.before.active and not self.active


def targets(edits: Iterable[Edit]) -> list[Target]:
    """The records that `edits` change, in the order in which kinds can be loaded.

    Raises Conflict where an edit's old value no longer holds, Refused for an unknown kind.
    """
    by_kind = _by_kind(edits)
    clashes: list[Clash] = []
    found: list[Target] = []
    for kind, model in KINDS.items():
        if not (own := by_kind.get(kind)):
            continue
        current = stored(model, {edit.record for edit in own})
        plans = {edit.record: _unchanged(model, edit.record, current) for edit in own}
        followed = [(edit, _follow(plans[edit.record], edit)) for edit in own]
        for edit, clash in followed:
            if clash is None and edit.field and plans[edit.record].stays_out:
                clash = _clash(edit, None, edit.new)
            clashes += [clash] if clash else []
        found += plans.values()
    if clashes:
        raise Conflict(clashes)
    return found


def _by_kind(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    by_kind: dict[str, list[Edit]] = {}
    for edit in edits:
        by_kind.setdefault(edit.record_kind, []).append(edit)
    if unknown := by_kind.keys() - KINDS.keys():
        raise Refused(
            Refusal(kind, by_kind[kind][0].record, "", "unknown kind") for kind in sorted(unknown)
        )
    return by_kind


def _unchanged(model: Model, key: str, current: dict[str, Stored]) -> Target:
    before = current.get(key)
    if before is None:
        return Target(model, key, None)
    return Target(model, key, before, dict(before.values), before.active)


def _follow(target: Target, edit: Edit) -> Clash | None:
    """Moves `target` as `edit` says; a Clash where it starts from something else.

    What takes a record out may say in `old` as what, so that no later change of it is lost.
    """
    match edit.action:
        case Edit.Action.CREATE:
            new = canonical(target.model, edit.new if isinstance(edit.new, dict) else {})
            if target.values is not None and not (target.active and target.values == new):
                return _clash(edit, target.values, edit.new, edit.record)
            target.values = new
        case Edit.Action.UPDATE:
            current = None if target.values is None else target.values.get(edit.field)
            if target.values is None or current != edit.old:
                return _clash(edit, current, edit.new)
            target.values = canonical(target.model, target.values | {edit.field: edit.new})
        case Edit.Action.DEACTIVATE | Edit.Action.REACTIVATE:
            wanted = edit.action == Edit.Action.REACTIVATE
            if target.values is None or target.active == wanted:
                return _clash(edit, target.values and target.active, wanted)
            if target.before is not None and isinstance(edit.old, dict):
                before = target.before.values
                if before != canonical(target.model, edit.old):
                    return _clash(edit, before, wanted)
            target.active = wanted
    return None


def _clash(edit: Edit, current: Any, proposed: Any, twin: str = "") -> Clash:
    return Clash(edit.record_kind, edit.record, edit.field, edit.old, current, proposed, twin)
