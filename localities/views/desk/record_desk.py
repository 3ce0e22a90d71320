"""One record at the desk: what a request for it goes on with, and its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from localities.forms.entries import NEW_DRAFT, Draft, Entry
from localities.forms.inputs import Input
from localities.forms.layout import title_of
from localities.forms.saving import Author, Typed
from localities.forms.sheet import Names, place_name
from localities.rules import Standing
from portal.accounts.access import person
from portal.accounts.models import Organisation
from portal.accounts.roles import Role


@dataclass
class RecordDesk:
    """One request for one record."""

    request: HttpRequest
    who: Standing
    entry: Entry
    inputs: Mapping[str, Input]
    drafts: list[Draft]
    names: Names
    province: str | None = None  # where a new record is, as the address says
    of: Mapping[str, str] = field(default_factory=dict)  # the record that it speaks of

    @property
    def author(self) -> Author:
        """Who saves."""
        return Author(person(self.request), self.who, self.request.POST.get("organisation") or None)

    def title(self) -> str:
        """What a draft that begins here is called."""
        place = self.province or self.entry.place
        found = place_name(self.names, place) if place else None
        name = found.text if found else ""
        if not name and self.entry.known:
            name = title_of(self.entry.model, self.entry.key, self.entry.values, self.inputs)
        name = name or str(capfirst(self.entry.model._meta.verbose_name))
        return gettext("Changes to %(place)s") % {"place": name}

    def pin(self, entry: Entry) -> str:
        """The draft that the form goes on with, whatever the address says."""
        if entry.draft is not None:
            return str(entry.draft.pk)
        return NEW_DRAFT if self.request.GET.get("draft") == NEW_DRAFT else ""

    @property
    def organisations(self) -> list[Organisation]:
        """For which the person may propose."""
        able = self.who.at_least(Role.EDITOR)
        return [one.organisation for one in self.who.memberships if one.organisation_id in able]

    def replacements(self, found: Typed) -> list[str]:
        """What was saved took the place of these values of another window."""
        text = gettext(
            "%(field)s was changed elsewhere meanwhile (revision %(revision)s): "
            "%(other)s. Your %(own)s has taken its place."
        )
        return [
            text
            % {
                "field": self.inputs[replaced.name].label,
                "other": self.inputs[replaced.name].said(replaced.value),
                "own": self.inputs[replaced.name].said(found.changed[replaced.name]),
                "revision": self.entry.draft.revision if self.entry.draft else 1,
            }
            for replaced in found.replaced
            if replaced.name in found.changed
        ]


def address_of(
    entry: Entry, province: str | None = None, of: Mapping[str, str] | None = None
) -> str:
    """The page that edits the record in its draft."""
    query = QueryDict(mutable=True)
    if province:
        query["province"] = province
    query.update(of or {})
    if entry.draft is not None:
        query["draft"] = str(entry.draft.pk)
    path = (
        reverse("desk:edit", args=[entry.kind, entry.key])
        if entry.key
        else reverse("desk:add", args=[entry.kind])
    )
    return f"{path}?{query.urlencode()}" if query else path
