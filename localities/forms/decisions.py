"""The form that decides on a discrepancy: what is typed, into a draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext

from localities.curation.deciding import Taken, keep, take
from localities.curation.editing import LONGEST_NOTE, Backing
from localities.curation.errors import Refused
from localities.curation.propose import date_needed, lacks_date
from localities.curation.values import record_values
from localities.forms.inputs import Input, Widget
from localities.forms.saving import PREFIX, Author, Wrong, begin_draft
from localities.forms.sources import Errors, typed_period
from localities.models import KINDS, CatalogueRecord, Changeset, Citation, Discrepancy
from localities.naming import reader_language
from localities.queries.citations import backing, citations_of
from localities.typed import Unreadable

KEEP, TAKE = "keep", "take"


@dataclass(frozen=True)
class Question:
    """A discrepancy, the record that it speaks of, and the sources of both."""

    discrepancy: Discrepancy
    record: CatalogueRecord
    input: Input  # of the field on which sources differ

    @cached_property
    def _cited(self) -> dict[tuple[str, str], list[Citation]]:
        return citations_of([self.discrepancy, self.record])

    @cached_property
    def value(self) -> Any:
        """The value on record; None is unknown."""
        return record_values(self.record)[self.discrepancy.field]

    @property
    def value_text(self) -> str:
        """The value on record in words."""
        return self.input.said(self.value)

    @property
    def citations(self) -> list[Citation]:
        """Where the record was read, what certainly backs the field first."""
        cited = self._cited[self.record.kind, self.record.key]
        first = backing(cited, self.discrepancy.field)
        return [first, *(one for one in cited if one != first)] if first else cited

    @property
    def other(self) -> Citation | None:
        """Where the other value was read."""
        cited = self._cited[self.discrepancy.kind, self.discrepancy.key]
        return backing(cited, "value") or next(iter(cited), None)

    @property
    def as_of(self) -> str:
        """Of when the other value is, as far as that is known."""
        return (self.other.as_of if self.other else None) or ""

    @cached_property
    def guess(self) -> list[str]:
        """The other value as it would be typed into the field, where it is plain to read."""
        text = self.discrepancy.value
        if self.input.widget is Widget.NUMBER:
            text = text.partition(" ")[0]
            text = text.replace(",", "") if "," in text else text
        elif self.input.choices or self.input.several:
            return []
        try:
            return self.input.write(self.input.read([text]))
        except Unreadable:
            return []


def question(key: str, inputs_of_kind: Any) -> Question | None:
    """The discrepancy with `key`, to be decided; None where there is none in the catalogue.

    `inputs_of_kind` gives the inputs of a record by its kind and key.
    """
    found = Discrepancy.objects.filter(key=key, is_active=True).first()
    if found is None:
        return None
    model = KINDS[found.record_kind]
    record = model._default_manager.filter(pk=found.record, is_active=True).first()
    if record is None:
        return None
    return Question(found, record, inputs_of_kind(found.record_kind, found.record)[found.field])


@transaction.atomic
def decide(question: Question, data: QueryDict, author: Author, title: str) -> Changeset:
    """A draft, with `title`, that says what was chosen and why. Raises Wrong; nothing is stored."""
    errors: Errors = {}
    found, choice = question.discrepancy, data.get("choice", "")
    if choice not in (KEEP, TAKE):
        errors["choice"] = [gettext("Choose one of the list.")]
    reasons = {name: data.get(name, "").strip() or None for name in found.reasons}
    if not any(reasons.values()):
        errors[f"reason_{reader_language()}"] = [
            gettext("A reason is needed, in one language at least.")
        ]
    for name, text in reasons.items():
        if "\x00" in (text or ""):
            errors[name] = [gettext("A text without NUL is needed.")]
    cited = {one.source_id: one for one in question.citations}
    own, other = cited.get(data.get("source", "")), question.other
    if own is None:
        errors["source"] = [gettext("Choose one of the list.")]
    value = _value(question, data, errors) if choice == TAKE else None
    as_of = typed_period("as_of", data.get("as_of", question.as_of).strip(), errors)
    if choice == TAKE and other is None:
        errors["choice"] = [gettext("The other value cites no source.")]
    elif choice == TAKE and other and lacks_date(found.record_kind, as_of, other.source.published):
        errors.setdefault("as_of", [date_needed()])
    if errors or own is None:
        raise Wrong(errors)
    draft = begin_draft(author, title)
    told: dict[str, Any] = {
        "actor": author.user, "found": found, "reasons": reasons, "backing": _backing(own)
    }  # fmt: skip
    try:
        if choice == KEEP or other is None:
            return keep(draft, **told)
        backing = replace(_backing(other), as_of=as_of)
        former = None if question.value in (None, "", []) else question.value_text
        return take(draft, **told, taken=Taken(value, backing, former))
    except Refused as refused:
        field = {found.field: PREFIX + found.field}
        raise Wrong(
            {field.get(one.field, ""): [one.message] for one in refused.refusals}
        ) from refused


def _value(question: Question, data: QueryDict, errors: Errors) -> Any:
    control = PREFIX + question.discrepancy.field
    try:
        value = question.input.read(data.getlist(control))
    except Unreadable as error:
        errors[control] = [str(error)]
        return None
    if value in (None, "", []):
        errors[control] = [gettext("A value is needed.")]
    elif value == question.value:
        errors[control] = [gettext("This is the value on record already.")]
    return value


def _backing(citation: Citation) -> Backing:
    return Backing(citation.source_id, (citation.note or "")[:LONGEST_NOTE], citation.as_of)
