"""Where the readers of the catalogue write down arrays and the evidence behind them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from localities import periods
from localities.models import CatalogueRecord, Citation
from localities.queries.citations import backing, whole_record
from matching.engine.facts import Floats
from matching.snapshot.contents import Evidence, Name, SourceRef

Record = TypeVar("Record", bound=CatalogueRecord)
_REMARK = re.compile(r"\s*\(.*\)\Z")  # '2025-12 ("over 2,200")'


class Notebook:
    """Facts and their evidence, gathered while the catalogue is read."""

    def __init__(self, citations: dict[tuple[str, str], list[Citation]]) -> None:
        self._citations = citations
        self.arrays: dict[str, Floats] = {}
        self.evidence: dict[str, dict[tuple[int, ...], Evidence]] = defaultdict(dict)
        self.sources: dict[str, SourceRef] = {}

    def blank(self, fact: str, *shape: int) -> Floats:
        """The array of `fact`, unknown everywhere to begin with."""
        return self.arrays.setdefault(fact, np.full(shape, np.nan))

    def note(
        self,
        fact: str,
        index: tuple[int, ...],
        records: Iterable[CatalogueRecord],
        field: str = "",
        as_of: str | None = None,
        words: Name | None = None,
    ) -> None:
        """Write down what stands behind `fact` at `index`, read from `field` of `records`.

        The source is the citation that certainly backs the field, of the first record that has
        one; it dates the fact where `as_of` does not. Where several citations could back it, the
        first of them is named, but its date is not claimed for the fact.
        """
        cited = [self._citations.get((record.kind, record.key), []) for record in records]
        backed = (backing(citations, field) for citations in cited)
        certain = next((citation for citation in backed if citation is not None), None)
        citation = certain or _possible(cited)
        source = self._source(citation) if citation else None
        published = source.published if source and certain else None
        self.evidence[fact][index] = Evidence(
            source=source.key if source else None,
            as_of=_date(as_of) or _date(published),
            words=words,
        )

    def widest_first(self, records: Iterable[Record]) -> list[Record]:
        """`records`, those first whose source tells of most of them."""
        several = list(records)
        told = {
            record.key: {c.source_id for c in self._citations.get((record.kind, record.key), [])}
            for record in several
        }
        count = Counter(source for sources in told.values() for source in sources)
        widest = {key: max((count[s] for s in sources), default=0) for key, sources in told.items()}
        return sorted(several, key=lambda record: (-widest[record.key], record.key))

    def _source(self, citation: Citation) -> SourceRef:
        source = citation.source
        return self.sources.setdefault(
            source.key, SourceRef(source.key, source.title, source.url, source.published)
        )


def _possible(cited: Sequence[Sequence[Citation]]) -> Citation | None:
    """A citation that could back the fact: one of a whole record, else any of the record's."""
    first = next((citations for citations in cited if citations), [])
    return next(iter([*whole_record(first), *first]), None)


def _date(text: str | None) -> str | None:
    """`text` without a remark behind it, where it is a date or a period; else None."""
    stated = _REMARK.sub("", text or "")
    try:
        periods.parse(stated)
    except ValueError:
        return None
    return stated
