"""A value that still holds, as another source says: an edit from it to itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from localities import periods
from localities.curation.values import Values
from localities.models import Edit, Expressway, IndustrialPark, SupportProgramme, TransportNode

# By kind, the field that says of when others are, and those others.
DATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    IndustrialPark.kind: {
        "factory_rent_as_of": ("factory_rent_usd_m2_month_min", "factory_rent_usd_m2_month_max"),
        "land_rent_as_of": ("land_rent_usd_m2_min", "land_rent_usd_m2_max", "land_rent_period"),
    },
    SupportProgramme.kind: {"as_of": ("status",)},
    TransportNode.kind: {"status_as_of": ("status",)},
    Expressway.kind: {"status_as_of": ("status",)},
}


def moved_dates(kind: str, confirmed: Collection[str], says: Values, as_of: str | None) -> Values:
    """The dates of `confirmed` fields that are `as_of` from now on: those that are older.

    `says`: what the record says without the confirmation.
    """
    return {
        date: as_of
        for date, dated in DATES.get(kind, {}).items()
        if as_of and not set(dated).isdisjoint(confirmed) and _is_newer(as_of, says.get(date))
    }


def _is_newer(as_of: str, known: Any) -> bool:
    return known is None or periods.parse(known).end < periods.parse(as_of).end


def following(edits: Iterable[Edit], names: Collection[str]) -> list[Edit]:
    """Those of a record's `edits` that confirm the fields `names`, and the dates that moved.

    A date stays where something else of the same edits is dated by it.
    """
    own = {edit.field: edit for edit in edits}
    gone = {name: own[name] for name in names if name in own and own[name].confirms}
    found = list(gone.values())
    for edit in own.values():
        dated = DATES.get(edit.record_kind, {}).get(edit.field, ())
        causes = [gone[name] for name in dated if name in gone]
        others = [name for name in dated if name in own and name not in gone]
        if not others and any(
            (edit.new, edit.source_id) == (cause.as_of, cause.source_id) for cause in causes
        ):
            found.append(edit)
    return found
