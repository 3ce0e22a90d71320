"""Where the values of a save come from: a source to pick, or one to add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext

from localities import periods
from localities.curation.editing import LONGEST_NOTE, Backing, save_source
from localities.forms.entries import Entry
from localities.forms.inputs import read_period
from localities.models import Changeset, Citation, Source
from portal.accounts.models import User

NEW_SOURCE = "+new"  # no key has a plus
MOST_HITS = 20
LONGEST_SEARCH = 100
NEW_FIELDS = ("title", "publisher", "url", "published")
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Option:
    """A source to pick."""

    key: str
    title: str
    publisher: str | None
    published: str | None


@dataclass(frozen=True)
class Options:
    """The sources that lie at hand, and what a search found."""

    at_hand: list[Option]
    found: list[Option]
    more: bool  # than are listed


def options(entry: Entry, search: str, chosen: str) -> Options:
    """Sources of the draft and of the record, the one that is `chosen`, and hits of `search`."""
    own = new_sources(entry)
    cited = Citation.objects.filter(
        record_kind=entry.kind, record=entry.key, is_active=True
    ).values("source")
    at_hand = Q(pk__in=cited) | Q(pk__in=[chosen])
    if entry.draft is not None:
        at_hand |= Q(pk__in=entry.draft.edits.exclude(source=None).values("source"))
    stored = [_option(source) for source in Source.objects.filter(at_hand, is_active=True)]
    hits: list[Option] = []
    if search:
        anywhere = (
            Q(title__icontains=search) | Q(publisher__icontains=search) | Q(url__icontains=search)
        )
        found = Source.objects.filter(anywhere, is_active=True).order_by("-published", "key")
        hits = [_option(source) for source in found[: MOST_HITS + 1]]
    known = {option.key for option in (*own.values(), *stored)}
    listed = [option for option in hits[:MOST_HITS] if option.key not in known]
    return Options([*own.values(), *stored], listed, len(hits) > MOST_HITS)


def new_sources(entry: Entry) -> dict[str, Option]:
    """The sources that come with the draft, by key."""
    return {
        edit.record: Option(
            edit.record,
            str(edit.new.get("title")),
            edit.new.get("publisher"),
            edit.new.get("published"),
        )
        for edit in entry.added
        if edit.record_kind == Source.kind and isinstance(edit.new, dict)
    }


def _option(source: Source) -> Option:
    return Option(source.key, source.title, source.publisher, source.published)


@dataclass(frozen=True)
class Chosen:
    """What the form says of the source."""

    key: str = ""
    new: Mapping[str, str | None] | None = None
    note: str = ""
    as_of: str | None = None

    @property
    def given(self) -> bool:
        """Whether a source is named."""
        return bool(self.key) or self.new is not None

    def backing(self, draft: Changeset, actor: User) -> Backing | None:
        """The source as curation takes it; one that is new is saved. Raises Refused."""
        if not self.given:
            return None
        new = self.new
        key = self.key if new is None else save_source(draft, actor=actor, values=new)
        return Backing(key, self.note, self.as_of)


def chosen_source(entry: Entry, data: Mapping[str, str], errors: Errors) -> Chosen:
    """What `data` says of the source; what is wrong with it goes to `errors`."""
    if entry.kind == Source.kind:
        return Chosen()
    wish = data.get("source", "")
    note = data.get("note", "").strip()
    typed = {name: data.get(f"source_{name}", "").strip() for name in NEW_FIELDS}
    if wish == "" and typed["title"]:
        wish = NEW_SOURCE
    as_of = typed_period("as_of", data.get("as_of", "").strip(), errors)
    if len(note) > LONGEST_NOTE or "\x00" in note:
        message = gettext("A note has at most %(most)s characters.") % {"most": LONGEST_NOTE}
        errors.setdefault("note", []).append(message)
    if wish == NEW_SOURCE:
        return Chosen(new=_new(typed, errors), note=note, as_of=as_of)
    if wish and not _exists(entry, wish):
        errors.setdefault("source", []).append(gettext("Choose one of the list."))
    if wish and typed["title"]:
        message = gettext("Choose one of the list, or add a new source: not both.")
        errors.setdefault("source", []).append(message)
    if not wish and (note or as_of):
        errors.setdefault("source", []).append(gettext("Choose the source that this is about."))
    return Chosen(key=wish, note=note, as_of=as_of)


def _new(typed: Mapping[str, str], errors: Errors) -> dict[str, str | None]:
    if not typed["title"]:
        errors.setdefault("source_title", []).append(gettext("A title is needed."))
    for name, text in typed.items():
        if "\x00" in text:
            message = gettext("A text without NUL is needed.")
            errors.setdefault(f"source_{name}", []).append(message)
    published = typed_period("source_published", typed["published"], errors)
    return {name: text or None for name, text in typed.items()} | {"published": published}


def typed_period(name: str, text: str, errors: Errors) -> str | None:
    """The period that was typed into the control `name`; what is wrong with it goes to `errors`."""
    if not text:
        return None
    period = read_period(text)
    try:
        periods.validate(period)
    except ValidationError as error:
        errors.setdefault(name, []).extend(error.messages)
    return period


def _exists(entry: Entry, key: str) -> bool:
    if "\x00" in key:
        return False
    stored = Source.objects.filter(pk=key, is_active=True).exists()
    return stored or key in new_sources(entry)
