"""What a file would change: each row added, changed, unchanged or refused; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext

from localities.curation.building import References, build, load_references
from localities.curation.disputed import unfounded
from localities.curation.editing import Backing, edits_for
from localities.curation.plan import Target
from localities.curation.propose import date_needed, lacks_date
from localities.curation.values import Stored, Values, canonical, stored
from localities.identity import Holder, Owners, telling
from localities.imports.archive import letters
from localities.imports.cells import Reader, Unfit, parts
from localities.imports.fields import (
    BESIDE_VALUES,
    EXPORTED,
    KEY,
    NAME,
    RANGE,
    SOURCE,
    ImportField,
    fields_of,
)
from localities.imports.finder import Finder, new_key
from localities.imports.reading import Cell, Grid, Head, Row, as_text, body, headings
from localities.imports.since import Since
from localities.imports.sourcing import NoSource, Sources
from localities.imports.written import says, written
from localities.models import KINDS, Edit, NamedRecord
from localities.naming import reader_language

LONGEST_SHOWN = 120
_NAMES = (NAME, "name_ja", "name_en", "name_vi")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: the column, what stands there, and the reason."""

    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """What becomes of a row.

    `kept` are values that the file says as they were when it was exported, and that have changed
    since: each as it was, and as it is now. They stay as they are.
    """

    number: int
    record: str = ""
    name: str = ""
    values: Values = field(default_factory=dict)
    current: Stored | None = None
    edits: list[Edit] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    backing: Backing | None = None
    kept: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """One of 'added', 'changed', 'unchanged', 'refused'."""
        if self.faults:
            return "refused"
        if not self.edits:
            return "unchanged"
        return "added" if self.current is None else "changed"


@dataclass(frozen=True, slots=True)
class Order:
    """How a file is to be read: where its headings are, what its columns are, in which language."""

    kind: str
    head: Head
    columns: Mapping[int, str]
    language: str
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome of every row, and the sources that are new."""

    outcomes: Sequence[Outcome]
    sources: Mapping[str, Values]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each state."""
        found = Counter(outcome.state for outcome in self.outcomes)
        return {state: found[state] for state in ("added", "changed", "unchanged", "refused")}


def plan(grid: Grid, order: Order, report: Callable[[int, int], None] | None = None) -> Plan:
    """What the rows of `grid` would change. One row's faults do not touch another's fate."""
    return _Planner(grid, order).run(report or (lambda done, total: None))


