"""What a discrepancy speaks of must be there: a record of the catalogue, and a field of it.

It speaks of the same record for good, since whoever curates that one decides on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext

from localities.curation.errors import Refusal
from localities.curation.plan import Target
from localities.curation.values import columns, lists
from localities.models import KINDS, Citation, Discrepancy, Source, Stewardship

# Kinds that stand beside others, or say who curates what: no source contradicts them.
_UNDISPUTED = (Source, Citation, Discrepancy, Stewardship)
DISPUTABLE = tuple(kind for kind, model in KINDS.items() if model not in _UNDISPUTED)


def unfounded(targets: Iterable[Target]) -> list[Refusal]:
    """A refusal for each discrepancy that names no kind, record or field, or another record now.

    One query a kind. Call it when the records of the same changeset are written.
    """
    found: list[Refusal] = []
    named: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for target in targets:
        values = target.values or {}
        kind, field = values.get("record_kind", ""), values.get("field", "")
        if target.model is not Discrepancy:
            continue
        if moved := [name for name in ("record_kind", "record") if name in target.changed]:
            text = gettext("A discrepancy stays with its record: add one for the other record.")
            found.append(Refusal(Discrepancy.kind, target.key, moved[0], text))
            continue
        if kind not in DISPUTABLE:
            allowed = ", ".join(DISPUTABLE)
            text = gettext("“%(word)s” is not known here; allowed are %(allowed)s.")
            told = text % {"word": kind, "allowed": allowed}
            found.append(Refusal(Discrepancy.kind, target.key, "record_kind", told))
            continue
        if field not in columns(KINDS[kind]) | lists(KINDS[kind]):
            message = gettext("This kind of record has no such field.")
            found.append(Refusal(Discrepancy.kind, target.key, "field", message))
        named[kind].setdefault(str(values.get("record")), []).append(target.key)
    for kind, keys in named.items():
        there = KINDS[kind]._default_manager.filter(pk__in=keys).values_list("pk", flat=True)
        for missing in keys.keys() - set(there):
            text = gettext("There is no record “%(key)s”.") % {"key": missing}
            found += [Refusal(Discrepancy.kind, key, "record", text) for key in keys[missing]]
    return found
