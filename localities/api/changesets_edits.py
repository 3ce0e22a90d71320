"""Wanted changes of a body as edits of a draft, and what is wrong with them as faults in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from localities.curation.editing import Backing, add_edits, drop_edits, refused, save_source
from localities.curation.errors import Clash, Refusal, Refused
from localities.curation.twins import said
from localities.curation.values import Stored, canonical, stored
from localities.models import KINDS, Changeset, Edit, Source
from portal.accounts.roles import Actor
from portal.api.problems import ClashFault, Fault, FaultyState, pointer_to

Wanted = Mapping[str, Any]  # a validated EditBody
Place = tuple[str, str, str]  # kind, key, field
UNPROCESSABLE = 422
_WHOLE = frozenset({Edit.Action.CREATE, Edit.Action.DEACTIVATE, Edit.Action.REACTIVATE})


@transaction.atomic
def replace_edits(changeset: Changeset, wanted: Sequence[Wanted], *, actor: Actor) -> Changeset:
    """Has the draft hold what is `wanted`, and nothing else.

    Raises FaultyState with pointers into the body, NotAllowed, WrongState; then nothing is stored.
    """
    if faults := [*_repeated(wanted), *_malformed(wanted)]:
        raise FaultyState(faults, status=UNPROCESSABLE)
    if old := list(changeset.edits.values_list("pk", flat=True)):
        drop_edits(changeset, actor=actor, ids=old)
    made = {each["key"] for each in wanted if each["kind"] == Source.kind}
    backings = [_backing(changeset, each, at, actor, made) for at, each in enumerate(wanted)]
    edits = _edits(wanted, backings)
    pointers = {_place(each): _pointer(at) for at, each in enumerate(wanted)}
    try:
        changeset = add_edits(changeset, actor=actor, edits=edits)
        if refusals := refused(changeset):
            raise Refused(refusals)
    except Refused as error:
        faults = [_fault(refusal, pointers) for refusal in error.refusals]
        raise FaultyState(faults, status=UNPROCESSABLE) from error
    return changeset


def refusal_faults(changeset: Changeset, refusals: Iterable[Refusal]) -> list[Fault]:
    """`refusals` with pointers into the changeset's `edits`."""
    pointers = _pointers(changeset)
    return [_fault(refusal, pointers) for refusal in refusals]


def clash_faults(changeset: Changeset, clashes: Sequence[Clash]) -> list[Fault]:
    """`clashes` with pointers into the changeset's `edits`, and the values that clash."""
    pointers = _pointers(changeset)
    text = gettext("The catalogue says something else by now.")
    return [
        ClashFault(
            pointers.get((clash.kind, clash.record, clash.field), "#/edits"),
            twin or text,
            "exists" if twin else "clash",
            clash.base,
            clash.current,
            clash.proposed,
        )
        for clash, twin in zip(clashes, said(clashes), strict=True)
    ]


def _pointers(changeset: Changeset) -> dict[Place, str]:
    places = changeset.edits.order_by("position").values_list("record_kind", "record", "field")
    return {place: _pointer(at) for at, place in enumerate(places)}


def _pointer(at: int) -> str:
    return pointer_to("#/edits", at)


def _place(wanted: Wanted) -> Place:
    return wanted["kind"], wanted["key"], wanted["field"]


def _fault(refusal: Refusal, pointers: Mapping[Place, str]) -> Fault:
    """Points at the field: the edit of it, or the member of a new record."""
    kind, key, name = refusal.kind, refusal.record, refusal.field
    if pointer := pointers.get((kind, key, name)):
        at = pointer_to(pointer, "new") if name else pointer
    elif pointer := pointers.get((kind, key, "")):
        at = pointer_to(pointer_to(pointer, "new"), name) if name != "key" else f"{pointer}/key"
    else:  # a field of the record that no edit names: the first edit of it
        own = (pointer for place, pointer in pointers.items() if place[:2] == (kind, key))
        at = next(own, "#/edits")
    return Fault(at, refusal.message, "refused")


