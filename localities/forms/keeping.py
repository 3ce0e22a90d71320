"""What is typed at the desk, kept as one goes: as much of it as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from localities.curation.propose import drop_idle_sources
from localities.curation.values import Values
from localities.forms.entries import Entry
from localities.forms.inputs import Input
from localities.forms.saving import (
    PREFIX,
    Author,
    Typed,
    Wrong,
    backed_again,
    changed_values,
    confirmed_values,
    digest,
    digests,
    missing,
    save,
    withdrawn,
)
from localities.forms.sources import Chosen, Errors, chosen_source


@dataclass(frozen=True)
class Kept:
    """What became of what was typed."""

    entry: Entry
    typed: Typed  # what was kept of it
    errors: Errors  # what is wrong with the rest, by control
    missing: Sequence[str]  # what a new record needs before anything of it can be kept
    data: QueryDict

    @property
    def named(self) -> Sequence[str]:
        """The fields of the draft that were saved; of a new record, all of it."""
        changed = ("",) if self.typed.changed and self.entry.is_new else tuple(self.typed.changed)
        return (*changed, *self.typed.confirmed, *self.typed.again)

    def shown(self, inputs: Mapping[str, Input], values: Values) -> str:
        """What the form shows by now: of a field that was not kept, what it showed before."""
        kept = {name: digest(inputs[name].write(values[name])) for name in self.typed.changed}
        return " ".join(f"{name}:{one}" for name, one in (digests(self.data) | kept).items())


def keep(
    entry: Entry, inputs: Mapping[str, Input], data: QueryDict, author: Author, title: str
) -> Kept:
    """Saves what can be kept of a form that is still being filled in; nothing is proposed.

    A value that is wrong keeps no other from being saved. A source that is not told in full yet
    counts as none. Raises NotAllowed and WrongState.
    """
    errors: Errors = {}
    changed, replaced = changed_values(entry, inputs, data, errors)
    needed = [n for n in missing(entry, inputs, changed) if PREFIX + n not in errors]
    of_source: Errors = {}
    source = chosen_source(entry, data.dict(), of_source)  # type: ignore[arg-type]
    errors |= {name: texts for name, texts in of_source.items() if data.get(name)}
    source = Chosen() if of_source else source
    again = backed_again(entry, inputs, data, changed, source) if source.given else ()
    confirmed = confirmed_values(entry, inputs, data, changed, source, errors)
    found = Typed(changed, again, replaced, source, confirmed, withdrawn(entry, data))
    if missing(entry, inputs, changed):
        begun = {name: texts for name, texts in errors.items() if data.get(name)}
        return Kept(entry, replace(found, changed={}, again=()), begun, needed, data)
    waiting, kept = [found], replace(found, changed={}, again=(), confirmed={})
    while waiting:
        part = waiting.pop(0)
        if not part.anything:
            continue
        try:
            entry = save(entry, part, author, title)
        except Wrong as wrong:
            errors |= wrong.errors
            waiting += _rest(entry, part, wrong.errors)
            continue
        kept = replace(
            kept,
            changed={**kept.changed, **part.changed},
            again=(*kept.again, *part.again),
            confirmed={**kept.confirmed, **part.confirmed},
        )
    if source.new is not None and kept.anything and entry.draft is not None:
        drop_idle_sources(entry.draft)
    return Kept(entry, kept, errors, (), data)


def _rest(entry: Entry, part: Typed, errors: Errors) -> list[Typed]:
    """What may be saved of `part` after all: without what `errors` name, else field by field."""
    rest = _without(part, errors)
    if rest != part:
        return [rest]
    if len(part.changed) < 2 or not entry.known:
        return []
    alone = replace(part, again=(), confirmed={}, withdrawn=())
    single = [replace(alone, changed={name: new}) for name, new in part.changed.items()]
    return [*single, replace(part, changed={})]


def _without(found: Typed, errors: Errors) -> Typed:
    """What is left to save without the fields, or the source, that `errors` speak of."""
    changed, confirmed = (
        {name: value for name, value in values.items() if PREFIX + name not in errors}
        for values in (found.changed, found.confirmed)
    )
    found = replace(found, confirmed=confirmed)
    if any(name.startswith("source") or name in ("note", "as_of") for name in errors):
        return replace(found, changed=changed, again=(), source=Chosen())
    return replace(found, changed=changed)
