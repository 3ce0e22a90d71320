"""Who curates what, as edits of a draft: a second person at the operator decides on it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from localities.curation.editing import Backing, add_edits, edits_for, save_source
from localities.curation.propose import draft, reason_needed
from localities.curation.values import Stored, record_values, stored
from localities.models import KINDS, Changeset, Edit, Stewardship
from localities.models.records import KEY_LENGTH
from localities.naming import plain_name
from localities.rules import COMPANIONS, Scope, standing
from portal.accounts.models import Organisation, User
from portal.accounts.roles import may_found, require

_COLUMNS = ("province", "record_kind", "park")  # as of `Scope`
# What may be curated apart: all but what follows other records, and this itself.
CURATED = tuple(kind for kind in KINDS if kind not in (*COMPANIONS, Stewardship.kind))


@transaction.atomic
def name_steward(
    actor: User,
    organisation: Organisation,
    *,
    scopes: Collection[Scope],
    source: Mapping[str, Any],
) -> Changeset:
    """A draft that names `organisation` for each of `scopes`.

    Whoever is named there so far gives way. `source` is what it rests on, as `save_source` takes
    it. Raises NotAllowed, Refused, and ValidationError where nothing would change.
    """
    made = _draft(actor, gettext("Stewardship: %(name)s"), organisation)
    backing = Backing(save_source(made, actor=actor, values=source))
    known = _known()
    edits = [edit for scope in scopes for edit in _edits(scope, organisation, known, backing)]
    if not edits:
        message = gettext("%(name)s curates all of this already.")
        raise ValidationError(message % {"name": plain_name(organisation)})
    return add_edits(made, actor=actor, edits=edits)


@transaction.atomic
def end_stewardship(actor: User, keys: Collection[str], reason: str) -> Changeset:
    """A draft that takes out the stewardships with `keys`: the next wider one holds again.

    Raises NotAllowed, Refused, and ValidationError without a reason and where none of them is in
    the catalogue.
    """
    found = Stewardship.objects.filter(pk__in=keys, is_active=True)
    ended = [
        Edit(
            action=Edit.Action.DEACTIVATE,
            record_kind=Stewardship.kind,
            record=one.key,
            old=record_values(one),
            source_note=reason,
        )
        for one in found.order_by("key")
    ]
    if not ended:
        raise ValidationError(gettext("Choose at least one."))
    if not reason:
        raise ValidationError(reason_needed())
    return add_edits(_draft(actor, gettext("Stewardship ends")), actor=actor, edits=ended)


def _draft(actor: User, title: str, of: Organisation | None = None) -> Changeset:
    who = standing(actor)
    require(may_found(who))
    operator = Organisation.objects.get(key=who.operator)
    named = title % {"name": plain_name(of)} if of else title
    return draft(named[:200], [], author=actor, organisation=operator)


def _known() -> dict[Scope, tuple[str, Stored]]:
    """Key and record by scope; where one was taken out and another one holds, that one."""
    found = stored(Stewardship)
    rows = sorted(found.items(), key=lambda row: row[1].active)
    return {Scope(*map(one.values.get, _COLUMNS)): (key, one) for key, one in rows}


def _edits(
    scope: Scope,
    organisation: Organisation,
    known: Mapping[Scope, tuple[str, Stored]],
    backing: Backing,
) -> list[Edit]:
    kind = scope.kind or "all-kinds"
    words = (
        f"{kind} at {scope.park}" if scope.park else f"{scope.province or 'all-provinces'} {kind}"
    )
    key, current = known.get(scope, (slugify(words)[:KEY_LENGTH], None))
    wanted = {"organisation": organisation.key, **dict(zip(_COLUMNS, scope, strict=True))}
    return edits_for(Stewardship.kind, key, wanted, current, backing)
