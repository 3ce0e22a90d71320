"""What was typed into a record's form, into the person's draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from localities.curation.editing import save_record
from localities.curation.errors import Refusal, Refused
from localities.curation.propose import draft as begin
from localities.curation.values import Values
from localities.forms.entries import Entry
from localities.forms.inputs import Input
from localities.forms.layout import new_key
from localities.forms.sources import Chosen, Errors, chosen_source
from localities.models import Changeset, Edit, Source
from localities.rules import Standing
from localities.typed import Unreadable
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role

PREFIX = "record-"  # before the name of a field, so that none is taken for another control
_DIGITS = 10
LONGEST_TITLE = 200


class Wrong(Exception):
    """What was typed can't be kept; nothing is stored. `errors` tells why, by control."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(str(errors))


@dataclass(frozen=True)
class Replaced:
    """A value of another window that the save took the place of."""

    name: str
    value: Any


@dataclass(frozen=True)
class Typed:
    """What one form wants: the fields that were changed in it, and where they come from."""

    changed: Values
    again: tuple[str, ...]  # fields of the draft that come from the same source
    replaced: tuple[Replaced, ...]
    source: Chosen
    confirmed: Values = field(default_factory=dict)  # what is newly said to hold still
    withdrawn: tuple[str, ...] = ()  # fields of which that is no longer said

    @property
    def anything(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.changed or self.again or self.confirmed or self.withdrawn)


@dataclass(frozen=True)
class Author:
    """Who saves, for which organisation."""

    user: User
    who: Standing
    organisation: str | None


def digest(texts: Iterable[str]) -> str:
    """What a field showed, in short; the order of ticked boxes does not matter."""
    plain = sorted(text.replace("\r\n", "\n").strip() for text in texts)
    return sha256("\x00".join(plain).encode()).hexdigest()[:_DIGITS]


def shown_digests(inputs: Mapping[str, Input], values: Values) -> str:
    """What a form shows of `values`, to be sent back with it."""
    return " ".join(f"{name}:{digest(one.write(values.get(name)))}" for name, one in inputs.items())


def digests(data: QueryDict) -> dict[str, str]:
    """What a form says that it showed, by field."""
    return dict(part.split(":", 1) for part in data.get("shown", "").split() if ":" in part)


def typed(entry: Entry, inputs: Mapping[str, Input], data: QueryDict) -> Typed:
    """What the form wants. Raises Wrong for what can't be read, with every reason."""
    errors: Errors = {}
    changed, replaced = changed_values(entry, inputs, data, errors)
    for name in missing(entry, inputs, changed):
        errors.setdefault(PREFIX + name, [gettext("A value is needed.")])
    source = chosen_source(entry, data.dict(), errors)  # type: ignore[arg-type]
    again = backed_again(entry, inputs, data, changed, source)
    confirmed = confirmed_values(entry, inputs, data, changed, source, errors)
    found = Typed(changed, again, replaced, source, confirmed, withdrawn(entry, data))
    if source.given and not found.anything:
        message = gettext(
            "Nothing was changed, or marked as still true, that could come from this source."
        )
        errors.setdefault("source", []).append(message)
    if found.again and not source.given:
        errors.setdefault("source", []).append(gettext("Choose the source that this is about."))
    if errors:
        raise Wrong(errors)
    return found


def changed_values(
    entry: Entry, inputs: Mapping[str, Input], data: QueryDict, errors: Errors
) -> tuple[Values, tuple[Replaced, ...]]:
    """The fields that were changed in the form, and what of other windows they take the place of.

    What can't be read goes to `errors`.
    """
    shown = digests(data)
    changed: Values = {}
    replaced: list[Replaced] = []
    for name, one in inputs.items():
        texts = data.getlist(PREFIX + name)
        now = entry.values.get(name)
        here = digest(one.write(now))
        before = shown.get(name, here)
        # A box that is not ticked sends nothing; any other field that is not there was not asked.
        if (PREFIX + name not in data and not (one.several and name in shown)) or (
            digest(texts) == before
        ):
            continue
        try:
            value = one.read(texts)
        except Unreadable as error:
            errors[PREFIX + name] = [str(error)]
            continue
        if one.required and value in (None, ""):
            errors[PREFIX + name] = [gettext("A value is needed.")]
        elif value != now:
            changed[name] = value
            if before != here:
                replaced.append(Replaced(name, now))
    return changed, tuple(replaced)


def confirmed_values(
    entry: Entry,
    inputs: Mapping[str, Input],
    data: QueryDict,
    changed: Values,
    source: Chosen,
    errors: Errors,
) -> Values:
    """The values ticked as still true, as the form showed them, unless the draft says so already.

    A tick beside a value that is changed says nothing, nor does one beside an unknown.
    """
    if entry.current is None or not entry.in_catalogue:
        return {}
    shown, pinned = digests(data), data.get("confirmed", "").split()
    found: Values = {}
    for name in data.getlist("confirm"):
        if name not in inputs or PREFIX + name in errors:
            continue
        one, edit = inputs[name], entry.edits.get(name)
        here = digest(one.write(entry.values.get(name)))
        if name in changed:
            value, holds = changed[name], changed[name] == entry.current.values.get(name)
        else:
            value, holds = entry.values.get(name), edit is None or edit.confirms
        if holds and name not in changed and shown.get(name, here) != here:
            try:
                value = one.read(data.getlist(PREFIX + name))
            except Unreadable as error:
                errors[PREFIX + name] = [str(error)]
                continue
        known = edit is not None and edit.confirms and edit.new == value
        if known and (name in pinned or not source.given):
            continue
        if holds and value not in (None, "", []):
            found[name] = value
    return found


