"""What has changed in the catalogue since a row of a file was exported from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext

from localities.curation.values import Model, Values, canonical
from localities.imports.cells import Reader, Unfit
from localities.imports.fields import EXPORTED, ImportField
from localities.imports.reading import Cell
from localities.models import Changeset, Edit
from localities.queries import catalogue

Action = Edit.Action
_VERSION = ImportField(EXPORTED, "whole")


class Since:
    """The changes of one kind of record since the versions that `cells` name; read once.

    Make it after the records were read: a change between the two is then one that an edit's old
    value shows, and none that is taken back unseen.
    """

    def __init__(self, model: Model, reader: Reader, cells: Iterable[Cell]) -> None:
        self._model, self._reader = model, reader
        self._newest = catalogue.version()
        self._changes: defaultdict[str, list[tuple[int, str, str, Any]]] = defaultdict(list)
        if (first := min(self._readable(cells), default=self._newest)) < self._newest:
            changes = self._applied().filter(changeset__version__gt=first)
            told = ("record", "changeset__version", "action", "field", "old")
            rows = changes.order_by("changeset__version", "position").values_list(*told)
            for record, *change in rows.iterator(chunk_size=2000):
                self._changes[record].append((change[0], change[1], change[2], change[3]))

    def version(self, cell: Cell) -> int:
        """The version that a cell names. Raises Unfit for one that there is not."""
        version = self._reader.value(_VERSION, cell)
        if not 1 <= version <= self._newest:
            text = gettext("The catalogue has no such version: its newest is %(version)s.")
            raise Unfit(text % {"version": self._newest})
        return int(version)

    def before(self, key: str, version: int, current: Values) -> Values:
        """What the record said at `version`, of the fields that say something else now.

        A record that is newer said nothing.
        """
        then: Values = {}
        for changed_in, action, field, old in self._changes.get(key, ()):
            if changed_in > version and action == Action.UPDATE:
                then.setdefault(field, old)
            elif changed_in > version and action == Action.CREATE:
                then = canonical(self._model, {})
        moved = (name for name, value in current.items() if then.get(name, value) != value)
        return {name: then[name] for name in moved}

    def taken_out(self, key: str) -> int | None:
        """The version in which a record was last taken out."""
        return self._taken_out.get(key)

    @cached_property
    def _taken_out(self) -> dict[str, int]:
        out = self._applied().filter(action=Action.DEACTIVATE)
        return dict(out.values_list("record").annotate(Max("changeset__version")).order_by())

    def _applied(self) -> QuerySet[Edit]:
        return Edit.objects.filter(
            record_kind=self._model.kind, changeset__state=Changeset.State.APPLIED
        )

    def _readable(self, cells: Iterable[Cell]) -> Iterable[int]:
        for cell in cells:
            try:
                yield self.version(cell)
            except Unfit:  # told where its row is read
                continue
