"""Keeps a snapshot of each catalogue version, so that no request reads the catalogue for it."""

import hashlib
from functools import lru_cache

from django.db import connection, transaction

from localities.models import Catalogue
from matching.engine.criteria import ENGINE_VERSION
from matching.models import StoredSnapshot
from matching.snapshot.contents import Snapshot, from_bytes, to_bytes
from matching.snapshot.reader import read

LAYOUT = f"{ENGINE_VERSION}/2"  # the number after the slash: how the arrays are read and stored


def current() -> Snapshot:
    """The snapshot of today's catalogue: one query while this process knows it, else two.

    The first to ask after an apply makes and stores it, holding the catalogue's lock meanwhile:
    what it reads belongs to one version, and the next in line finds it made.
    """
    version, digest = _latest()
    if digest is None:
        with transaction.atomic():
            Catalogue.objects.select_for_update().first()
            version, digest = _latest()
            if digest is None:
                return keep(read())
    return _load(version, digest)


def _latest() -> tuple[int, str | None]:
    """The catalogue's version, and the digest of its snapshot where one is kept.

    In plain SQL: every match asks for it, and building the query took longer than its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, digest FROM localities_catalogue"
            " LEFT JOIN matching_storedsnapshot ON catalogue_version = version AND layout = %s",
            [LAYOUT],
        )
        return cursor.fetchone() or (0, None)


def of_version(version: int) -> Snapshot | None:
    """The snapshot of an earlier catalogue version, where one was kept for this engine."""
    digest = (
        StoredSnapshot.objects.filter(catalogue_version=version, layout=LAYOUT)
        .values_list("digest", flat=True)
        .first()
    )
    return _load(version, digest) if digest else None


def keep(snapshot: Snapshot) -> Snapshot:
    """Store `snapshot`; where another process was first, its copy stays."""
    content = to_bytes(snapshot)
    row = StoredSnapshot(
        catalogue_version=snapshot.version,
        layout=LAYOUT,
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    StoredSnapshot.objects.bulk_create([row], ignore_conflicts=True)
    return snapshot


@lru_cache(maxsize=4)
def _load(version: int, digest: str) -> Snapshot:
    """The stored snapshot; its digest is in the key, since content decides, not the number."""
    content = StoredSnapshot.objects.values_list("content", flat=True).get(
        catalogue_version=version, layout=LAYOUT
    )
    return from_bytes(bytes(content))