def withdrawn(entry: Entry, data: QueryDict) -> tuple[str, ...]:
    """The fields that the form showed as ticked to be still true, and that no longer are."""
    ticked = data.getlist("confirm")
    return tuple(
        name
        for name in data.get("confirmed", "").split()
        if name not in ticked and name in entry.edits and entry.edits[name].confirms
    )


def kept_meanwhile(entry: Entry, inputs: Mapping[str, Input], data: QueryDict) -> frozenset[str]:
    """The edits of the draft with what was typed here: kept, and the page has not heard of it."""
    shown = digests(data)
    fields = {
        name
        for name, one in inputs.items()
        if name in shown
        and PREFIX + name in data
        and shown[name]
        != digest(data.getlist(PREFIX + name))
        == digest(one.write(entry.values.get(name)))
    }
    return frozenset({"", *fields} if entry.is_new and fields else fields)


def missing(entry: Entry, inputs: Mapping[str, Input], changed: Values) -> list[str]:
    """What a record that is not begun yet still needs."""
    if entry.known:
        return []
    return [name for name, one in inputs.items() if one.required and name not in changed]


def backed_again(
    entry: Entry, inputs: Mapping[str, Input], data: QueryDict, changed: Values, source: Chosen
) -> tuple[str, ...]:
    """The fields of the draft, besides those `changed`, that come from the same source.

    Those that have none yet wait until one is given.
    """
    ticked = {"" if name == "+whole" else name for name in data.getlist("again")}
    if source.given:
        ticked |= kept_meanwhile(entry, inputs, data)
    return tuple(
        name
        for name, edit in entry.edits.items()
        if name in ticked
        and name not in (*changed, *withdrawn(entry, data))
        and edit.action in (Edit.Action.UPDATE, Edit.Action.CREATE)
        and (source.given or edit.source_id is not None)
    )


@transaction.atomic
def save(entry: Entry, found: Typed, author: Author, title: str) -> Entry:
    """Has the draft say what was typed; a draft is begun, with `title`, where there is none.

    Raises Wrong, NotAllowed and WrongState; then nothing is stored.
    """
    draft = entry.draft or begin_draft(author, title)
    values, confirmed = dict(found.changed), dict(found.confirmed)
    for name in found.again:
        if name:
            says = confirmed if entry.edits[name].confirms else values
            says.setdefault(name, entry.edits[name].new)
    key = entry.key or new_key(entry.model, {**entry.values, **values}, draft)
    try:
        save_record(
            draft,
            actor=author.user,
            kind=entry.kind,
            key=key,
            wanted=values,
            backing=found.source.backing(draft, author.user),
            confirmed=confirmed,
            withdrawn=found.withdrawn,
        )
    except Refused as refused:
        raise Wrong(errors_of(refused.refusals, entry.kind, key, entry.values)) from refused
    return replace(entry, key=key, draft=draft)


def begin_draft(author: Author, title: str) -> Changeset:
    """A draft with nothing in it yet. Raises Wrong where the organisation is not settled."""
    able = author.who.at_least(Role.EDITOR)
    key = author.organisation or (next(iter(able)) if len(able) == 1 else "")
    organisation = Organisation.objects.filter(key=key).first() if key in able else None
    if organisation is None:
        message = gettext("Choose for which of your organisations you propose this.")
        raise Wrong({"organisation": [message]})
    return begin(title[:LONGEST_TITLE], [], author=author.user, organisation=organisation)


def errors_of(
    refusals: Sequence[Refusal], kind: str, key: str, fields: Mapping[str, Any]
) -> Errors:
    """The messages of `refusals` by the control that they belong to; '' is the whole form."""
    errors: Errors = {}
    for refusal in refusals:
        own = (refusal.kind, refusal.record) == (kind, key)
        if own and refusal.field in fields:
            control, text = PREFIX + refusal.field, refusal.message
        elif own:
            control, text = "", _with_link(refusal)
        elif refusal.kind == Source.kind:
            control, text = f"source_{refusal.field}", refusal.message
        else:
            control, text = "", f"{refusal.kind} {refusal.record}: {refusal.message}"
        if text not in errors.setdefault(control, []):
            errors[control].append(text)
    return errors


def _with_link(refusal: Refusal) -> str:
    """What is said, and where the record is edited that the catalogue has already."""
    if not refusal.twin:
        return refusal.message
    address = reverse("desk:edit", args=[refusal.kind, refusal.twin])
    link = format_html('<a href="{}">{}</a>', address, gettext("Edit that record"))
    return format_html("{} {}", refusal.message, link)
