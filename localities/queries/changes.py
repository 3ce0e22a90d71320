"""What happened to the catalogue since a version: for systems that keep a copy of it."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, QuerySet

from localities.models import Changeset, Edit
from portal.accounts.models import Organisation

INITIAL = 1  # the version that the initial load made
MOST_EDITS = 200  # of a version that is listed as a whole


def applied(since: int, until: int) -> QuerySet[Changeset]:
    """The changesets that made the versions behind `since`, up to `until`, with `edits_count`."""
    found = Changeset.objects.filter(
        state=Changeset.State.APPLIED, version__gt=since, version__lte=until
    )
    organisations = ("organisation", "reviewing_organisation", "reverts")
    return found.select_related(*organisations).annotate(edits_count=Count("edits"))


def lists_edits(changeset: Changeset) -> bool:
    """Whether a list of changes holds the edits of `changeset`, one of `applied`, itself."""
    count: int = changeset.edits_count  # type: ignore[attr-defined]
    return changeset.version != INITIAL and count <= MOST_EDITS


def edits_of(changesets: Sequence[Changeset]) -> dict[int, list[Edit]]:
    """By the id of the changeset, its edits in their order: one query."""
    found: defaultdict[int, list[Edit]] = defaultdict(list)
    keys = [changeset.pk for changeset in changesets]
    for edit in Edit.objects.filter(changeset__in=keys).order_by("changeset", "position"):
        found[edit.changeset_id].append(edit)
    return found


def edits(version: int) -> QuerySet[Edit]:
    """All edits that made the version."""
    return Edit.objects.filter(changeset__version=version, changeset__state=Changeset.State.APPLIED)


def organisation_names() -> list[tuple[str, str, str, str]]:
    """The keys and names of all organisations: what else decides how a change is told."""
    return list(
        Organisation.objects.order_by("key").values_list("key", "name_ja", "name_en", "name_vi")
    )