class _Planner:
    def __init__(self, grid: Grid, order: Order) -> None:
        self.order, self.model = order, KINDS[order.kind]
        self.fields = fields_of(order.kind)
        self.headings = headings(grid, order.head)
        self.rows = body(grid, order.head)
        self.typed = grid.typed
        self.reader, self.finder = Reader(order.language), Finder()
        self.sources = Sources(order.source)
        self.stored = stored(self.model)
        self.owners = Owners(
            self.model,
            (Holder(key, one.active, one.values) for key, one in self.stored.items()),
        )
        at = self._column(EXPORTED)
        cells = [] if at is None else [row.cell(at) for row in self.rows]
        told = (cell for cell in cells if cell is not None)
        self.since = Since(self.model, self.reader, told)
        self.references = References()
        self.seen: dict[str, int] = {}

    def run(self, report: Callable[[int, int], None]) -> Plan:
        """Reads all rows, then judges them; a row read counts as half of one."""
        total, outcomes = len(self.rows), []
        telling = [at for at, name in self.order.columns.items() if name != EXPORTED]
        for at, row in enumerate(self.rows):
            if at % 500 == 0:
                report(at // 2, total)
            if any(row.cell(column) is not None for column in telling):
                outcomes.append(self._read(row))
        load_references(self.references, self.model, map(self._whole, outcomes))
        for at, outcome in enumerate(outcomes):
            if at % 500 == 0:
                report((total + at) // 2, total)
            if not outcome.faults:
                self._judge(outcome)
        self._refuse_unfounded(outcomes)
        return Plan(outcomes, self.sources.new)

    def _whole(self, outcome: Outcome) -> Values:
        before = outcome.current.values if outcome.current else {}
        return {**before, **outcome.values}

    def _read(self, row: Row) -> Outcome:
        outcome = Outcome(row.number)
        faults: dict[str, Fault] = {}
        for column, name in self.order.columns.items():
            if name in self.fields and name not in BESIDE_VALUES:
                cell = row.cell(column)
                if cell is not None:
                    self._value(outcome.values, faults, self.fields[name], column, cell)
        try:
            outcome.record = self._record(row, outcome)
        except Unfit as unfit:
            outcome.faults = [self._identity_fault(row, str(unfit)), *faults.values()]
            outcome.name = self._name(row)
            return outcome
        outcome.current = self.stored.get(outcome.record)
        outcome.name = self._name(row) or self._called(outcome.record)
        if outcome.current is not None and not outcome.current.active:
            outcome.faults = [self._identity_fault(row, self._taken_out(outcome.record))]
            return outcome
        if outcome.current is not None:
            then = self._then(row, outcome, faults)
            self._same(row, outcome, then, faults)
            self._keep(row, outcome, then, faults)
        outcome.faults = list(faults.values())
        if (first := self.seen.setdefault(outcome.record, row.number)) != row.number:
            text = gettext("Row %(row)s is about the same record.") % {"row": first}
            outcome.faults.append(self._identity_fault(row, text))
        if not outcome.faults:
            try:
                outcome.backing = self.sources.of(self._source_cells(row))
            except NoSource as lacking:
                outcome.faults.append(self._fault(lacking.field, row, str(lacking)))
        return outcome

    def _value(
        self,
        values: Values,
        faults: dict[str, Fault],
        wanted: ImportField,
        column: int,
        cell: Cell,
    ) -> None:
        """Reads one cell into `values`, or into `faults`."""
        heading = self.headings[column]
        try:
            if wanted.form == "range" or self._opens_a_range(wanted, cell):
                base = wanted.name.removesuffix(RANGE).removesuffix("_min")
                low, high = self.reader.span(wanted, cell, heading)
                for name, value in ((f"{base}_min", low), (f"{base}_max", high)):
                    if values.setdefault(name, value) != value:
                        raise Unfit(gettext("Another column says otherwise."))
            elif wanted.form == "record" and wanted.column is not None:
                unknown = self.reader.value(ImportField(wanted.name, "text", wanted.column), cell)
                values[wanted.name] = unknown and self.finder.pointed(wanted.column, as_text(cell))
            elif wanted.form == "records" and wanted.column is not None:
                values[wanted.name] = self._records(wanted, cell)
            else:
                values[wanted.name] = self.reader.value(wanted, cell, heading)
        except Unfit as unfit:
            faults[wanted.name] = self._told(column, cell, str(unfit))

    def _opens_a_range(self, wanted: ImportField, cell: Cell) -> bool:
        """Whether a column for one end holds both, and no other column is for the other one."""
        if not (wanted.name.endswith("_min") and isinstance(cell, str)):
            return False
        other = f"{wanted.name.removesuffix('_min')}_max"
        if other not in self.fields or other in self.order.columns.values():
            return False
        low, high = (
            self.reader.span(wanted, cell, "")
            if "~" in cell or "～" in cell or "〜" in cell
            else (0, 0)
        )
        return low != high

    def _records(self, wanted: ImportField, cell: Cell) -> list[str]:
        if self.reader.value(ImportField(wanted.name, "texts", wanted.column), cell) == []:
            return []
        assert wanted.column is not None  # noqa: S101  # it is a column of records
        try:
            return [self.finder.pointed(wanted.column, as_text(cell))]
        except Unfit:  # not one record with a comma in its name: several
            pass
        return sorted({self.finder.pointed(wanted.column, part) for part in parts(as_text(cell))})

    def _record(self, row: Row, outcome: Outcome) -> str:
        """The key of the record that a row is about. Raises Unfit."""
        if key := self._text(row, KEY):
            return key.casefold()
        values = outcome.values
        texts = [text for name in _NAMES if (text := self._text(row, name))]
        if issubclass(self.model, NamedRecord) and texts:
            province = values.get("province")
            place = province if isinstance(province, str) else None
            if found := self.finder.named(self.model, texts, place):
                self._drop_names(values, found)
                return found
        elif found := self.owners.of(canonical(self.model, values)):
            return found
        if issubclass(self.model, NamedRecord) and not texts:
            raise Unfit(gettext("A row needs a key or a name."))
        return new_key(self.order.kind, self.model, values, self.stored.keys())

    def _drop_names(self, values: Values, key: str) -> None:
        """Names that a record was found by are no change of its names."""
        assert issubclass(self.model, NamedRecord)  # noqa: S101  # it was found by name
        names = self.finder.names(self.model)
        for name in _NAMES[1:]:
            if isinstance(text := values.get(name), str) and key in names.exactly(text):
                del values[name]

    def _taken_out(self, key: str) -> str:
        text = gettext(
            "This record was taken out in version %(version)s of the catalogue. Put it back on its"
            " page before you import values of it."
        )
        return text % {"version": self.since.taken_out(key)}

    def _then(self, row: Row, outcome: Outcome, faults: dict[str, Fault]) -> Values:
        """What has changed since the row was exported, as it was then."""
        assert outcome.current is not None  # noqa: S101  # called for known records only
        at = self._column(EXPORTED)
        if at is None or (cell := row.cell(at)) is None:
            return {}
        try:
            version = self.since.version(cell)
        except Unfit as unfit:
            faults[EXPORTED] = self._told(at, cell, str(unfit))
            return {}
        return self.since.before(outcome.record, version, outcome.current.values)

    def _keep(self, row: Row, outcome: Outcome, then: Values, faults: dict[str, Fault]) -> None:
        """Leaves alone what others changed since the export, unless the file changed it too."""
        assert outcome.current is not None  # noqa: S101  # called for known records only
        for name, before in then.items():
            now = outcome.current.values[name]
            if name not in outcome.values or outcome.values[name] == now:
                continue
            if outcome.values[name] == before:
                del outcome.values[name]
                outcome.kept[name] = before, now
            else:
                faults[name] = self._fault(name, row, self._moved(name, before, now))

    def _moved(self, name: str, before: Any, now: Any) -> str:
        own = self.fields[name]
        both = [_short(as_text(written(own, value, self.finder))) for value in (before, now)]
        text = gettext(
            "The catalogue has changed since the export: %(before)s → %(now)s. Empty the cell to"
            " keep that, or export the list anew to change it."
        )
        return text % {"before": both[0], "now": both[1]}

    def _same(self, row: Row, outcome: Outcome, then: Values, faults: dict[str, Fault]) -> None:
        """Takes what the file writes just as the catalogue does, or did `then`, as it stands."""
        assert outcome.current is not None  # noqa: S101  # called for known records only
        for column, name in self.order.columns.items():
            cell, current = row.cell(column), outcome.current.values
            if cell is None or name not in current:
                continue
            if says(cell, self.fields[name], current[name]):
                outcome.values[name] = current[name]
                faults.pop(name, None)
            elif name in then and says(cell, self.fields[name], then[name]):
                outcome.values[name] = then[name]
                faults.pop(name, None)
            elif self._could_be_a_share(name, cell):
                text = gettext("A share of 1 or a percentage? Write it as a text, such as 85%.")
                faults[name] = self._told(column, cell, text)

    def _could_be_a_share(self, name: str, cell: Cell) -> bool:
        share = self.typed and isinstance(cell, float) and 0 < cell <= 1
        return share and (name.endswith("_pct") or name == "percent")

    def _judge(self, outcome: Outcome) -> None:
        """Finds the edits of a row, and what speaks against them."""
        if outcome.record in self.seen and outcome.current is None:
            outcome.current = self.stored.get(outcome.record)
        kind, key = self.order.kind, outcome.record
        edits = edits_for(kind, key, outcome.values, outcome.current, outcome.backing)
        if not edits:
            return
        full = canonical(self.model, self._whole(outcome))
        try:
            build(self.model, key, full, True, self.references)
        except ValidationError as error:
            outcome.faults = [
                self._fault("" if name == NON_FIELD_ERRORS else name, outcome, message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
            return
        if clash := self._twin(outcome, edits, full):
            text = gettext("Record “%(key)s” has the same.") % {"key": clash[0]}
            outcome.faults = [self._fault(clash[1][0], outcome, text)]
        elif outcome.backing is None:
            text = gettext("A source is needed.")
            outcome.faults = [self._fault("source.title", outcome, text)]
        elif self._lacks_date(outcome.backing):
            outcome.faults = [self._fault("source.as_of", outcome, date_needed())]
        else:
            outcome.edits = edits
            self.owners.take(key, full)

    def _twin(
        self, outcome: Outcome, edits: Sequence[Edit], full: Values
    ) -> tuple[str, Sequence[str]] | None:
        """Another record that a row would add once more, or make the same as its own."""
        if not {"", *telling(self.model)} & {edit.field for edit in edits}:
            return None
        return self.owners.other(outcome.record, full)

    def _lacks_date(self, backing: Backing) -> bool:
        published = self.sources.published(backing.source)
        return lacks_date(self.order.kind, backing.as_of, published)

    def _refuse_unfounded(self, outcomes: Sequence[Outcome]) -> None:
        """Refuses discrepancies that speak of what is not there: one query a kind for all rows."""
        changing = {outcome.record: outcome for outcome in outcomes if outcome.edits}
        targets = [
            Target(self.model, key, outcome.current, self._whole(outcome))
            for key, outcome in changing.items()
        ]
        for refusal in unfounded(targets):
            outcome = changing[refusal.record]
            outcome.edits = []
            outcome.faults.append(self._fault(refusal.field, outcome, refusal.message))

    def _text(self, row: Row, name: str) -> str:
        column = self._column(name)
        return as_text(row.cell(column)).strip() if column is not None else ""

    def _name(self, row: Row) -> str:
        return next((text for name in _NAMES if (text := self._text(row, name))), "")

    def _called(self, key: str) -> str:
        """What the catalogue calls a record; its key where it has no name."""
        if not issubclass(self.model, NamedRecord):
            return key
        return self.finder.names(self.model).called(key, reader_language()) or key

    def _source_cells(self, row: Row) -> dict[str, Cell]:
        return {
            name: row.cell(column)
            for column, name in self.order.columns.items()
            if name in SOURCE and row.cell(column) is not None
        }

    def _column(self, name: str) -> int | None:
        found = (column for column, own in self.order.columns.items() if own == name)
        return next(found, None)

    def _identity_fault(self, row: Row, reason: str) -> Fault:
        names = (KEY, *_NAMES, *self.order.columns.values())
        held = next((n for n in names if self._text(row, n)), KEY)
        return self._fault(held, row, reason)

    def _fault(self, name: str, row: Row | Outcome, reason: str) -> Fault:
        """A fault of the field `name`, under the column that gave it, or by its label."""
        column = self._column(name)
        for other in (f"{name[:-4]}{RANGE}", f"{name[:-4]}_min"):
            column = (
                self._column(other) if column is None and name[-4:] in ("_min", "_max") else column
            )
        if column is None:
            label = self.fields[name].label if name in self.fields else gettext("The whole row")
            value = row.values.get(name) if isinstance(row, Outcome) else None
            return Fault(label, _short(as_text(value)), reason)
        cell = self._cells[row.number].cell(column)
        return self._told(column, cell, reason)

    @property
    def _cells(self) -> Mapping[int, Row]:
        if not hasattr(self, "_by_number"):
            self._by_number = {row.number: row for row in self.rows}
        return self._by_number

    def _told(self, column: int, cell: Cell, reason: str) -> Fault:
        title = f"{letters(column)} {self.headings[column]}".strip()
        return Fault(title, _short(as_text(cell)), reason)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
