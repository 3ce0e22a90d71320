"""Planned records into tables, a kind at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from localities.curation.building import Built, References, build, load_references
from localities.curation.disputed import unfounded
from localities.curation.errors import Refusal, Refused
from localities.curation.plan import Target
from localities.curation.twins import check_twins
from localities.curation.values import Model, links_of, lists

_BATCH = 500
Pair = tuple[Target, Built]


def write(targets: Sequence[Target]) -> None:
    """Writes `targets`, which stand in the order of kinds.

    Raises Refused, naming every reason, and Conflict where the catalogue has one of them already.
    """
    pairs = _build_all(targets)
    check_twins(targets)
    for model, group in groupby(pairs, key=lambda pair: pair[0].model):
        _write_kind(model, list(group))
    for model in {target.model for target in targets}:
        _check_symmetry(model)
    if refusals := unfounded(targets):
        raise Refused(refusals)


def _build_all(targets: Sequence[Target]) -> list[Pair]:
    references, refusals, pairs = References(), [], []
    for target in targets:
        if target.before is None:  # known by its key, until it is built
            references.add(target.model(key=target.key))
    for model, group in groupby(targets, key=lambda target: target.model):
        own = list(group)
        load_references(references, model, (target.values or {} for target in own))
        for target in own:
            try:
                built = build(model, target.key, target.values or {}, target.active, references)
            except ValidationError as error:
                refusals += refusals_of(target, error)
            else:
                references.add(built.record)
                pairs.append((target, built))
    if refusals:
        raise Refused(refusals)
    return pairs


def refusals_of(target: Target, error: ValidationError) -> list[Refusal]:
    """One refusal for each message of `error`."""
    return [
        Refusal(target.model.kind, target.key, "" if name == NON_FIELD_ERRORS else name, message)
        for name, messages in error.message_dict.items()
        for message in messages
    ]


def _write_kind(model: Model, pairs: list[Pair]) -> None:
    try:
        with transaction.atomic():
            _write_rows(model, pairs)
    except IntegrityError as error:
        raise Refused(_blame(pairs, error)) from error
    for name, field in lists(model).items():
        _write_links(field, [p for p in pairs if p[0].before is None or name in p[0].changed])


def _write_rows(model: Model, pairs: list[Pair]) -> None:
    new = [built.record for target, built in pairs if target.before is None]
    model._default_manager.bulk_create(new, batch_size=_BATCH)
    old = [(built.record, target.changed) for target, built in pairs if target.before is not None]
    changed = {name for _record, names in old for name in names} - lists(model).keys()
    if changed:
        derived = {f.name for f in model._meta.concrete_fields if not f.editable}
        records = [record for record, _names in old]
        model._default_manager.bulk_update(records, changed | derived, batch_size=_BATCH)


def _blame(pairs: list[Pair], cause: IntegrityError) -> list[Refusal]:
    """Finds, a record at a time, what the database refused of them all.

    Leaves the rows that passed: the caller's transaction is rolled back.
    """
    refusals: list[Refusal] = []
    for target, built in pairs:
        try:
            built.record.validate_unique()
            built.record.validate_constraints()
        except ValidationError as error:
            refusals += refusals_of(target, error)
            continue
        with suppress(IntegrityError), transaction.atomic():
            built.record.save(force_insert=target.before is None)
            continue
        refusals.append(Refusal(target.model.kind, target.key, "", str(cause)))
    return refusals or [Refusal(pairs[0][0].model.kind, "", "", str(cause))]


def _write_links(field: models.ManyToManyField[Any, Any], pairs: Iterable[Pair]) -> None:
    through, own, other = links_of(field)
    pairs = list(pairs)
    if old := [target.key for target, _built in pairs if target.before is not None]:
        through._default_manager.filter(**{f"{own}__in": old}).delete()
    rows = [
        through(**{own: target.key, other: key})
        for target, built in pairs
        for key in built.linked[field.name]
    ]
    through._default_manager.bulk_create(rows, batch_size=_BATCH)


def _check_symmetry(model: Model) -> None:
    """Raises Refused where one record names another that doesn't name it back, as it must."""
    for field in lists(model).values():
        if not field.remote_field.symmetrical:
            continue
        through, own, other = links_of(field)
        links = set(through._default_manager.values_list(own, other))
        if lone := sorted(link for link in links if link[::-1] not in links):
            raise Refused(
                Refusal(model.kind, one, field.name, f"{two} does not name it back")
                for one, two in lone
            )
