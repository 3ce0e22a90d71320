"""Keeps the dumps of each version in the database, where every web process finds them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.db import transaction

from localities.dumps import contents
from localities.dumps.forms import FORMS
from localities.models import Catalogue, StoredDump
from localities.queries import catalogue

VERSIONS_KEPT = 10


def find(version: int, form: str) -> StoredDump | None:
    """The dump of the version; None where there is none, and it is not today's.

    The first to ask for today's makes it, holding the catalogue's lock meanwhile; the next in line
    finds it made.
    """
    today = catalogue.version()
    if not 0 < version <= today or form not in FORMS:
        return None
    found = StoredDump.objects.filter(version=version, form=form)
    dump = found.first()
    if dump is None and version == today:
        make([form])
        dump = found.first()
    return dump


@transaction.atomic
def make(forms: Iterable[str] = tuple(FORMS)) -> int:
    """Stores what is missing of today's dumps, and says of which version they are."""
    version = Catalogue.objects.select_for_update().values_list("version", flat=True).first() or 0
    stored = StoredDump.objects.filter(version=version).values_list("form", flat=True)
    missing = [form for form in forms if form not in set(stored)]
    if version and missing:
        whole = contents.read()
        StoredDump.objects.bulk_create(
            [_dump(version, form, FORMS[form](whole)) for form in missing], ignore_conflicts=True
        )
    return version


def drop_old() -> None:
    """Deletes the dumps of all but the newest versions that there are dumps of."""
    versions = StoredDump.objects.order_by("-version").values_list("version", flat=True).distinct()
    StoredDump.objects.filter(version__in=list(versions)[VERSIONS_KEPT:]).delete()


def listed() -> dict[int, Sequence[StoredDump]]:
    """By version, the newest first, the dumps that there are, without their content.

    Today's version is among them, also while nobody has asked for its dumps.
    """
    found: defaultdict[int, list[StoredDump]] = defaultdict(list)
    for dump in StoredDump.objects.defer("content"):
        found[dump.version].append(dump)
    if today := catalogue.version():
        found[today] = found[today]
    return {version: found[version] for version in sorted(found, reverse=True)}


def _dump(version: int, form: str, content: bytes) -> StoredDump:
    return StoredDump(
        version=version,
        form=form,
        digest=sha256(content).hexdigest(),
        size=len(content),
        content=content,
    )
