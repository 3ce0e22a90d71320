"""Which sources back which records."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from localities.models import CatalogueRecord, Citation


def citations_of(records: Iterable[CatalogueRecord]) -> dict[tuple[str, str], list[Citation]]:
    """The citations of each record, by its kind and key, in order, with their sources: one query.

    A record without a citation has an empty list.
    """
    keys: dict[str, list[str]] = defaultdict(list)
    for record in records:
        keys[record.kind].append(record.key)
    found: dict[tuple[str, str], list[Citation]] = {
        (kind, key): [] for kind, kind_keys in keys.items() for key in kind_keys
    }
    if not found:
        return found
    citations = Citation.objects.filter(
        is_active=True,
        record_kind__in=list(keys),
        record__in={key for kind_keys in keys.values() for key in kind_keys},
    ).select_related("source")
    for citation in citations.order_by("record_kind", "record", "position"):
        if (place := (citation.record_kind, citation.record)) in found:
            found[place].append(citation)
    return found


def backing(citations: Sequence[Citation], field: str) -> Citation | None:
    """The citation that certainly backs `field`, or None where several could, or none does.

    It is the first that names the field; else the only one of the record, or the only one that
    names no field at all. One that names other fields only says nothing of this one.
    """
    named = next((citation for citation in citations if field in citation.fields), None)
    if named is not None or len(citations) == 1:
        return named or citations[0]
    whole = whole_record(citations)
    return whole[0] if len(whole) == 1 else None


def whole_record(citations: Sequence[Citation]) -> list[Citation]:
    """The citations that name no field: each stands for the record as a whole."""
    return [citation for citation in citations if not citation.fields]
