"""The catalogue as arrays, once per catalogue version."""

from matching.snapshot.contents import Evidence, Name, Place, Snapshot, SourceRef
from matching.snapshot.store import current, keep, of_version

__all__ = ["Evidence", "Name", "Place", "Snapshot", "SourceRef", "current", "keep", "of_version"]
