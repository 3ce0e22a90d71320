"""What a comparison is made of: groups of rows, a cell for each place."""

from collections.abc import Sequence
from dataclasses import dataclass

from localities.models import Citation
from localities.naming import reader_language
from matching.answers import SourceLine


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said of a place, with its date and source."""

    text: str
    lang: str = ""  # '' is the reader's
    note: str = ""
    note_lang: str = ""
    as_of: str | None = None
    source: SourceLine | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one place on one point; without an item nothing is."""

    items: tuple[Item, ...] = ()
    fit: float | None = None  # of 100, where it is a criterion

    @property
    def known(self) -> bool:
        """Whether anything is on record."""
        return bool(self.items) or self.fit is not None

    @property
    def said(self) -> tuple[object, ...]:
        """What two places are alike in: texts and fit, whatever the source."""
        fit = None if self.fit is None else round(self.fit)
        return (fit, *sorted((item.text, item.note) for item in self.items))


@dataclass(frozen=True, slots=True)
class Row:
    """One point, a cell for each place."""

    label: str
    cells: tuple[Cell, ...]
    weight: float = 0  # the most that the places' difference moves the fit, of 100

    @property
    def unknown(self) -> bool:
        """Nothing is on record for any of the places."""
        return not any(cell.known for cell in self.cells)

    @property
    def alike(self) -> bool:
        """The same is on record for all of them."""
        return not self.unknown and len({cell.said for cell in self.cells}) == 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    code: str
    title: str
    rows: tuple[Row, ...]

    @property
    def differing(self) -> Sequence[Row]:
        """The rows that tell the places apart, those that move the fit most first.

        A place alone differs from nothing: of it, all that is known.
        """
        alone = bool(self.rows) and len(self.rows[0].cells) == 1
        rows = [row for row in self.rows if not row.unknown and (alone or not row.alike)]
        return sorted(rows, key=lambda row: -row.weight)

    @property
    def alike(self) -> Sequence[Row]:
        """The rows that say the same of all places; none where there is one place."""
        differing = self.differing
        return [row for row in self.rows if not row.unknown and row not in differing]

    @property
    def unknown(self) -> Sequence[str]:
        """The labels of what is known of none of the places."""
        return [row.label for row in self.rows if row.unknown]


def source_of(citation: Citation | None) -> SourceLine | None:
    """The source that a citation names."""
    if citation is None:
        return None
    source = citation.source
    return SourceLine(source.key, source.title, source.url, source.published)


def foreign(lang: str) -> str:
    """`lang` where it is not the reader's, else ''."""
    return "" if lang == reader_language() else lang
