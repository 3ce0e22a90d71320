"""Which record of the catalogue a cell means: by key, by any of its names, by what makes it one."""

from __future__ import annotations

import re
from collections import defaultdict
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext

from localities.curation.values import Model, Values
from localities.identity import unique_sets
from localities.imports.cells import Unfit
from localities.models import FormerProvince, NamedRecord, Province
from localities.models.records import KEY_LENGTH
from localities.text import fold, fold_name

_CLOSE = 4  # folded letters that two names must share to be close
_SHOWN = 5
_STROKED = str.maketrans({"đ": "d", "Đ": "D"})


class Names:
    """The names of the active records of a model, folded."""

    def __init__(self, model: type[NamedRecord]) -> None:
        self.model = model
        self.keys: set[str] = set()
        self.by_name: defaultdict[str, set[str]] = defaultdict(set)
        self.shown: dict[str, str] = {}
        self.place: dict[str, str | None] = {}
        self.names: dict[str, dict[str, str]] = {}
        placed = "province" in {field.name for field in model._meta.concrete_fields}
        rows = model._default_manager.filter(is_active=True)
        columns = ("key", "search_text", "name_en", "name_ja", "name_vi")
        for key, text, name, name_ja, name_vi, place in rows.values_list(
            *columns, "province_id" if placed else "key"
        ):
            self.keys.add(key)
            self.names[key] = {"en": name, "ja": name_ja, "vi": name_vi or name}
            self.shown[key], self.place[key] = name, place if placed else None
            for line in text.split("\n"):
                self.by_name[line].add(key)
                self.by_name[fold_name(line)].add(key)

    def exactly(self, text: str, province: str | None = None) -> set[str]:
        """The records called so; of several those in `province`."""
        found = self.by_name.get(fold(text)) or self.by_name.get(fold_name(text)) or set()
        if len(found) > 1 and province:
            return {key for key in found if self.place[key] == province} or found
        return set(found)

    def called(self, key: str, language: str) -> str:
        """The name of a record in a language."""
        return self.names.get(key, {}).get(language, "")

    def close(self, text: str) -> list[str]:
        """The keys of records whose names hold `text`, or stand in it; the first few."""
        folded = fold(text)
        if len(folded) < _CLOSE:
            return []
        found = {
            key
            for name, keys in self.by_name.items()
            if folded in name or (len(name) >= _CLOSE and name in folded)
            for key in keys
        }
        return sorted(found)

    def told(self, keys: set[str] | list[str]) -> str:
        """Some records for a reader, each by name and key."""
        some = [f"{self.shown[key]} ({key})" for key in sorted(keys)[:_SHOWN]]
        return ", ".join([*some, "…"] if len(keys) > _SHOWN else some)


class Finder:
    """Finds records; each model's names are read once."""

    def __init__(self) -> None:
        self._names: dict[type[NamedRecord], Names] = {}

    def names(self, model: type[NamedRecord]) -> Names:
        """The names of `model`."""
        if model not in self._names:
            self._names[model] = Names(model)
        return self._names[model]

    def pointed(self, column: models.Field[Any, Any], text: str) -> str:
        """The key of the record that a foreign key should name. Raises Unfit."""
        model = column.related_model
        if not isinstance(model, type) or not issubclass(model, NamedRecord):
            return text.strip()
        names = self.names(model)
        if text.strip().casefold() in names.keys:
            return text.strip().casefold()
        found = names.exactly(text)
        if len(found) == 1:
            return found.pop()
        if found:
            raise Unfit(_several(names.told(found)))
        if model is Province and (former := self.names(FormerProvince).exactly(text)):
            parts = {"now": ", ".join(sorted({self._now(key) for key in former}))}
            text = gettext("It was a province until June 2025 and is a part of %(now)s now.")
            raise Unfit(text % parts)
        if close := names.close(text):
            raise Unfit(_close(names.told(close)))
        raise Unfit(gettext("The catalogue has no record of this name or key."))

    def named(self, model: type[NamedRecord], texts: list[str], province: str | None) -> str | None:
        """The record that goes by any of `texts`; None for a new one. Raises Unfit."""
        names = self.names(model)
        for text in texts:
            found = names.exactly(text, province)
            if len(found) == 1:
                return found.pop()
            if found:
                raise Unfit(_several(names.told(found)))
        for text in texts:
            if close := names.close(text):
                raise Unfit(_close(names.told(close)))
        return None

    def _now(self, former: str) -> str:
        names = self.names(FormerProvince)
        return self.names(Province).shown.get(names.place[former] or "", former)


def _several(told: str) -> str:
    text = gettext("Several records are called so: %(records)s. Give the key in a column.")
    return text % {"records": told}


def _close(told: str) -> str:
    text = gettext("No record is called exactly so. Meant may be: %(records)s. Give the key.")
    return text % {"records": told}


def new_key(kind: str, model: Model, values: Values, taken: Any) -> str:
    """A key for a new record: of its name, or of what makes it one. The same values, the same."""
    if issubclass(model, NamedRecord):
        name = values.get("name_en") or values.get("name_vi") or ""
        key = slugify(str(name).translate(_STROKED))[: KEY_LENGTH - 20].strip("-")
        if key and key not in taken:
            return key
    if (unique := _key_of_set(model, values)) and unique not in taken:
        return unique
    spoken = repr(sorted((name, value) for name, value in values.items() if value is not None))
    digest = sha256(spoken.encode()).hexdigest()[:10]
    place = values.get("province")
    return f"{kind}-{place}-{digest}" if isinstance(place, str) else f"{kind}-{digest}"


def _key_of_set(model: Model, values: Values) -> str | None:
    """A key of the first values that only one record may have, where all that are needed are known.

    What is no part of the model's first set goes by its name: a province and a former province may
    have one key.
    """
    sets = unique_sets(model)
    for one in sets:
        own = {name: value for name in one.names if (value := values.get(name)) not in (None, "")}
        if not own or not own.keys() | one.nullable >= set(one.names):
            continue
        if all(isinstance(value, (str, int)) for value in own.values()):
            told = (v if name in sets[0].names else f"{name}-{v}" for name, v in own.items())
            texts = [re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-") for text in told]
            key = "--".join(texts)
            if len(key) <= KEY_LENGTH and all(texts):
                return key
    return None
