"""What a changeset does once it stands: its own edits, and what follows from them.

The one way for applying it and for rehearsing it.
"""

from localities.curation.citing import citation_edits
from localities.curation.errors import Refused
from localities.curation.plan import targets
from localities.curation.sources import source_edits, still_cited, takes_out, unknown_sources
from localities.curation.writing import write
from localities.models import Changeset, Edit


def enact(changeset: Changeset, *, trial: bool = False) -> list[Edit]:
    """Writes what `changeset` says; the edits of citations and sources that follow from it.

    A `trial` leaves out what follows where nothing of it could be refused. Call it inside a
    transaction. Raises Conflict and Refused.
    """
    edits = list(changeset.edits.order_by("position"))
    if trial and not any(map(takes_out, edits)):
        _write(edits)
        return []
    citations = citation_edits(edits, changeset.reverts)
    _write(edits)
    write(targets(citations))
    sources = source_edits(edits, citations, changeset.reverts)
    write(targets(sources))
    if refusals := still_cited(edits):
        raise Refused(refusals)
    return [*citations, *sources]


def _write(edits: list[Edit]) -> None:
    write(targets(edits))
    if refusals := unknown_sources(edits):
        raise Refused(refusals)
