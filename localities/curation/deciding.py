"""Which of two sources is right: the decision on a discrepancy, as edits of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import Truncator

from localities.curation.editing import LONGEST_NOTE, Backing, save_record, set_active
from localities.models import Changeset, Discrepancy
from portal.accounts.models import User

Reasons = Mapping[str, str | None]  # by the fields `Discrepancy.reasons`


@dataclass(frozen=True, slots=True)
class Taken:
    """The other value, to go on record, and the one that it takes the place of."""

    value: Any
    backing: Backing
    former: str | None  # the value on record, in words; None: nothing was on record


def keep(
    changeset: Changeset, *, actor: User, found: Discrepancy, reasons: Reasons, backing: Backing
) -> Changeset:
    """Has the draft say why the value on record, which `backing` gives, stands.

    Raises NotAllowed, WrongState and Refused; then nothing is stored.
    """
    return save_record(
        changeset,
        actor=actor,
        kind=Discrepancy.kind,
        key=found.key,
        wanted=dict(reasons),
        backing=backing,
    )


@transaction.atomic
def take(
    changeset: Changeset,
    *,
    actor: User,
    found: Discrepancy,
    taken: Taken,
    reasons: Reasons,
    backing: Backing,
) -> Changeset:
    """Has the draft put the other value on record, and keep the former one as the other.

    `backing` is where the former value was read. Where nothing was on record there is nothing left
    to differ, and the discrepancy is taken out, for the first of `reasons`. Raises as `keep`.
    """
    save_record(
        changeset,
        actor=actor,
        kind=found.record_kind,
        key=found.record,
        wanted={found.field: taken.value},
        backing=taken.backing,
    )
    own: dict[str, Any] = {"kind": Discrepancy.kind, "key": found.key}
    if taken.former is None:
        why = Truncator(next(filter(None, reasons.values()))).chars(LONGEST_NOTE)
        return set_active(
            changeset, actor=actor, **own, active=False, reason=why, backing=taken.backing
        )
    save_record(changeset, actor=actor, **own, wanted={"value": taken.former}, backing=backing)
    return save_record(changeset, actor=actor, **own, wanted=dict(reasons), backing=taken.backing)
