"""How tests change the catalogue: by the only way there is, an applied changeset."""

from typing import Any

from localities.curation.apply import apply
from localities.models import Changeset, Edit

__all__ = ["create", "deactivate", "update"]


def update(kind: str, key: str, field: str, old: Any, new: Any) -> Changeset:
    """Applies a changeset with one new value."""
    return _apply(
        Edit(
            position=1,
            action=Edit.Action.UPDATE,
            record_kind=kind,
            record=key,
            field=field,
            old=old,
            new=new,
        )
    )


def create(kind: str, key: str, values: dict[str, Any]) -> Changeset:
    """Applies a changeset with one new record."""
    return _apply(
        Edit(position=1, action=Edit.Action.CREATE, record_kind=kind, record=key, new=values)
    )


def deactivate(kind: str, key: str) -> Changeset:
    """Applies a changeset that takes a record out."""
    return _apply(Edit(position=1, action=Edit.Action.DEACTIVATE, record_kind=kind, record=key))


def _apply(edit: Edit) -> Changeset:
    changeset = Changeset.objects.create(title="A change", state=Changeset.State.PROPOSED)
    edit.changeset = changeset
    edit.save()
    return apply(changeset)
