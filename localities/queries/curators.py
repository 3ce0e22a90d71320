"""Which organisation curates what of the catalogue, and what each has contributed. No persons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F
from django.urls import reverse

from localities.models import KINDS, IndustrialPark, Province, Stewardship
from localities.queries.work_done import contributions
from portal.accounts.models import Organisation

_RANK = {kind: rank for rank, kind in enumerate(Organisation.Kind.values)}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an organisation curates; None: every place, or every kind of record."""

    place: Province | IndustrialPark | None
    kind: str | None  # what records of the kind are called

    @property
    def address(self) -> str:
        """The page of the place, where it is one."""
        page = "park" if isinstance(self.place, IndustrialPark) else "province"
        return reverse(f"localities:{page}", args=[self.place.key]) if self.place else ""


@dataclass(frozen=True, slots=True)
class Curator:
    """An organisation with what it curates, and what of its changesets was applied."""

    organisation: Organisation
    scopes: list[Scope]
    applied: int
    edits: int

    @property
    def curates_the_rest(self) -> bool:
        """Whether it looks after all that nobody is named for."""
        return self.organisation.kind == Organisation.Kind.OPERATOR


@dataclass(frozen=True, slots=True)
class Named:
    """A stewardship of the catalogue."""

    key: str
    organisation: Organisation
    scope: Scope


def named_stewards() -> list[Named]:
    """Every stewardship of the catalogue, by place, kind and organisation."""
    related = ("province", "park", "organisation")
    found = Stewardship.objects.filter(is_active=True).select_related(*related)
    return [
        Named(
            one.key, one.organisation, Scope(one.province or one.park, _kind_label(one.record_kind))
        )
        for one in found.order_by(F("province__code").asc(nulls_last=True), "park", "record_kind")
    ]


def _kind_label(kind: str | None) -> str | None:
    model = KINDS.get(kind or "")
    return str(model._meta.verbose_name_plural) if model else kind


def curators() -> list[Curator]:
    """Every active organisation that curates or has contributed, by kind and key."""
    scopes: defaultdict[str, list[Scope]] = defaultdict(list)
    for one in named_stewards():
        scopes[one.organisation.pk].append(one.scope)
    done = {one.organisation.pk: one for one in contributions()}
    found = [
        Curator(
            one,
            scopes[one.pk],
            done[one.pk].applied if one.pk in done else 0,
            done[one.pk].edits if one.pk in done else 0,
        )
        for one in Organisation.objects.filter(is_active=True)
    ]
    shown = [one for one in found if one.scopes or one.applied or one.curates_the_rest]
    return sorted(shown, key=lambda one: (_RANK[one.organisation.kind], one.organisation.key))
