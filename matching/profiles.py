"""The profiles that a person keeps, and the matches stored with them. Only their owner has them."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from matching import snapshot as snapshots
from matching.carried import read_carried
from matching.forms import body
from matching.models import Match, StoredProfile
from matching.stored import keep
from portal.accounts.models import User
from portal.api import idempotency

MOST = 50  # profiles of one person
MOST_MATCHES = 50  # of one profile
LONGEST_TITLE = 120


class TooMany(ValidationError):
    """The person keeps as many as one may."""


@transaction.atomic
def save(owner: User, *, title: str, query: str) -> StoredProfile:
    """Keeps the profile of `query`, the query string of a match.

    Raises ValidationError where it can't be read or has no title, and TooMany at MOST of them.
    """
    read = read_carried(query, snapshots.current())
    if read.question is None:
        raise ValidationError(_("This profile cannot be read. Look through its steps again."))
    User.objects.select_for_update().get(pk=owner.pk)  # two at once count each other
    if StoredProfile.objects.filter(owner=owner).count() >= MOST:
        raise TooMany(_("You can keep at most %(most)s profiles.") % {"most": MOST})
    return StoredProfile.objects.create(owner=owner, title=_title(title), query=read.query)


def find(owner: User, key: UUID) -> StoredProfile:
    """A profile of `owner`; raises StoredProfile.DoesNotExist, also for those of others."""
    return StoredProfile.objects.get(owner=owner, pk=key)


def change(profile: StoredProfile, *, title: str, findable: bool) -> None:
    """Renames, and gives or takes the consent to be found. Raises ValidationError."""
    profile.title, profile.findable = _title(title), findable
    profile.updated_at = timezone.now()
    profile.save(update_fields=["title", "findable", "updated_at"])


@transaction.atomic
def store_match(profile: StoredProfile) -> Match:
    """Today's answer to the profile, stored with it.

    Raises TooMany where there are MOST_MATCHES already, and the ValidationError of REST
    framework where today's catalogue can't read the profile.
    """
    StoredProfile.objects.select_for_update().get(pk=profile.pk)
    if profile.matches.count() >= MOST_MATCHES:
        text = _("A profile keeps at most %(most)s results. Delete the profile or make a new one.")
        raise TooMany(text % {"most": MOST_MATCHES})
    asked = body(QueryDict(profile.query))
    match = keep(asked, snapshot=snapshots.current(), owner=profile.owner)
    match.profile = profile
    match.save(update_fields=["profile"])
    return match


def given_by(owner: User) -> list[dict[str, object]]:
    """All profiles of a person with their matches, as the person takes them along."""
    profiles = StoredProfile.objects.filter(owner=owner).prefetch_related("matches")
    return [
        {
            "title": profile.title,
            "address": profile.query,
            "officers_may_find": profile.findable,
            "made": profile.created_at.isoformat(),
            "changed": profile.updated_at.isoformat(),
            "results": [_given(match) for match in profile.matches.all()],
        }
        for profile in profiles
    ]


@transaction.atomic
def delete(profile: StoredProfile) -> None:
    """Deletes a profile with its matches, and the API's answers that tell of it."""
    StoredProfile.objects.select_for_update().filter(pk=profile.pk).first()
    idempotency.forget(profile.owner, about=str(profile.pk))
    profile.delete()


@transaction.atomic
def forget(owner: User) -> None:
    """Deletes every profile and match of a person, and the API's answers that tell of them."""
    idempotency.forget(owner)
    Match.objects.filter(owner=owner).delete()
    StoredProfile.objects.filter(owner=owner).delete()


def _given(match: Match) -> dict[str, object]:
    return {
        "made": match.created_at.isoformat(),
        "question": match.question,
        "weights": match.weights,
        "ranking": match.ranking,
        "engine_version": match.engine_version,
        "catalogue_version": match.catalogue_version,
    }


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise ValidationError(_("Give the profile a title."))
    if len(title) > LONGEST_TITLE:
        raise ValidationError(_("A title has at most %(most)s signs.") % {"most": LONGEST_TITLE})
    return title
