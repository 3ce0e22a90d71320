"""Which organisation curates what of the catalogue, and what each has contributed. No persons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from localities.models import KINDS, Province, Stewardship
from localities.queries.work_done import contributions
from portal.accounts.models import Organisation

_RANK = {kind: rank for rank, kind in enumerate(Organisation.Kind.values)}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an organisation curates; None: every province, or every kind of record."""

    province: Province | None
    kind: str | None  # what records of the kind are called


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


def curators() -> list[Curator]:
    """Every active organisation that curates or has contributed, by kind and key."""
    scopes: defaultdict[str, list[Scope]] = defaultdict(list)
    named = Stewardship.objects.filter(is_active=True).select_related("province")
    for one in named.order_by("province__code", "record_kind"):
        model = KINDS.get(one.record_kind or "")
        kind = str(model._meta.verbose_name_plural) if model else one.record_kind
        scopes[one.organisation_id].append(Scope(one.province, kind))
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
