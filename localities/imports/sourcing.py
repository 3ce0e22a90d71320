"""Where a file's values were read: one source for all of it, or one a row."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from localities import periods
from localities.curation.building import References, build
from localities.curation.editing import Backing, source_key
from localities.curation.values import Values, canonical
from localities.imports.cells import Reader, Unfit
from localities.imports.fields import ImportField
from localities.imports.reading import Cell, as_text
from localities.models import Edit, Source

_LONGEST_NOTE = 200
Told = tuple[str, str | None, str | None]  # title, address, published


class NoSource(ValueError):
    """A row's source can't be told; `field` is the column of it that is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Sources:
    """The sources of a file's rows. `of_file` describes the one of rows that name none.

    It holds 'key' (of the catalogue's) or 'title', 'url', 'publisher', 'published'; and 'note' and
    'as_of'.
    """

    def __init__(self, of_file: Mapping[str, str]) -> None:
        self.new: dict[str, Values] = {}
        self._of_file = of_file
        self._keys: dict[Told, str] = {}
        known = Source.objects.filter(is_active=True).values_list(
            "key", "title", "url", "published"
        )
        self._titles: dict[str, set[str]] = {}
        self._addresses: dict[str, set[str]] = {}
        self._all: dict[str, str | None] = {}
        for key, title, url, published in known:
            self._all[key] = published
            self._keys[title, url, published] = key
            self._titles.setdefault(title, set()).add(key)
            self._addresses.setdefault(url or "", set()).add(key)

    def of(self, cells: Mapping[str, Cell]) -> Backing | None:
        """What backs a row whose source columns are `cells`; None where nothing does.

        Raises NoSource.
        """
        told = {name.partition(".")[2]: as_text(cell).strip() for name, cell in cells.items()}
        for name in ("published", "as_of"):
            if f"source.{name}" in cells:
                told[name] = _period(name, cells[f"source.{name}"])
        own = any(told.get(name) for name in ("title", "url"))
        base = dict(self._of_file)
        key = self._key(told) if own else self._of_file_key(base)
        if key is None:
            return None
        note = told.get("note") or ("" if own else base.get("note", ""))
        if len(note) > _LONGEST_NOTE:
            most = {"most": _LONGEST_NOTE}
            raise NoSource("source.note", gettext("At most %(most)s characters.") % most)
        as_of = told.get("as_of") or ("" if own else base.get("as_of", ""))
        return Backing(key, note, as_of or None)

    def published(self, key: str) -> str | None:
        """The date of the source with the key; None where it has none."""
        return self.new[key]["published"] if key in self.new else self._all[key]

    def _of_file_key(self, told: Mapping[str, str]) -> str | None:
        if key := told.get("key"):
            return key if key in self._all else None
        return self._key(told) if told.get("title") else None

    def _key(self, told: Mapping[str, str]) -> str:
        title, url, published = told.get("title", ""), told.get("url"), told.get("published")
        if (key := self._keys.get((title, url or None, published or None))) is not None:
            return key
        if not published and not (title and url):
            known = (
                self._titles.get(title, set()) if title else self._addresses.get(url or "", set())
            )
            if len(known) == 1:
                return next(iter(known))
        values = canonical(
            Source,
            {
                "title": title,
                "url": url or None,
                "publisher": told.get("publisher") or None,
                "published": published or None,
            },
        )
        key = source_key(values)
        try:
            build(Source, key, values, True, References())
        except ValidationError as error:
            name, messages = next(iter(error.message_dict.items()))
            raise NoSource(f"source.{name}", " ".join(messages)) from error
        self.new[key] = values
        self._keys[title, url or None, published or None] = key
        return key


def _period(name: str, cell: Cell) -> str:
    column = (
        Source._meta.get_field("published")
        if name == "published"
        else Edit._meta.get_field("as_of")
    )
    try:
        value = Reader("ja").value(ImportField(name, "period", column), cell)
    except Unfit as unfit:
        raise NoSource(f"source.{name}", str(unfit)) from unfit
    if value is not None:
        periods.validate(value)
    return value or ""