def _repeated(wanted: Sequence[Wanted]) -> Iterator[Fault]:
    seen: set[Place] = set()
    for at, each in enumerate(wanted):
        if _place(each) in seen:
            text = gettext("Another edit of this list is about the same field.")
            yield Fault(_pointer(at), text, "repeated")
        seen.add(_place(each))


def _malformed(wanted: Sequence[Wanted]) -> Iterator[Fault]:
    """What no edit can be: a change without a field, a new record without values, a lost record."""
    known = _known(wanted)
    made: set[tuple[str, str]] = set()
    for at, each in enumerate(wanted):
        action, whole = each["action"], (each["kind"], each["key"])
        if (each["field"] == "") != (action in _WHOLE):
            text = gettext("A change names a field; every other action is about a whole record.")
            yield Fault(pointer_to(_pointer(at), "field"), text, "field")
        if action == Edit.Action.CREATE:
            if not isinstance(each["new"], dict):
                text = gettext("An object with the fields of the new record is needed.")
                yield Fault(pointer_to(_pointer(at), "new"), text, "invalid")
            if whole in known:
                text = gettext("There is a record with this key already.")
                yield Fault(pointer_to(_pointer(at), "key"), text, "exists")
            made.add(whole)
        elif whole not in known and whole not in made:
            text = gettext("There is no such record.")
            yield Fault(pointer_to(_pointer(at), "key"), text, "does_not_exist")


def _known(wanted: Sequence[Wanted]) -> dict[tuple[str, str], Stored]:
    keys: dict[str, set[str]] = {}
    for each in wanted:
        keys.setdefault(each["kind"], set()).add(each["key"])
    return {
        (kind, key): record
        for kind, own in keys.items()
        for key, record in stored(KINDS[kind], own).items()
    }


def _edits(wanted: Sequence[Wanted], backings: Sequence[Backing | None]) -> list[Edit]:
    """The edits, each starting from what the catalogue says unless the body says from what."""
    now = {place: dict(record.values) for place, record in _known(wanted).items()}
    edits = []
    for each, backing in zip(wanted, backings, strict=True):
        model, whole = KINDS[each["kind"]], (each["kind"], each["key"])
        old, new = None, None
        if each["action"] == Edit.Action.CREATE:
            new = now[whole] = canonical(model, each["new"])
        elif each["action"] == Edit.Action.UPDATE:
            values = now[whole]
            old = each.get("old", values.get(each["field"]))
            new = canonical(model, {**values, each["field"]: each["new"]})[each["field"]]
        elif each["action"] == Edit.Action.DEACTIVATE:
            told = each.get("old")
            old = told if isinstance(told, dict) else now.get(whole)
        edits.append(
            Edit(
                action=each["action"],
                record_kind=each["kind"],
                record=each["key"],
                field=each["field"],
                old=old,
                new=new,
                source_id=backing.source if backing else None,
                source_note=each["note"],
                as_of=each["as_of"],
            )
        )
    return edits


def _backing(
    changeset: Changeset, wanted: Wanted, at: int, actor: Actor, made: Collection[str]
) -> Backing | None:
    """Where the value was read; a source that is new comes with the draft."""
    source = wanted["source"]
    if source is None:
        return None
    pointer = pointer_to(_pointer(at), "source")
    if isinstance(source, dict):
        try:
            return Backing(save_source(changeset, actor=actor, values=source))
        except Refused as error:
            faults = [
                Fault(pointer_to(pointer, refusal.field), refusal.message, "refused")
                for refusal in error.refusals
            ]
            raise FaultyState(faults, status=UNPROCESSABLE) from error
    if not Source.objects.filter(pk=source, is_active=True).exists() and source not in made:
        raise FaultyState(
            [Fault(pointer, gettext("There is no such source."), "does_not_exist")],
            status=UNPROCESSABLE,
        )
    return Backing(source)
